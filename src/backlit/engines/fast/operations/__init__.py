"""Single operations on float32 arrays, forward and backward, with the signatures of the book.

Each function compiles its kernels for the shapes it is first called with and keeps them on disk.
"""
