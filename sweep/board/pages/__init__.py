"""Pages for several roles (sign-in, editions, journal), and the rendering of templates and errors."""
