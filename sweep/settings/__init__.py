"""The sections of scenario.toml, one module each; `sweep.scenario` puts them together."""
