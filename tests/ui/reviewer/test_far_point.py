"""A point far from the town that an address names is asked about before it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from heatmaps.store import aliases
from heatmaps.ui.engineer.queue import ACTOR
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances, import_file
from pipelines.load_region import load_gazetteer_file

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
"""What a decision writes is tested on both stores beside the pipeline."""

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NEAR, FAR = (58.1011, 49.2003), (58.2011, 49.9003)
CHOICE = "review-choice"


@pytest.fixture
def page(store, page_of, tmp_path):
    """The page over a store with one address in doubt, opened by somebody who gave a name."""
    gazetteer, complaints = tmp_path / "gazetteer.csv", tmp_path / "complaints.csv"
    gazetteer.write_text(
        "city,street,house,lat,lon\n"
        "Верхнереченск,улица Гончарова,7,58.1000,49.2000\n"
        "Верхнереченск,улица Гончарова,11,58.1020,49.2000\n",
        encoding="utf-8",
    )
    complaints.write_text(
        "external_id,created_at,address\n"
        '1,2026-11-20T10:00+03:00,"Верхнереченск, улица Гончарова 9"\n',
        encoding="utf-8",
    )
    load_gazetteer_file(store, gazetteer, NOW)
    index = GeocoderOfStore(store, None).current
    given = Circumstances(NOW, ZoneInfo("Europe/Moscow"), index)
    import_file(store, complaints, given, lambda *_: None)
    made = page_of("reviewer")
    made.session_state[ACTOR] = "Анна"
    return made.run()


def place_at(page, point):
    """Point at the map and press the button, as a click on the map would."""
    choice = page.session_state[CHOICE]
    pointed = replace(choice, point=point, picked=len(choice.places))
    page.session_state[CHOICE] = pointed
    page.run()
    page.button(key="review-place").click().run()
    assert not page.exception


def decided(store):
    with store.reading() as connection:
        return len(aliases.load_aliases(connection))


def said(page):
    return " ".join(" ".join(each.value for each in page.html).split()).replace("\xa0", " ")


def test_a_point_in_the_town_is_written_at_once(page, store):
    place_at(page, NEAR)
    assert decided(store) == 1


def test_a_point_far_off_is_written_once_it_is_confirmed(page, store):
    place_at(page, FAR)
    assert decided(store) == 0
    assert "Ещё не записано: точка в 43 км от места Верхнереченск" in said(page)
    page.button(key="review-place").click().run()
    assert decided(store) == 1
    assert "Ещё не записано" not in said(page)


def test_confirming_one_point_confirms_no_other(page, store):
    place_at(page, FAR)
    place_at(page, (FAR[0] + 0.2, FAR[1]))
    assert decided(store) == 0
