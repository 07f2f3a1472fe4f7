"""Теплокарты: complaints about connection quality become prioritised spots on a map."""

__version__ = "0.1.0"
