"""Vulnerable objects of a simulated region: hospitals, schools, fire stations on real houses.

None of them is there in truth: each stands on a house drawn by chance, where more people live the
likelier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from heatmaps.region.objects import ObjectKind, VulnerableObject
from heatmaps.simulation.seeding import Purpose, generator

if TYPE_CHECKING:
    from heatmaps.simulation.region import Region

SUBSCRIBERS_PER_OBJECT = {
    ObjectKind.HOSPITAL: 60_000,
    ObjectKind.CLINIC: 25_000,
    ObjectKind.AMBULANCE_STATION: 60_000,
    ObjectKind.FIRE_STATION: 40_000,
    ObjectKind.POLICE: 25_000,
    ObjectKind.CARE_HOME: 60_000,
    ObjectKind.SCHOOL: 6_000,
    ObjectKind.KINDERGARTEN: 4_000,
    ObjectKind.GOVERNMENT: 30_000,
    ObjectKind.POWER_SUBSTATION: 25_000,
    ObjectKind.CRITICAL_SITE: 60_000,
}
"""About as many as in a Russian city; there is one of each kind at least."""

NAMES = {
    ObjectKind.HOSPITAL: "Больница",
    ObjectKind.CLINIC: "Поликлиника",
    ObjectKind.AMBULANCE_STATION: "Станция скорой помощи",
    ObjectKind.FIRE_STATION: "Пожарная часть",
    ObjectKind.POLICE: "Отдел полиции",
    ObjectKind.CARE_HOME: "Дом-интернат",
    ObjectKind.SCHOOL: "Школа",
    ObjectKind.KINDERGARTEN: "Детский сад",
    ObjectKind.GOVERNMENT: "Администрация",
    ObjectKind.POWER_SUBSTATION: "Подстанция",
    ObjectKind.CRITICAL_SITE: "Диспетчерская",
}

_DIGITS = 6


def vulnerable_objects(region: Region, seed: int) -> tuple[VulnerableObject, ...]:
    """Give the objects of a region, no two on one house, the same for a seed at any time."""
    houses = region.houses
    people = float(houses.subscribers.sum())
    kinds = [
        (kind, number)
        for kind, each in SUBSCRIBERS_PER_OBJECT.items()
        for number in range(1, max(round(people / each), 1) + 1)
    ]
    # Sorted by these keys, houses are drawn one after another by weight (Efraimidis, Spirakis).
    drawn = generator(seed, Purpose.OBJECTS).exponential(size=len(houses.subscribers))
    order = np.argsort(drawn / np.maximum(houses.subscribers, 1e-6), kind="stable").tolist()
    return tuple(
        VulnerableObject(
            object_id=f"{kind}-{number:03d}",
            kind=kind,
            name=f"{NAMES[kind]} № {number} (смоделировано)",
            lat=round(float(houses.lat[house]), _DIGITS),
            lon=round(float(houses.lon[house]), _DIGITS),
        )
        for (kind, number), house in zip(kinds, order, strict=False)
    )
