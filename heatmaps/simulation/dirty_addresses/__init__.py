"""Addresses of a gazetteer as people misspell them, with the house that each one means.

Nothing here asks how the geocoder reads an address: what it does not know it has to learn from
people, not from its own tables.
"""

from heatmaps.simulation.dirty_addresses.kind import Kind
from heatmaps.simulation.dirty_addresses.queries import NO_HOUSE, Queries, Sampler

__all__ = ["NO_HOUSE", "Kind", "Queries", "Sampler"]
