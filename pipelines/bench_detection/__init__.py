"""How well faults are found: ours beside what a user would pick instead, on the same trials."""
