"""Spots at work: life cycle, routing, and what an agent tells a caller."""
