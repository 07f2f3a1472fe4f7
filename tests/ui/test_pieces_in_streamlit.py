"""The pieces inside a Streamlit script, without a browser."""

import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from heatmaps.ui import assets
from heatmaps.ui.assets import LEAFLET_CSS, LEAFLET_JS, MAP_CSS, MAP_JS

PAGE = Path(__file__).with_name("pieces_page.py")


@pytest.fixture
def app():
    return AppTest.from_file(PAGE).run(timeout=20)


def map_arguments(app):
    (component,) = app.get("component_instance")
    return component.proto.id, json.loads(component.proto.json_args)


def test_nothing_is_clicked_or_entered_at_first(app):
    assert not app.exception
    assert app.session_state["clicked"] is None
    assert app.session_state["address"] is None


def test_the_map_loads_our_own_leaflet_and_nothing_else(app):
    _, arguments = map_arguments(app)
    assert arguments["js_links"] == [LEAFLET_JS, MAP_JS]
    assert arguments["css_links"] == [LEAFLET_CSS, MAP_CSS]
    everything = arguments["script"] + arguments["feature_group"] + arguments["html"]
    assert "//" not in everything
    assert not re.search(r"(?:src|href)=", arguments["header"])


def test_a_label_is_escaped_all_the_way(app):
    _, arguments = map_arguments(app)
    group = arguments["feature_group"]
    assert not [mark for mark in ("</script>", "${", "`", "{{", "49") if mark in group]


def test_another_drawing_keeps_the_map_mounted(app):
    before, _ = map_arguments(app)
    app.toggle[0].set_value(True).run(timeout=20)
    after, arguments = map_arguments(app)
    assert after == before
    assert '"selected": true' in arguments["feature_group"]


def test_the_legend_names_every_class_in_words_of_the_screen(app):
    (legend,) = [element.value for element in app.html]
    assert "Приоритет, баллы" in legend
    assert [legend.count(range_) for range_ in ("20–40", "40–80", "80–160")] == [1, 1, 1]


@pytest.mark.parametrize("url", [LEAFLET_JS, LEAFLET_CSS, MAP_JS, MAP_CSS])
def test_assets_are_in_the_package_and_name_no_other_host(url):
    path = Path(assets.__file__).with_name("assets") / url.removeprefix("/assets/")
    loads = re.findall(r"""(?:url\(|@import|src\s*=\s*)["']?(?:https?:)?//""", path.read_text())
    assert loads == []
