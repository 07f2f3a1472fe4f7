"""A region that lives: a seeded stream of complaints with planted faults and their truth."""
