from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from heatmaps.region.events import EventKind, NetworkEvent
from heatmaps.region.sites import NearSector
from heatmaps.ui.locale import LOCALES, translator
from heatmaps.ui.map.sites import RAY_M, draw_sites
from heatmaps.ui.network_words import (
    coverage_in_words,
    event_in_words,
    metres_in_words,
    site_marks,
)
from heatmaps.ui.spot_words import Reader

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def reader(locale="ru"):
    return Reader(translator(locale), NOW, ZoneInfo("Europe/Moscow"))


@pytest.mark.parametrize(
    ("covered", "said"),
    [
        ({"4g": True, "2g": True}, "2G 4G"),
        ({"4g": True, "5g": False}, "4G · не доходит: 5G"),
        ({"4g": False, "5g": False}, "не доходит: 4G 5G"),
    ],
)
def test_coverage_is_told_by_technology(covered, said):
    assert coverage_in_words(covered, translator("ru")) == said


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", EventKind)
@pytest.mark.parametrize("end", [None, NOW.replace(hour=20)])
def test_an_event_is_told_with_its_times_and_its_text_is_harmless(locale, kind, end):
    event = NetworkEvent("e", kind, NOW, end, site_id="s", text="<b>замена</b>")
    said = event_in_words(event, reader(locale))
    assert "&lt;b&gt;замена" in said
    assert ("23:00" in said) == (end is not None)


@pytest.mark.parametrize(("metres", "said"), [(4, "0 м"), (346, "350 м"), (1_240, "1,2 км")])
def test_distances_are_rounded_as_people_say_them(metres, said):
    assert metres_in_words(metres, translator("ru")).replace("\N{NO-BREAK SPACE}", " ") == said


def sector(site="s", azimuth=90.0, technology="4g", status="active", name="<i>Башня"):
    return NearSector(f"{site}{azimuth}{technology}", site, name, technology, "1800", azimuth,
                      status, 59.94, 30.31, 120.0)  # fmt: skip


def test_sectors_of_a_site_are_one_mark_with_its_rays():
    marks = site_marks(
        [sector(), sector(azimuth=None), sector(technology="2g"), sector("t", status="planned")],
        translator("ru"),
    )
    assert [(mark.azimuths, mark.serving) for mark in marks] == [((90.0,), True), ((90.0,), False)]
    [first, second] = draw_sites(marks).data
    assert "<i>" not in first["label"]
    assert "2G 4G" in first["label"]
    assert (first["serving"], second["serving"]) == (True, False)
    [(lat, lon)] = first["rays"]
    assert lat == pytest.approx(59.94, abs=1e-5)
    assert (lon - 30.31) * 111_195 * 0.501 == pytest.approx(RAY_M, rel=0.02)
