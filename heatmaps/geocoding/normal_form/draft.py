"""An address on its way to the normal form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from heatmaps.geocoding.normal_form.pack import Pack


@dataclass(slots=True)
class Draft:
    """What the steps hand on: the text they clean, and what they noticed about it."""

    text: str
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


Step = Callable[[Draft, Pack], None]
"""One named change of the draft; steps run in the order of `steps.STEPS`."""
