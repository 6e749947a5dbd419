"""Small deliberate faults of a host, each of which just the cases that it names must notice. See ../README.md."""
