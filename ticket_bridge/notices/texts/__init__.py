"""The words of notices in each language, as data."""
