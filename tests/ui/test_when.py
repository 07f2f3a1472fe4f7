from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from heatmaps.ui.locale import translator
from heatmaps.ui.when import age_in_words, moment_in_words, term_in_words

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("locale", "hours", "words"),
    [
        ("ru", 3 + 40 / 60, "сегодня в 18:40"),
        ("ru", 9, "завтра в 00:00"),
        ("ru", -16, "вчера в 23:00"),
        ("ru", 72, "24 ноября в 15:00"),
        ("ru", 24 * 60, "20 января 2027\u202fг. в 15:00"),
        ("en", 3, "today at 18:00"),
        ("kk", 3, "бүгін, сағат 18:00"),
    ],
)
def test_a_moment_as_the_clock_of_its_place_shows_it(locale, hours, words):
    moment = NOW + timedelta(hours=hours)
    assert moment_in_words(moment, NOW, MOSCOW, translator(locale)) == words


def test_the_day_is_the_days_of_the_place():
    moment = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    _ = translator("ru")
    assert moment_in_words(moment, NOW, MOSCOW, _) == "сегодня в 23:00"
    vladivostok = ZoneInfo("Asia/Vladivostok")
    assert moment_in_words(moment, NOW, vladivostok, _) == "завтра в 06:00"


@pytest.mark.parametrize(
    ("locale", "hours", "words"),
    [
        ("ru", 3, "через 3 часа"),
        ("ru", 1.5, "через 90 минут"),
        ("ru", 47, "через 47 часов"),
        ("ru", 72, "через 3 дня"),
        ("ru", -2, "просрочено на 2 ч"),
        ("ru", -72, "просрочено на 3 дн."),
        ("kk", 3, "3 сағаттан кейін"),
        ("kk", -2, "мерзімі 2 сағ бұрын өтіп кеткен"),
        ("en", -2, "overdue by 2 hr"),
    ],
)
def test_a_term_says_how_far_or_how_late(locale, hours, words):
    assert term_in_words(NOW + timedelta(hours=hours), NOW, translator(locale)) == words


@pytest.mark.parametrize(("minutes", "words"), [(50, "50 минут назад"), (180, "3 часа назад")])
def test_age(minutes, words):
    assert age_in_words(NOW - timedelta(minutes=minutes), NOW, translator("ru")) == words
