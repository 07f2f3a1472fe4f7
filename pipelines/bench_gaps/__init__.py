"""How well chronic places are found in histories where they are planted."""

from pipelines.bench_gaps.bench import Asked, bench
from pipelines.bench_gaps.history import Wanted
from pipelines.bench_gaps.tables import figures, report

__all__ = ["Asked", "Wanted", "bench", "figures", "report"]
