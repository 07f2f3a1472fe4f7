import pytest

from heatmaps.ui.markup import element, facts, table, text

HOSTILE = ("<img src=x onerror=1>", "</p><script>", '" onmouseover="1', "' x='", "&lt;b&gt;")


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_text_becomes_markup(attack):
    built = [
        element("p", text(attack), title=attack),
        facts([(attack, text(attack))]),
        table([attack], [[text(attack)]]),
    ]
    for html in built:
        assert attack not in html
        assert "<img" not in html
        assert "<script" not in html


def test_a_text_keeps_its_characters():
    import html

    for attack in HOSTILE:
        assert html.unescape(text(attack)) == attack


def test_elements_nest():
    built = element("p", element("b", text(1)), text(" & "), css="a b")
    assert built == '<p class="a b"><b>1</b> &amp; </p>'
