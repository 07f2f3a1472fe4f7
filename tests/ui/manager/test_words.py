from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from heatmaps.insight.kpi import KPIS, Figure
from heatmaps.ui import locale
from heatmaps.ui.locale import LOCALES, translator
from heatmaps.ui.manager.tiles import TILES
from heatmaps.ui.manager.words import hours_in_words, rest_in_words, value_in_words

RU = translator("ru")


def plain(words: str) -> str:
    return words.replace("\xa0", " ")


@pytest.mark.parametrize("language", LOCALES)
def test_every_definition_is_told_in_every_language(language):
    with (locale._CATALOGUES / f"{language}.po").open("rb") as source:
        known = read_po(source, locale=language)
    texts = {t for k in KPIS for t in (k.title, k.formula, *k.counted, k.source)}
    assert {text for text in texts if known.get(text) is None} == set()
    beside = {name for tile in TILES for name in tile.beside}
    assert {name for name in beside if known.get(name, context="beside") is None} == set()


def test_every_figure_is_on_a_tile():
    shown = [name for tile in TILES for name in (tile.main, *tile.beside)]
    assert sorted(shown) == sorted(each.kpi for each in KPIS)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(None, "—"), (float("nan"), "—"), (0.5, "30 мин"), (1.25, "1,2 ч"), (18.4, "18 ч"),
     (71.6, "72 ч"), (100, "4,2 дн."), (-2, "−2 ч"), (0, "0 мин"), (100_000, "4 166,7 дн.")],
)  # fmt: skip
def test_spans(hours, said):
    assert plain(hours_in_words(hours, RU)) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(0.4546, "share", "45,5 %"), (None, "share", "—"), (12345, "customers", "12 345"),
     (3, "spots", "3"), (3.0, "hours", "3 ч")],
)  # fmt: skip
def test_values(value, unit, said):
    assert plain(value_in_words(value, unit, RU)) == said


def test_what_a_share_rests_on():
    assert plain(rest_in_words(Figure(0.5, 4, 0.15, 0.85), "share", RU)) == "n = 4 · 15–85 %"
    assert plain(rest_in_words(Figure(None, 0), "share", RU)) == "n = 0"
