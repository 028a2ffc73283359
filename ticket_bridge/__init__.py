"""What we do about it: incidents, notices."""
