"""How well faults are found: ours beside what a user would pick instead, on the same trials."""

from pipelines.bench_detection.bench import Asked, Kept, Told, bench

__all__ = ["Asked", "Kept", "Told", "bench"]
