"""The agent's page: from what a caller says to what is known there."""
