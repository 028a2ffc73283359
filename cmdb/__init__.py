"""What exists: CI classes, relation types, identification, reconciliation, history, health of the data."""
