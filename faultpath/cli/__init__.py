"""The command line: `faultpath serve`, and a client of the hub's HTTP API."""
