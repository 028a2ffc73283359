"""MQTT: a client with a persistent session that acknowledges after the commit, and the watch over its devices."""
