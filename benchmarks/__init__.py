"""Speed, measured side by side: each case runs ours and its peers in turn, after a check.

``python3 dev.py bench`` runs all cases; see :mod:`benchmarks.measure` for how time is taken.
"""
