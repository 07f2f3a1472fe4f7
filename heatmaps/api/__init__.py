"""REST routes beside the pages."""
