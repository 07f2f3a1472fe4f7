"""Why a spot is there: evidence over columns, a suggested cause, and how often such are right."""
