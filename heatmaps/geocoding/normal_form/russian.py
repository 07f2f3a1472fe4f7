"""The Russian pack: Russian addresses, with the words of Belarus and Kazakhstan among them."""

from __future__ import annotations

from heatmaps.geocoding.normal_form.cities import city_aliases, city_cases, city_names
from heatmaps.geocoding.normal_form.pack import Pack, read_table, sequences, spellings, word_set

_T = read_table("ru", "kk", "be")

_NOTE_WORDS = dict.fromkeys(_T["notes"]["words"].split(), "")
_NOTE_PHRASES = dict.fromkeys(_T["notes"]["phrases"].split("|"), "")
_CASES = city_cases()
_COUNTRIES = word_set(_T["countries"]["words"])
_NOISE = _COUNTRIES | word_set(_T["noise"]["words"], *_T["flats"].values())
_RIVERS = {short: river for river, letters in _T["rivers"].items() for short in letters.split()}
_ON_RIVERS = {
    f"{town} {on} {short}": f"{town} {river}"
    for name in city_names()
    for town, _, river in [name.partition(" на ")]
    for short, known in _RIVERS.items()
    if known == river
    for on in ("н", "на")
}
_SHORT_CITIES = {
    alias: name
    for alias, name in city_aliases().items()
    if alias.count(" ") == 1 and len(alias.partition(" ")[0]) < len("наб.")
}
_IN_CITIES = {f"в {form}": f"город {name}" for form, name in _CASES.items()}

RUSSIAN = Pack(
    name="ru",
    street_types=spellings(_T["street_types"]),
    place_types=spellings(_T["place_types"]),
    region_types=spellings(_T["region_types"]),
    region_names=_T["region_names"],
    district_types=spellings(_T["district_types"]),
    oblique={form: gender for gender, forms in _T["oblique"].items() for form in forms.split()},
    town_districts=frozenset({"горокруг"}),
    letters=_T["letters"],
    sizes={initial: tuple(forms.split()) for initial, forms in _T["sizes"].items()},
    words=spellings(_T["words"])
    | {form: f"{n}-й" for n, forms in _T["ordinals"].items() for form in forms.split()},
    numbered_types=word_set(_T["numbered_types"]["words"]),
    area_types=word_set(_T["area_types"]["words"]),
    generic_types=frozenset({"улица", "пр"}),
    units=word_set(*_T["units"].values()),
    noise=_NOISE,
    countries=_COUNTRIES,
    junk=word_set(_T["junk"]["words"]),
    weak=frozenset({"реки", "канала"}),
    house_words=word_set(_T["house_words"]["words"]),
    settlement_aliases={
        alias: " ".join(word for word in name.split() if word not in _NOISE)
        for alias, name in city_aliases().items()
    },
    settlement_cases=_CASES,
    towns=frozenset(city_names()),
    tails=_T["tails"],
    rivers={f"н.{short}.": river for short, river in _RIVERS.items()},
    tens={word: int(number) for number, word in _T["tens"].items()},
    years={word: number for number, word in _T["years"].items()},
    cardinals={word: number for number, word in _T["cardinals"].items()},
    parts=spellings(_T["parts"]),
    flats=word_set(_T["flats"]["before"]),
    flats_either=word_set(_T["flats"]["either"]),
    intercom=word_set(_T["flats"]["intercom"]),
    telephone=word_set(_T["notes"]["telephone"]),
    accounts=word_set(_T["personal"]["accounts"]),
    times=word_set(_T["times"]["words"]),
    before_times=word_set(_T["times"]["before"]),
    phrases=sequences(
        {s: full for full, others in _T["phrases"].items() for s in others.split("|")}
        | _SHORT_CITIES
        | _IN_CITIES
        | _ON_RIVERS,
        first=2,
    ),
    beside=word_set(_T["notes"]["beside"]),
    notes=sequences(_NOTE_WORDS | _NOTE_PHRASES, first=1),
    postcode_digits=6,
)
