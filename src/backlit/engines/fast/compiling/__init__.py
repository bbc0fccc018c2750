"""From kernels in Python to machine code in memory, and a cache of it on disk.

:mod:`.kernel` says what is compiled, :mod:`.compiler` does it, :mod:`.store` keeps it,
:mod:`.library` is asked for it.
"""
