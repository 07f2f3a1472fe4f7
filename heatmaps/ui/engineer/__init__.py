"""The engineer's page: a queue of spots and the work on each."""
