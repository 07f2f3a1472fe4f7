"""Why an address is in doubt, and what was decided of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.geocoding.result import Level
from heatmaps.ui.agent.unclear import faults_in_words

if TYPE_CHECKING:
    from heatmaps.geocoding.aliases import Decision
    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.ui.locale import Translator

_STREET_AND_HOUSE = 2
_REPAIRED = ("typo:", "gender:")
"""Changes that begin so tell which word was taken for a misspelling of which."""


def why(answer: GeocodeResult, _: Translator) -> str:
    """Give in a sentence or two why nobody is sure of this answer."""
    told = faults_in_words(answer, _)
    repaired = [one.partition(":")[2] for one in answer.changes if one.startswith(_REPAIRED)]
    if repaired:
        told += " " + _("Perhaps misspelt: {words}.").format(words=", ".join(repaired))
    if answer.level is Level.AMBIGUOUS:
        told += " " + _("Several places fit.")
    if answer.level is Level.NEAR:
        told += " " + _("Only a neighbouring house is known.")
    return told.strip() or _("The match is not sure enough.")


def precision(candidate: Candidate, _: Translator) -> str:
    """Give how precise a candidate is: its level and its radius."""
    metres = _.number(round(candidate.uncertainty_m))
    return _("{level}, ±{metres} m").format(level=_.word("level", candidate.level), metres=metres)


def parted(address: str) -> tuple[str, str]:
    """Give the street and house of an address, and where they are; the former alone if short."""
    parts = address.rsplit(", ", _STREET_AND_HOUSE)
    if len(parts) <= _STREET_AND_HOUSE:
        return address, ""
    return ", ".join(parts[1:]), parts[0]


def meaning(decision: Decision, _: Translator) -> str:
    """Give what an address was decided to mean."""
    return _("not an address") if decision.is_junk else decision.label
