"""What all pages share: templates, policy, escaping, marks, colours."""
