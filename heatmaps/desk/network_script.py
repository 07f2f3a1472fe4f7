"""What an agent says of the network at an address: works, outages, mass events, coverage.

The same rules hold as for `heatmaps.desk.script`: no jargon, and none of the phrases operators
forbid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from heatmaps.desk.script import moment, term
from heatmaps.desk.words import Cause
from heatmaps.region.events import EventKind
from heatmaps.region.technology import Technology

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from heatmaps.region.events import NetworkEvent

CAUSE_OF = {
    EventKind.PLANNED_WORK: Cause.PLANNED_WORK,
    EventKind.OUTAGE: Cause.EMERGENCY,
    EventKind.MASS_EVENT: Cause.OVERLOAD,
}
"""What an event is as the cause of a spot it overlaps."""

ON_NOW = {
    EventKind.PLANNED_WORK: {
        "ru": "По вашему адресу сейчас идут плановые работы на сети, поэтому связь может быть "
        "нестабильной. Завершение работ ожидается {term}.",
        "kk": "Қазір мекенжайыңыз бойынша желіде жоспарлы жұмыстар жүріп жатыр, сондықтан байланыс "
        "тұрақсыз болуы мүмкін. Жұмыстардың аяқталуы {term} күтіледі.",
        "en": "Planned work on the network is under way at your address, so the connection may be "
        "unstable. It is expected to be finished {term}.",
    },
    EventKind.OUTAGE: {
        "ru": "Вижу, что по вашему адресу сейчас устраняется неполадка на сети. Решение ожидается "
        "{term}.",
        "kk": "Қазір мекенжайыңыз бойынша желідегі ақау жойылып жатқанын көріп тұрмын. Шешім "
        "{term} күтіледі.",
        "en": "I see that a fault on the network at your address is being repaired. A solution is "
        "expected {term}.",
    },
    EventKind.MASS_EVENT: {
        "ru": "Рядом с вашим адресом сейчас проходит массовое мероприятие, поэтому нагрузка на "
        "сеть выше обычной. Связь станет лучше, когда оно завершится: это ожидается {term}.",
        "kk": "Қазір мекенжайыңыздың жанында көпшілік іс-шара өтіп жатыр, сондықтан желіге түсетін "
        "жүктеме әдеттегіден жоғары. Іс-шара аяқталғанда байланыс жақсарады: бұл {term} күтіледі.",
        "en": "A mass event is taking place near your address, so the network is busier than "
        "usual. The connection will improve when it ends, which is expected {term}.",
    },
}
OUTAGE_WITHOUT_END = {
    "ru": "Вижу, что по вашему адресу сейчас устраняется неполадка на сети. Специалисты уже "
    "работают, срок уточняется.",
    "kk": "Қазір мекенжайыңыз бойынша желідегі ақау жойылып жатқанын көріп тұрмын. Мамандар жұмыс "
    "істеп жатыр, мерзімі нақтылануда.",
    "en": "I see that a fault on the network at your address is being repaired. Specialists are "
    "already at work, and the term is being established.",
}
SOON = {
    EventKind.PLANNED_WORK: {
        "ru": "По вашему адресу запланированы работы на сети: с {start} до {end}. В это время "
        "связь может быть нестабильной.",
        "kk": "Мекенжайыңыз бойынша желіде жоспарлы жұмыстар болады: {start} бастап {end} дейін. "
        "Бұл уақытта байланыс тұрақсыз болуы мүмкін.",
        "en": "Work on the network is planned at your address from {start} to {end}. The "
        "connection may be unstable during this time.",
    },
    EventKind.MASS_EVENT: {
        "ru": "Рядом с вашим адресом ожидается массовое мероприятие: с {start} до {end}. В это "
        "время нагрузка на сеть может быть выше обычной.",
        "kk": "Мекенжайыңыздың жанында көпшілік іс-шара күтіледі: {start} бастап {end} дейін. Бұл "
        "уақытта желіге түсетін жүктеме әдеттегіден жоғары болуы мүмкін.",
        "en": "A mass event is expected near your address from {start} to {end}. The network may "
        "be busier than usual during this time.",
    },
}
OUTSIDE_COVERAGE = {
    "ru": "По нашей карте ваш адрес находится за пределами зоны уверенного приёма. Я передам это "
    "специалистам, которые развивают сеть.",
    "kk": "Біздің картамыз бойынша мекенжайыңыз сенімді қабылдау аймағынан тыс жерде. Мұны желіні "
    "дамытатын мамандарға жеткіземін.",
    "en": "On our map your address lies outside the area of reliable reception. I will tell the "
    "specialists who extend the network.",
}
OUTSIDE_TECHNOLOGY = {
    "ru": "По нашей карте уверенный приём сети {asked} до вашего адреса пока не доходит, здесь "
    "работает сеть {best}. Я передам это специалистам, которые развивают сеть.",
    "kk": "Біздің картамыз бойынша {asked} желісінің сенімді қабылдауы мекенжайыңызға әзірге "
    "жетпейді, мұнда {best} желісі жұмыс істейді. Мұны желіні дамытатын мамандарға жеткіземін.",
    "en": "On our map the reliable reception of the {asked} network does not reach your address "
    "yet; the {best} network works here. I will tell the specialists who extend the network.",
}


def on_now(event: NetworkEvent, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Give the sentence for an event that is on at the address."""
    if event.ends_at is None:
        return OUTAGE_WITHOUT_END[language]
    return ON_NOW[event.kind][language].format(term=term(event.ends_at, now, zone, language))


def soon(event: NetworkEvent, zone: ZoneInfo, language: str) -> str | None:
    """Give the sentence for what is planned at the address; None where nobody plans it."""
    if event.kind not in SOON or event.ends_at is None:
        return None
    start, end = moment(event.starts_at, zone, language), moment(event.ends_at, zone, language)
    return SOON[event.kind][language].format(start=start, end=end)


def coverage(covered: dict[str, bool], technology: Technology | None, language: str) -> str | None:
    """Give the sentence for an address outside predicted coverage; None where it lies inside.

    `covered` tells of each technology whose coverage is known. A caller's `technology` that is
    missing is told where another one works; of one whose coverage is unknown nothing is said.
    """
    if not covered:
        return None
    working = [each for each in Technology if covered.get(each)]
    if not working:
        return OUTSIDE_COVERAGE[language]
    if technology is None or covered.get(technology, True):
        return None
    asked, best = technology.upper(), working[-1].upper()
    return OUTSIDE_TECHNOLOGY[language].format(asked=asked, best=best)
