"""What comes from files and other systems of record, turned into observations."""
