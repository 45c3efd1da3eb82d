"""Records of the sections of scenario.toml, one module each; `sweep.scenario.scenario` combines them."""
