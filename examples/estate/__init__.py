"""A simulated company: drawn from a seed, run as a process, and a truth file to compare a hub with."""
