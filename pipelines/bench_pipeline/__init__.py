"""The journey of a large number of complaints, measured beside the naive way to the same end."""

from pipelines.bench_pipeline.journey import Asked, Part, bench
from pipelines.bench_pipeline.summary import (
    HEADER,
    Wait,
    asked_line,
    part_line,
    summary_lines,
    waits,
)

__all__ = [
    "HEADER",
    "Asked",
    "Part",
    "Wait",
    "asked_line",
    "bench",
    "part_line",
    "summary_lines",
    "waits",
]
