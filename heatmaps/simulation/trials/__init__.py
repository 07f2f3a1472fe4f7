"""Trials: synthetic regions with planted faults, made to measure detection on.

A trial is columns only: no houses, names or texts. What it is made of (sizes, shapes, rates) is
drawn anew with each seed, so that no method can be tuned to one kind of region.
"""

from heatmaps.simulation.trials.land import Land, draw_land
from heatmaps.simulation.trials.trial import Trial, Wanted, draw_trial
from heatmaps.simulation.trials.trouble import Fault, Gathering, Shape

__all__ = ["Fault", "Gathering", "Land", "Shape", "Trial", "Wanted", "draw_land", "draw_trial"]
