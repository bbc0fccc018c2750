"""The command line makes the runs that are opened here."""

from tests.cli.conftest import backlit, pictures, run, trained

__all__ = ["backlit", "pictures", "run", "trained"]
