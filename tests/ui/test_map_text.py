import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatmaps.ui.map.text import map_bold, map_lines, map_text

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    "'-alert(1)-'",
    '"onmouseover="alert(1)',
    "\\u003cimg src=x onerror=alert(1)\\u003e",
    "{{ 7*7 }}{% raw %}{# #}",
    "&lt;img onerror=alert(1)&gt;",
    "a\r\nb\u2028c\u2029d",
    "map_div2 drawnItems alert(coords);",
    "feature_group_feature_group_0",
]
HARMLESS = re.compile(r"(?:[^\W_]|[ .,:;()–—«»№-]|&#\d+;|\ufffd)*")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_itself_and_holds_nothing_active(text):
    safe = map_text(text)
    assert HARMLESS.fullmatch(safe)
    assert html.unescape(safe) == text


@given(st.text())
def test_nothing_but_harmless_characters_and_references_leaves(text):
    assert HARMLESS.fullmatch(map_text(text))


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cf", "Cn", "Co"])))
def test_printable_text_reads_back_from_html(text):
    assert html.unescape(map_text(text)) == text


@given(st.text())
def test_json_and_template_literals_carry_it_unchanged(text):
    safe = map_text(text)
    assert json.loads(json.dumps(safe)) == safe
    assert not set("`$\\{}<>\"'\n\r\u2028\u2029") & set(safe)


def test_russian_stays_readable_in_the_source():
    assert map_text("Пятно № 3 — Большой проспект, 18") == "Пятно № 3 — Большой проспект, 18"


def test_controls_and_lone_surrogates_show_as_replacement():
    assert map_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"


def test_lines_and_bold_are_the_only_tags():
    assert map_lines([map_bold(map_text("<b>")), map_text("2")]) == "<b>&#60;b&#62;</b><br>2"


def test_numbers_are_text_too():
    assert map_text(34) == "34"
