"""Records of scenario.toml's sections, one module each; `sweep.scenario.scenario` combines them."""
