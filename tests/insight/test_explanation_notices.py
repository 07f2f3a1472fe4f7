"""What the words of an outage's notice say of its cause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.desk.words import Cause
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.notices import cause_named
from heatmaps.insight.explanation.signs import CAUSES


@pytest.mark.parametrize(
    ("notice", "cause"),
    [
        ("Отсутствует внешнее электроснабжение, работаем на АКБ", Cause.POWER),
        ("Обесточена подстанция", Cause.POWER),
        ("АВАРИЯ: повреждён кабель", Cause.TRANSPORT_LINE),
        ("Деградация радиорелейного пролёта", Cause.TRANSPORT_LINE),
        ("Не отвечает контроллер", Cause.EQUIPMENT),
        ("Перегрузка секторов", Cause.OVERLOAD),
        ("Внешняя помеха в полосе 1800", Cause.INTERFERENCE),
        ("Работа сети ограничена по распоряжению оперштаба", Cause.ORDERED_RESTRICTION),
        ("Пожар в здании", Cause.EMERGENCY),
        ("Из-за пожара пропало питание, повреждён кабель", Cause.POWER),
        ("Электр қуаты жоқ", Cause.POWER),
        ("Талшықты желі үзілді", Cause.TRANSPORT_LINE),
        ("Су тасқыны", Cause.EMERGENCY),
        ("Mains failure at the site", Cause.POWER),
        ("Fiber cut", Cause.TRANSPORT_LINE),
        ("RRU down, storm damage", Cause.EQUIPMENT),
        ("Обрыв ЛЭП", Cause.POWER),
        ("Обрыв провода, нет света", Cause.POWER),
        ("Обрыв ВОЛС", Cause.TRANSPORT_LINE),
        ("Обрыв на участке", Cause.TRANSPORT_LINE),
        ("Ограничение подачи электроснабжения", Cause.POWER),
        ("Ограничение работы сети", Cause.ORDERED_RESTRICTION),
        ("Отсутствие напряжения", Cause.POWER),
        ("Аварийное отключение на подстанции", Cause.POWER),
        ("Прорыв канализации", None),
        ("Программа развития", None),
        ("Station out of order", None),
        ("Shut down by order of the authorities", Cause.ORDERED_RESTRICTION),
        ("Firewall misconfiguration", None),
        ("Burst water mains", None),
        ("Выясняется", None),
        ("Реконструкция", None),  # a stem begins a word or it is none
        ("", None),
        (None, None),
    ],
)
def test_a_notice_names_a_cause_in_any_of_three_languages(notice, cause):
    assert cause_named(notice) == (UNKNOWN if cause is None else CAUSES.index(cause))


@given(st.text())
def test_any_text_at_all_is_read(notice):
    assert UNKNOWN <= cause_named(notice) < len(CAUSES)
    assert cause_named(notice.upper()) >= UNKNOWN
