"""The fast engine: kernels written in Python, compiled for the processor at hand."""
