"""Common parts of pages: templates, content security policy, escaping, draft marks, colours."""
