from __future__ import annotations

from pipelines.bench_pipeline import Part, part_line, summary_lines, waits


def part(way, step, wall, **facts):
    return Part(way, "clean", step, wall, 2 * wall, 100 * wall, facts)


PARTS = [
    part("SQLite", "ingest", 2.0, complaints=100, new=90, quarantined=10, located=81),
    part("SQLite", "detect", 1.0, ticks=24, spots=3),
    part("SQLite", "ingest again", 0.5, complaints=100, unchanged=90, quarantined=10, located=0),
    part("PostGIS", "ingest", 3.0, complaints=100, new=90, quarantined=10, located=81),
    part("PostGIS", "detect", 1.5, ticks=24, spots=3),
    part("naive", "all", 4.0, complaints=100, new=100, located=50, spots=2),
]


def test_a_wait_is_the_sum_of_its_steps_and_the_most_memory_of_them():
    first, second, naive, again = waits(PARTS)
    assert (first.way, first.wall_s, first.cpu_s, first.peak_mb) == ("SQLite", 3.0, 6.0, 200.0)
    assert (first.located, first.spots) == (0.9, 3)
    assert (second.way, second.wall_s) == ("PostGIS", 4.5)
    assert (naive.way, naive.located, naive.spots) == ("naive", 0.5, 2)
    assert (again.what, again.wall_s, again.located) == ("the same file again", 0.5, None)


def test_the_ways_stand_side_by_side():
    head, whole, again, held, located, spots = summary_lines(PARTS)
    assert head.split() == ["wall", "s", "SQLite", "PostGIS", "naive", "PostGIS", ":", "SQLite"]
    assert whole.split()[-4:] == ["3.0", "4.5", "4.0", "1.50"]
    assert again.split() == ["the", "same", "file", "again,", "clean", "0.5"]
    assert held.split()[-3:] == ["200", "300", "400"]
    assert located.split()[-3:] == ["90.00%", "90.00%", "50.00%"]
    assert spots.split()[-3:] == ["3", "3", "2"]
    assert "1.50" not in "".join(summary_lines(PARTS[:3]))


def test_a_step_tells_what_came_of_it():
    assert part_line(PARTS[0]).endswith("200  90 new, 10 quarantined, 90.00% located")
    assert part_line(PARTS[1]).endswith("100  24 ticks, 3 spots")
