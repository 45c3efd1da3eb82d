"""Records of the domain rules: requirement, force, enforcing stages, and the tests that verify each."""
