"""The journey of a complaint as runnable flows: each composes the pure stages with the store."""
