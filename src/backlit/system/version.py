"""The version of backlit: in a file of its own, since runs keep it, and rooms import no door."""

__version__ = "0.1.0"
