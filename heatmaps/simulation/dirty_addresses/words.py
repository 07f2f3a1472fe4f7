"""How people shorten the words of an address: types of street, marks of house and place."""

from __future__ import annotations

TYPE_WORDS: dict[str, tuple[str, ...]] = {
    "улица": ("ул.", "ул"),
    "проспект": ("пр-т", "пр-кт", "просп.", "пр.", "пр"),
    "переулок": ("пер.", "пер"),
    "набережная": ("наб.", "наб"),
    "бульвар": ("б-р", "бул.", "бульв."),
    "площадь": ("пл.", "пл"),
    "шоссе": ("ш.", "ш"),
    "проезд": ("пр-д", "проезд"),
    "тупик": ("туп.", "тупик"),
    "аллея": ("ал.", "аллея"),
    "линия": ("лин.", "линия"),
    "микрорайон": ("мкр.", "мкр", "м-н"),
    "тракт": ("тракт",),
    "дорога": ("дор.", "дорога"),
    "спуск": ("спуск",),
    "вуліца": ("вул.", "вул"),
    "праспект": ("пр-т", "пр."),
    "завулак": ("зав.",),
    "плошча": ("пл.",),
    "көшесі": ("көш.", "к-сі"),
    "даңғылы": ("даң.", "д-лы"),
    "street": ("St", "St."),
    "road": ("Rd", "Rd."),
    "avenue": ("Ave", "Ave."),
    "lane": ("Ln",),
    "square": ("Sq",),
    "rue": ("r.", "rue"),
    "boulevard": ("bd", "blvd"),
    "place": ("pl.",),
    "straße": ("Str.", "Strasse"),
    "strasse": ("Str.",),
    "platz": ("Pl.",),
}
"""Type words as a gazetteer spells them, folded, and the ways they are shortened."""

SHARED_SHORT = frozenset({"пр.", "пр"})
"""Short forms that stand for several types; fair only where the name alone says which street."""

COMPOUND_TYPES = {"straße": ("str.", "strasse"), "strasse": ("str.",)}
"""Types that grow together with their name, and how they are shortened there."""

BEFORE_CITY = {
    "": ("",),
    "city": ("г. ", "г.", "г ", "город ", ""),
    "town": ("г. ", "г.", "г ", ""),
    "village": ("с. ", "дер. ", "пос. ", ""),
    "hamlet": ("дер. ", "д. ", ""),
}
"""Place words by the settlement's kind."""

BEFORE_HOUSE = ("д. ", "д.", "дом ", "д ")
PART_MARKS: dict[str, tuple[str, ...]] = {
    "к": ("корп. ", "корп.", "корпус ", "к. ", "к.", "к"),
    "с": ("стр. ", "стр.", "строение ", "с"),
    "лит": ("лит. ", "литера ", "лит.", "лит "),
    "соор": ("соор. ", "сооружение "),
}
"""Marks of a house number's parts, by the short mark of the gazetteer, set off from the number."""

GROWN_MARKS: dict[str, tuple[str, ...]] = {
    "к": ("к", "к.", "корп.", "корп"),
    "с": ("с", "с.", "стр.", "стр"),
    "лит": ("лит.", "лит"),
}
"""Marks written without any space between two numbers: ``5к2``, ``5стр.1``."""
ESTATE_MARKS = {"вл": ("вл. ", "владение ", "вл.")}
BEFORE_FLAT = ("кв. ", "кв.", "кв ", "квартира ")
