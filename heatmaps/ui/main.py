"""The script that `st.App` runs for every session: the frame around the pages."""

import streamlit as st

st.set_page_config(page_title="Теплокарты", page_icon=":material/map:", layout="wide")
st.title("Теплокарты")
