"""One page: the address box, and a fragment with a filter and the map."""

import h3.api.basic_int as h3
import streamlit as st

from heatmaps.desk.words import Status
from heatmaps.spots.record import Signal
from heatmaps.ui.address_box import address_box, address_box_texts
from heatmaps.ui.locale import translator
from heatmaps.ui.map.basemap import Territory, base_map
from heatmaps.ui.map.drawing import draw_address, draw_spots, look_at_point
from heatmaps.ui.map.legend import show_legend
from heatmaps.ui.map.shape import SpotShape, spot_at
from heatmaps.ui.map.show import show_map

HOSTILE = (
    "<img src=x onerror=\"hacked('img')\">",
    "</script><script>hacked('script')</script>",
    "${hacked('literal')}",
    "`;hacked('backtick');`",
    "';hacked('quote');//",
    "\\u003cimg src=x onerror=hacked('escape')\\u003e",
    "{{ hacked('jinja') }} map_div2 drawnItems",
)
SQUARE = [[30.1, 59.8], [30.6, 59.8], [30.6, 60.1], [30.1, 60.1], [30.1, 59.8]]
TERRITORY = Territory(HOSTILE[0], {"type": "Polygon", "coordinates": [SQUARE]})

st.set_page_config(layout="wide")
_ = translator("ru")


def invented_spots() -> list[SpotShape]:
    spots = []
    for number, text in enumerate(HOSTILE):
        lat, lon = 59.9 + 0.02 * number, 30.2 + 0.05 * number
        cells = tuple(h3.grid_disk(h3.latlng_to_cell(lat, lon, 9), 1))
        priority = 10.0 * 2**number
        spots.append(SpotShape(number, lat, lon, cells, priority, Status.NEW, Signal.ACTIVE, text))
    return spots


entered = address_box(address_box_texts(_), key="box")
if entered:
    st.session_state["entered"] = entered
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"runs={st.session_state['runs']} entered={st.session_state.get('entered')}")


@st.fragment
def map_and_filter() -> None:
    urgent = st.toggle("urgent")
    spots = [spot for spot in invented_spots() if spot.priority >= 80 or not urgent]
    drawings = [draw_spots(spots, selected=st.session_state.get("selected"))]
    if "entered" in st.session_state:
        drawings.append(draw_address((59.94, 30.28), 200.0, st.session_state["entered"]))
        drawings.append(look_at_point((59.94, 30.28)))
    click = show_map(base_map([TERRITORY], HOSTILE[0]), drawings, key="map")
    if click:
        st.session_state["selected"] = spot_at(click, spots)
        st.rerun(scope="fragment")
    st.text(f"selected={st.session_state.get('selected')} shown={len(spots)}")
    show_legend(_)


map_and_filter()
