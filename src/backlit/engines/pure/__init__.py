"""The engine "pure": a network run through the plain Python of :mod:`backlit.pure`."""
