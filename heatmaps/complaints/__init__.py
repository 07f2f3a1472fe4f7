"""A complaint and how it comes in: readers, intake profiles, validation, quarantine."""
