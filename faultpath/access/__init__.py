"""Who may do what: API tokens, console sessions, users, and the first administrator."""
