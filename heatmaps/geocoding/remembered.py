"""Answers kept for as long as a file is taken in: the same address comes again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from heatmaps.geocoding.result import Geocoder, GeocodeResult, Suggestion

MOST_KEPT = 200_000
"""Answers kept at most, some 1 kB each; beyond them those that came first are forgotten."""


class Remembered:
    """A geocoder that asks another one once for each address and city.

    `current` gives that other one, and another object where its gazetteer has changed: then
    nothing said before counts any more.
    """

    def __init__(self, current: Callable[[], Geocoder], most: int = MOST_KEPT) -> None:
        self._current = current
        self._most = most
        self._asked: Geocoder | None = None
        self._answers: dict[tuple[str, str | None], GeocodeResult] = {}

    def current(self) -> Remembered:
        """Give itself, over the gazetteer as it is now."""
        asked = self._current()
        if asked is not self._asked:
            self._asked, self._answers = asked, {}
        return self

    def geocode(self, address: str, city: str | None = None) -> GeocodeResult:
        """Give the place of one address."""
        return self.geocode_batch([address], [city])[0]

    def geocode_batch(
        self, addresses: Sequence[str], cities: Sequence[str | None]
    ) -> list[GeocodeResult]:
        """Give the places of many addresses, in their order."""
        asked = self._asked or self._current()
        pairs = list(zip(addresses, cities, strict=True))
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._answers]
        if new:
            found = asked.geocode_batch([pair[0] for pair in new], [pair[1] for pair in new])
            self._answers.update(zip(new, found, strict=True))
        answers = [self._answers[pair] for pair in pairs]
        for pair in list(self._answers)[: max(len(self._answers) - self._most, 0)]:
            del self._answers[pair]
        return answers

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Give completions of a text."""
        return (self._asked or self._current()).suggest(text, limit)
