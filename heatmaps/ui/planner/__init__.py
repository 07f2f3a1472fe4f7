"""The planner's desk: places that keep coming back, on the map, in a list and as files."""
