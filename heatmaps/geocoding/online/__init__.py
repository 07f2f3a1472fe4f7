"""Asking online providers about addresses that our own gazetteer cannot place. Off by default."""
