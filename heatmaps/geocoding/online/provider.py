"""A provider that can be asked, by its name."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.online import dadata, nominatim, pelias, photon, yandex
from heatmaps.geocoding.online.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from heatmaps.geocoding.online.account import Account
    from heatmaps.geocoding.online.finding import Finding

    Ask = Callable[[str], list[Finding]]
    """Puts one question in one request; gives the places answered, none where it knows none.

    Raises geopy's errors, and LookupError, TypeError or ValueError where an answer lacks what a
    place needs.
    """


class _Kind(NamedTuple):
    client: Callable[[Account, Callable[..., Any]], Ask]
    is_answer: Callable[[Any], bool]


_KINDS = {
    "nominatim": _Kind(nominatim.client, nominatim.is_answer),
    "photon": _Kind(photon.client, photon.is_answer),
    "pelias": _Kind(pelias.client, photon.is_answer),
    "yandex": _Kind(yandex.client, yandex.is_answer),
    "dadata": _Kind(dadata.client, dadata.is_answer),
}
PROVIDERS = tuple(_KINDS)
"""The names that HEATMAPS_PROVIDER may have."""


def connect(account: Account) -> Ask:
    """Give what asks an account's provider."""
    logging.getLogger("geopy").setLevel(logging.WARNING)  # below it, geopy logs URLs with their key
    kind = _KINDS[account.provider]
    return kind.client(account, partial(Transport, is_answer=kind.is_answer))
