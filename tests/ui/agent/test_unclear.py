import pytest

from heatmaps.geocoding.result import GeocodeResult, Level
from heatmaps.ui.agent.unclear import TELLING_FAULTS, faults_in_words
from heatmaps.ui.locale import LOCALES, translator


@pytest.mark.parametrize(
    ("faults", "changes", "said"),
    [
        ((), (), ""),
        (("junk",), (), "Это не похоже на адрес."),
        (("no_house", "street_not_found"), (), "Улица не найдена."),
        (("no_house",), ("type_missing",), "Не назван дом."),
        ((), ("house_unknown",), "Такого дома нет в справочнике."),
        (("no_city", "no_house"), (), "Не назван город. Не назван дом."),
        (("a_fault_of_tomorrow",), (), ""),
    ],
)
def test_what_is_wrong_is_said_in_words_the_gravest_first(faults, changes, said):
    place = GeocodeResult(Level.NONE, faults=faults, changes=changes)
    assert faults_in_words(place, translator("ru")) == said


@pytest.mark.parametrize("locale", LOCALES)
def test_every_telling_fault_has_words(locale):
    for fault in TELLING_FAULTS:
        assert faults_in_words(GeocodeResult(Level.NONE, faults=(fault,)), translator(locale)) != (
            fault
        )
