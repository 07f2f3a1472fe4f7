"""A region that lives: a seeded stream of complaints with planted faults and their truth."""

from heatmaps.simulation.files import write
from heatmaps.simulation.region import Region, load_region
from heatmaps.simulation.simulation import Simulation, simulate

__all__ = ["Region", "Simulation", "load_region", "simulate", "write"]
