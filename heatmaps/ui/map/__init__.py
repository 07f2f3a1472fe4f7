"""The map: records in, drawings out, one call that shows them."""
