"""One generator of chance for each purpose and moment, so that one draw never shifts another."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What chance decides on; a value once given stays, or old seeds tell another story."""

    BAD_DAY = 0
    WEEK_OF_FAULTS = 1
    CURRENT_FAULTS = 2
    HABITS = 3
    DAY = 4
    FAULT = 5
    DAY_WORDS = 6
    FAULT_WORDS = 7
    HOLES = 8
    HOLE = 9
    HOLE_WORDS = 10
    ENGINEER = 11
    RESTRICTION = 12
    SITES = 20
    WORKS = 21
    CUSTOMER_BASE = 22
    OBJECTS = 23


def generator(seed: int, purpose: Purpose, *moment: int) -> np.random.Generator:
    """Give the generator of a purpose at a moment (a day's ordinal, a week's number, …)."""
    return np.random.default_rng([seed, int(purpose), *moment])
