"""Common parts of pages: templates, content security policy, escaping, marks, colours."""
