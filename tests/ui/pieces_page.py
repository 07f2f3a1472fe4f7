"""A page of the pieces with one spot, for the tests beside it."""

import h3.api.basic_int as h3
import streamlit as st

from heatmaps.desk.words import Status
from heatmaps.spots.record import Signal
from heatmaps.ui.address_box import address_box, address_box_texts
from heatmaps.ui.locale import translator
from heatmaps.ui.map.basemap import base_map
from heatmaps.ui.map.drawing import draw_spots
from heatmaps.ui.map.legend import show_legend
from heatmaps.ui.map.shape import SpotShape
from heatmaps.ui.map.show import show_map

_ = translator("ru")
st.session_state["address"] = address_box(address_box_texts(_), key="box")
base = base_map([], "©", bounds=((59.8, 30.1), (60.1, 30.6)))
cells = (h3.latlng_to_cell(59.94, 30.3, 9),)
label = "{{ 7*7 }}</script>${1}`"
spot = SpotShape(1, 59.94, 30.3, cells, 42.0, Status.NEW, Signal.ACTIVE, label)
selected = st.toggle("select") or None
st.session_state["clicked"] = show_map(base, [draw_spots([spot], selected=selected)], key="map")
show_legend(_)
