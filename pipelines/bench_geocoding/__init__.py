"""How well and how fast addresses are geocoded: on the store's houses, on many, beside a peer."""

from pipelines.bench_geocoding.bench import Asked, Measured, bench, labelled_sets
from pipelines.bench_geocoding.labelled import by_trouble

__all__ = ["Asked", "Measured", "bench", "by_trouble", "labelled_sets"]
