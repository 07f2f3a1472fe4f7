"""Address to location: normal form, gazetteer, matching."""
