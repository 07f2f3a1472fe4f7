"""How long an hour of detection takes, at sizes from a region to a country."""

from pipelines.bench_hours.bench import Told, bench, figures
from pipelines.bench_hours.country import SIZES, Country, Size, draw_country

__all__ = ["SIZES", "Country", "Size", "Told", "bench", "draw_country", "figures"]
