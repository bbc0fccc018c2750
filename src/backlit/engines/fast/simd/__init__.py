"""The SIMD vocabulary: what kernels are written in.

Numbers come in vectors of 16, 8 or 4 lanes (:mod:`.lanes` says which), with Python's operators
(:mod:`.vectors`), words for memory and choice (:mod:`.words`), and tiles that stay in registers
(:mod:`.tiles`).  Numba compiles it; a kernel's author never sees LLVM.
"""
