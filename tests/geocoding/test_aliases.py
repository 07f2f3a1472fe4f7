from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.errors import UsageError
from heatmaps.geocoding.aliases import DECIDED, DECIDED_PLACE_GONE, POINT_M, Aliases, Decision
from heatmaps.geocoding.candidates import candidates
from heatmaps.geocoding.doubt import JUNK, doubtful
from heatmaps.geocoding.gazetteer import text_column
from heatmaps.geocoding.index import build_index
from heatmaps.geocoding.location import Source
from heatmaps.geocoding.normal_form import NORM_VERSION, readings
from heatmaps.geocoding.result import Level

ASKED = "Москва, ул. Ленина, д. 8, кв. 3"
POINT = (55.7512, 37.6001)


def in_doubt(index, address=ASKED) -> str:
    answer = index.geocode(address)
    assert doubtful([answer], text_column([Source.ADDRESS]))[0]
    return answer.normal_form


def test_a_decision_answers_alike_one_by_one_and_in_batches(index):
    form = in_doubt(index)
    decided = index.with_aliases(Aliases([Decision.pointed(form, *POINT)]))
    answer = decided.geocode(ASKED)
    assert (answer.level, answer.lat, answer.lon, answer.uncertainty_m) == (
        Level.HOUSE, *POINT, 50.0
    )  # fmt: skip
    assert DECIDED in answer.changes
    assert answer.normal_form == form
    assert not doubtful([answer], text_column([Source.ADDRESS]))[0]
    addresses, cities = [ASKED, "ленина 8", "Тверь, Московская 6"], [None, "Москва", None]
    batch = decided.geocode_batch(addresses, cities)
    assert batch == [decided.geocode(*pair) for pair in zip(addresses, cities, strict=True)]
    assert batch[2] == index.geocode("Тверь, Московская 6")
    assert index.geocode(ASKED).level is not Level.HOUSE, "the index it was made from is as before"


def test_junk_is_no_place_and_no_longer_in_doubt_but_keeps_its_normal_form(index):
    form = in_doubt(index)
    answer = index.with_aliases(Aliases([Decision.junk(form)])).geocode(ASKED)
    assert (answer.level, answer.lat, answer.normal_form) == (Level.NONE, None, form)
    assert JUNK in answer.faults
    assert not doubtful([answer], text_column([Source.ADDRESS]))[0]


def test_a_picked_candidate_moves_with_the_gazetteer_and_stays_where_it_was_once_gone(
    gazetteer, index
):
    form = in_doubt(index)
    house = next(one for one in candidates(index, form) if one.label.endswith("улица Ленина, 7"))
    aliases = Aliases([Decision.picked(form, house)])
    moved = gazetteer.houses.lat + 0.001
    elsewhere = type(gazetteer.houses)(
        **{name: getattr(gazetteer.houses, name) for name in gazetteer.houses.__slots__}
        | {"lat": moved}
    )
    after = build_index(
        type(gazetteer)(gazetteer.settlements, gazetteer.streets, elsewhere), aliases=aliases
    )
    assert after.geocode(ASKED).lat == house.lat + 0.001
    assert after.geocode(ASKED).key == house.key
    gone = Decision.picked(form, house).answer(_form(form), None)
    assert (gone.lat, gone.lon, gone.uncertainty_m) == (house.lat, house.lon, POINT_M)
    assert gone.changes[-2:] == (DECIDED, DECIDED_PLACE_GONE)


def _form(text):
    from heatmaps.geocoding.normal_form import normalise

    return normalise(text)


def test_of_two_decisions_on_one_address_the_later_holds():
    first, second = Decision.junk("москва, улица мира, 1"), Decision.pointed(
        "москва, улица мира, 1", *POINT
    )  # fmt: skip
    assert Aliases([first, second]).get("москва, улица мира, 1") is second
    assert Aliases([second, first]).get("москва, улица мира, 1") is first
    assert Aliases().get("москва, улица мира, 1") is None


def test_a_decision_made_with_an_older_normaliser_is_found_by_what_it_reads_as_today():
    old = Decision(
        "г. Москва, ул. Мира, д. 1", Level.HOUSE, lat=1.0, lon=2.0, norm_version=NORM_VERSION - 1
    )
    assert Aliases([old]).get(_form("Москва, улица Мира, 1").text) is old


@pytest.mark.parametrize(
    ("uncertainty_m", "level"),
    [(20, Level.HOUSE), (50, Level.HOUSE), (51, Level.NEAR), (1000, Level.STREET),
     (5000, Level.SETTLEMENT)],
)  # fmt: skip
def test_a_point_is_as_precise_as_it_was_said_to_be(uncertainty_m, level):
    assert Decision.pointed("х", *POINT, uncertainty_m).level is level


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [(91, 0, 50), (0, 181, 50), (0, 0, 50), (float("nan"), 0, 50), (0, 0, 0), (0, 0, -1),
     (0, 0, float("inf")), (0, 0, float("nan"))],
)  # fmt: skip
def test_what_is_no_point_is_refused(lat, lon, metres):
    with pytest.raises(UsageError, match="give"):
        Decision.pointed("х", lat, lon, metres)


@given(st.lists(st.sampled_from("абв"), max_size=8))
def test_the_aliases_hold_the_last_decision_of_every_address(texts):
    decisions = [Decision(t, Level.NONE, number=n) for n, t in enumerate(texts)]
    aliases = Aliases(decisions)
    assert len(aliases) == len(set(texts))
    for text in set(texts):
        found = aliases.get(text)
        assert found is not None
        assert found.number == max(n for n, t in enumerate(texts) if t == text)


def test_candidates_are_the_places_an_address_may_mean(index):
    two = candidates(index, index.geocode("Ленина 5к2").normal_form)
    assert {one.label for one in two[:2]} == {
        "Химки, улица Ленина, 5 к2", "Москва, улица Ленина, 5 к2 с1"
    }  # fmt: skip
    unknown = candidates(index, in_doubt(index))
    labels = [one.label for one in unknown]
    assert {"Москва, улица Ленина, 7", "Москва, улица Ленина, 9А"} <= set(labels)
    assert len(labels) == len(set(labels))
    for one in unknown:
        place = index.place_of(one.key)
        assert (place.lat, place.lon) == (one.lat, one.lon)


def test_there_are_never_more_candidates_than_asked_for(index):
    assert len(candidates(index, in_doubt(index), limit=2)) == 2
    assert candidates(index, "нигде, никакая, 1") == []


def test_a_decision_on_any_reading_holds_whichever_is_the_best_now(index):
    address = "Holborn 12, Springfield"
    texts = [form.text for form in readings(address)]
    assert len(texts) > 1
    for text in texts:
        decided = index.with_aliases(Aliases([Decision.pointed(text, *POINT)]))
        assert DECIDED in decided.geocode(address).changes
        assert DECIDED in decided.geocode_batch([address], [None])[0].changes
