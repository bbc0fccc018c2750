"""The kernels: one module for each operation of a network.

They are written with the vector operations of :mod:`backlit.engines.fast.simd`.  A module has
writers: functions that take the constants of one shape and return the kernel's body.  A body takes
one argument, ``a``, a pointer to whole numbers: ``a[0]`` is how many units it is to do (mostly
images), and the others are addresses, which ``floats(a, 1)`` and the like make pointers of.
"""
