"""Tests of equations as data."""
