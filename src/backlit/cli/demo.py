"""x."""

EXAMPLES = "backlit demo"


def command() -> int:
    """Do demo."""
    return 0
