"""How raw signals get in."""
