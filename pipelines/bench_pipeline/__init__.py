"""The journey of a large number of complaints, measured beside the naive way to the same end."""

from pipelines.bench_pipeline.journey import Asked, Part, bench

__all__ = ["Asked", "Part", "bench"]
