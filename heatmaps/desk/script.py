"""The sentence an agent says to a caller, in the caller's language.

The wording of the main sentence is MegaFon's; the order of the overdue one (apology, reason, new
control date) is a rule of the trade. No jargon, and none of the phrases operators forbid: a test
checks every template against their list.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_date, format_time

from heatmaps.desk.words import Cause

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

LANGUAGES = ("ru", "kk", "en")
SAID_IN_HOURS = 24
"""A term up to this far away is said in hours, a later one as a date."""

WORKS_GO_ON = {
    "ru": "Вижу, что по вашему адресу уже ведутся работы над улучшением качества связи. "
    "Решение ожидается {term}.",
    "kk": "Сіздің мекенжайыңыз бойынша байланыс сапасын жақсарту жұмыстары жүргізіліп жатқанын "
    "көріп тұрмын. Шешім {term} күтіледі.",
    "en": "I see that work to improve the connection at your address is already under way. "
    "A solution is expected {term}.",
}
OVERDUE = {
    "ru": "Приносим извинения: работы по вашему адресу заняли больше времени, чем мы обещали. "
    "{reason} Новый контрольный срок — {term}.",
    "kk": "Кешірім сұраймыз: мекенжайыңыз бойынша жұмыстар уәде етілгеннен ұзаққа созылды. "
    "{reason} Жаңа бақылау мерзімі — {term}.",
    "en": "We apologise: the work at your address is taking longer than we promised. "
    "{reason} The new control date is {term}.",
}
RESTRICTED = {
    "ru": "В вашем районе работа мобильной связи временно ограничена по решению уполномоченных "
    "органов. Связь заработает, как только ограничение снимут.",
    "kk": "Сіздің ауданыңызда ұялы байланыс уәкілетті органдардың шешімімен уақытша шектелген. "
    "Шектеу алынған бойда байланыс қалпына келеді.",
    "en": "Mobile service in your area is temporarily restricted by order of the authorities. "
    "It will work again as soon as the restriction is lifted.",
}
FINISHED = {
    "ru": "Работы по вашему адресу завершены {when}. Проверьте, пожалуйста, связь: если качество "
    "не улучшилось, я сразу передам это специалистам.",
    "kk": "Мекенжайыңыз бойынша жұмыстар {when} аяқталды. Байланысты тексеріп көріңізші: сапасы "
    "жақсармаса, мамандарға бірден хабарлаймын.",
    "en": "The work at your address was finished {when}. Please check the connection: if it has "
    "not improved, I will tell the specialists at once.",
}
NOTHING_KNOWN = {
    "ru": "Сейчас я не вижу работ на сети по вашему адресу. Я зарегистрирую обращение, и "
    "специалисты проверят качество связи именно у вас.",
    "kk": "Қазір мекенжайыңыз бойынша желіде жұмыс жүріп жатқанын көріп тұрған жоқпын. "
    "Өтінішіңізді тіркеймін, мамандар байланыс сапасын тексереді.",
    "en": "I see no work on the network at your address at the moment. I will register your "
    "request, and specialists will check the connection at your place.",
}
ASK_AGAIN = {
    "ru": "Уточните, пожалуйста, адрес: город, улицу и номер дома.",
    "kk": "Мекенжайды нақтылап жіберіңізші: қала, көше және үй нөмірі.",
    "en": "Could you please tell me the address again: city, street and house number?",
}
REASONS = {
    "ru": {
        Cause.EMERGENCY: "Причина — авария на сети.",
        Cause.PLANNED_WORK: "Причина — плановые работы на сети.",
        Cause.POWER: "Причина — отключение электроэнергии.",
        Cause.TRANSPORT_LINE: "Причина — повреждение линии связи.",
        Cause.EQUIPMENT: "Причина — неисправность оборудования.",
        Cause.OVERLOAD: "Причина — высокая нагрузка на сеть.",
        Cause.INTERFERENCE: "Причина — помехи.",
        Cause.NO_COVERAGE: "Причина — недостаточное покрытие, мы готовим его расширение.",
        Cause.THIRD_PARTY_SERVICE: "Причина — сбой на стороне другого сервиса.",
        Cause.CUSTOMER_DEVICE: "Причина — особенности работы устройств.",
        Cause.ACCOUNT: "Причина — настройки обслуживания.",
    },
    "kk": {
        Cause.EMERGENCY: "Себебі — желідегі апат.",
        Cause.PLANNED_WORK: "Себебі — желідегі жоспарлы жұмыстар.",
        Cause.POWER: "Себебі — электр қуатының өшуі.",
        Cause.TRANSPORT_LINE: "Себебі — байланыс желісінің зақымдануы.",
        Cause.EQUIPMENT: "Себебі — жабдықтың ақауы.",
        Cause.OVERLOAD: "Себебі — желіге түскен жоғары жүктеме.",
        Cause.INTERFERENCE: "Себебі — бөгеуілдер.",
        Cause.NO_COVERAGE: "Себебі — қамту жеткіліксіз, біз оны кеңейтуге дайындалып жатырмыз.",
        Cause.THIRD_PARTY_SERVICE: "Себебі — басқа сервистің іркілісі.",
        Cause.CUSTOMER_DEVICE: "Себебі — құрылғылардың жұмыс ерекшелігі.",
        Cause.ACCOUNT: "Себебі — қызмет көрсету баптаулары.",
    },
    "en": {
        Cause.EMERGENCY: "The reason is an emergency on the network.",
        Cause.PLANNED_WORK: "The reason is planned work on the network.",
        Cause.POWER: "The reason is a power cut.",
        Cause.TRANSPORT_LINE: "The reason is a damaged communication line.",
        Cause.EQUIPMENT: "The reason is an equipment fault.",
        Cause.OVERLOAD: "The reason is a high load on the network.",
        Cause.INTERFERENCE: "The reason is interference.",
        Cause.NO_COVERAGE: "The reason is insufficient coverage, which we are preparing to extend.",
        Cause.THIRD_PARTY_SERVICE: "The reason is a failure of another service.",
        Cause.CUSTOMER_DEVICE: "The reason lies in how devices work.",
        Cause.ACCOUNT: "The reason lies in the service settings.",
    },
}
STILL_LOOKING = {
    "ru": "Специалисты уточняют причину.",
    "kk": "Мамандар себебін анықтап жатыр.",
    "en": "Specialists are establishing the reason.",
}


def works_go_on(eta: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Give the sentence for a spot that is being worked on and expected to be solved at `eta`."""
    return WORKS_GO_ON[language].format(term=term(eta, now, zone, language))


def overdue(cause: Cause | None, control: datetime, zone: ZoneInfo, language: str) -> str:
    """Give the sentence for a missed term: apology, reason, new control date."""
    reason = REASONS[language].get(cause or Cause.UNKNOWN, STILL_LOOKING[language])
    return OVERDUE[language].format(reason=reason, term=moment(control, zone, language))


def finished(resolved_at: datetime, zone: ZoneInfo, language: str) -> str:
    """Give the sentence for a spot that was resolved lately."""
    return FINISHED[language].format(when=moment(resolved_at, zone, language))


def term(eta: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Give a future moment as a caller is told it: in hours when near, else by its date."""
    hours = -((now - eta) // timedelta(hours=1))  # rounded up: never promise less time than needed
    if hours > SAID_IN_HOURS:
        by = {"ru": "до {}", "kk": "{} дейін", "en": "by {}"}[language]
        return by.format(moment(eta, zone, language))
    if language == "ru":
        one = hours % 10 == 1 and hours % 100 != 11  # noqa: PLR2004 - Russian: 1, 21, but 11
        return f"в течение {hours} {'часа' if one else 'часов'}"
    if language == "kk":
        return f"{hours} сағат ішінде"
    return f"within {hours} hour{'' if hours == 1 else 's'}"


def moment(when: datetime, zone: ZoneInfo, language: str) -> str:
    """Give a moment by date and clock of the caller's zone, such as «21 ноября, 18:40»."""
    local = when.astimezone(zone)
    day = format_date(local, "d MMMM", locale=language)
    return f"{day}, {format_time(local, 'HH:mm', locale=language)}"
