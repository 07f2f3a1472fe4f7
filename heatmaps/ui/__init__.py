"""Streamlit pages, the map, the locale."""
