"""The memory of an intake: the same answers, asked for once."""

from heatmaps.geocoding.remembered import Remembered
from heatmaps.geocoding.result import GeocodeResult, Level


class Counting:
    """A geocoder that says what it was asked, and how often."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[tuple[str, str | None]] = []

    def geocode(self, address, city=None):
        return self.geocode_batch([address], [city])[0]

    def geocode_batch(self, addresses, cities):
        pairs = list(zip(addresses, cities, strict=True))
        self.asked += pairs
        return [
            GeocodeResult(level=Level.NONE, normal_form=f"{self.name} {pair}") for pair in pairs
        ]

    def suggest(self, _text, _limit=8):
        return []


def test_an_address_is_asked_for_once_in_a_city():
    geocoder = Counting("a")
    remembered = Remembered(lambda: geocoder).current()
    first = remembered.geocode_batch(["Мира 1", "Мира 1", "Мира 2"], ["Клин", "Дубна", "Клин"])
    again = remembered.geocode_batch(["Мира 2", "Мира 1"], ["Клин", "Клин"])
    assert len(geocoder.asked) == 3
    assert again == [first[2], first[0]]
    assert first[0] != first[1]


def test_another_gazetteer_is_asked_anew():
    geocoders = [Counting("old"), Counting("new")]
    remembered = Remembered(lambda: geocoders[0])
    old = remembered.current().geocode("Мира 1")
    geocoders.pop(0)
    assert remembered.current().geocode("Мира 1") != old


def test_no_more_is_kept_than_asked():
    geocoder = Counting("a")
    remembered = Remembered(lambda: geocoder, most=2).current()
    remembered.geocode_batch(["1", "2", "3"], [None] * 3)
    remembered.geocode("3")
    assert len(geocoder.asked) == 3
    remembered.geocode("1")
    assert len(geocoder.asked) == 4
