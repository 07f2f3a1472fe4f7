"""How well and how fast addresses are geocoded: on the store's houses, on many, beside a peer."""

from pipelines.bench_geocoding.bench import Asked, Measured, bench, labelled_sets
from pipelines.bench_geocoding.labelled import by_trouble
from pipelines.bench_geocoding.report import Sample

__all__ = ["Asked", "Measured", "Sample", "bench", "by_trouble", "labelled_sets"]
