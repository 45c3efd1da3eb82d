"""The sections of scenario.toml, one module each; `sweep.scenario.scenario` puts them together."""
