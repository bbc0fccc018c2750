"""The fast engine: a network as compiled kernels for vectors, in float32, on all processors.

From top to bottom:

1. :mod:`~backlit.engines.fast.operations`, single operations on arrays, which :mod:`backlit.fast`
   passes on;
2. :mod:`~backlit.engines.fast.engine`, whole networks;
3. ``plan/``, from a graph to steps in memory;
4. ``kernels/``, what a step does;
5. ``compiling/``, from a kernel in Python to machine code that is kept;
6. ``simd/``, the vector operations that kernels are written in.
"""
