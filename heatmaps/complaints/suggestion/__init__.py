"""A profile for an unknown file: what its columns are called, what they hold, what is in doubt."""
