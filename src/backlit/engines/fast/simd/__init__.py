"""Vector types and operations (SIMD), in which the kernels are written.

Vectors have 16, 8 or 4 lanes (:mod:`.lanes` says how many).  They have Python's operators
(:mod:`.vectors`), operations for memory, choice and sums across lanes (:mod:`.intrinsics`), and
tiles of several vectors that stay in registers (:mod:`.tiles`).  Numba compiles all of it; whoever
writes a kernel needs no LLVM.
"""
