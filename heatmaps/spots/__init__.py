"""Locations to spots: grid, expectation, scan, tracking, priority, replay."""
