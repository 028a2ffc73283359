"""Adapters of the graph store: the embedded default (SQLite) and Neo4j."""
