"""The one call that puts a map on a page and says what was clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import folium
import streamlit as st
from folium.template import Template
from streamlit_folium import st_folium

from heatmaps.ui.assets import LEAFLET_CSS, LEAFLET_JS, MAP_CSS, MAP_JS
from heatmaps.ui.map.text import map_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.ui.map.basemap import BaseMap
    from heatmaps.ui.map.drawing import Drawing
    from heatmaps.ui.map.shape import Point

HEIGHT_PX = 620


class _LocalMap(folium.Map):
    """folium's map with our own Leaflet and nothing of jQuery, Bootstrap or Font Awesome."""

    def __init__(self, location: Point) -> None:
        super().__init__(
            location,
            tiles=None,
            prefer_canvas=True,
            attribution_control=False,
            zoom_snap=0.5,
            font_size="13px",
        )
        self.default_js = [("leaflet", LEAFLET_JS), ("heatmaps", MAP_JS)]
        self.default_css = [("leaflet", LEAFLET_CSS), ("heatmaps", MAP_CSS)]


class _Call(folium.MacroElement):
    """A drawing as a child of a map or a feature group."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "heatmapsMap.{{ this.function }}({{ this._parent.get_name() }}, {{ this.data|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Call"
        self.function = drawing.function
        self.data = drawing.data

    def render(self, **_kwargs: object) -> str:
        """Give nothing: streamlit-folium takes the script from the template.

        branca's own rendering would compile the finished script, data and all, as a template.
        """
        return ""


def show_map(
    base: BaseMap, drawings: Sequence[Drawing], *, key: str, height: int = HEIGHT_PX
) -> Point | None:
    """Show the base map with the drawings on it, the last on top; give a click that is new.

    Latitude and longitude of a click come back in the one run it causes and in no other. The
    map on the screen, its place and its zoom stay as long as `base` and `key` do; only a drawing
    made by `look_at_point` or `look_at_bounds` moves it. Call it in a fragment, and a click
    reruns that fragment alone.
    """
    clicks = f"{key}:click"

    def remember() -> None:
        clicked = st.session_state[key].get("last_clicked")
        st.session_state[clicks] = clicked and (clicked["lat"], clicked["lng"])

    group = folium.FeatureGroup()
    for drawing in drawings:
        group.add_child(_Call(drawing))
    st_folium(
        _folium_map(base),
        key=key,
        height=height,
        use_container_width=True,
        feature_group_to_add=group,
        returned_objects=["last_clicked"],
        on_change=remember,
    )
    click: Point | None = st.session_state.pop(clicks, None)
    return click


def _folium_map(base: BaseMap) -> folium.Map:
    leaflet = _LocalMap(base.bounds[0])
    if base.tiles is not None:
        folium.TileLayer(base.tiles.url, attr=map_text(base.tiles.attribution)).add_to(leaflet)
    leaflet.add_child(_Call(base.drawing))
    return leaflet
