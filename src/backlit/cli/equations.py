"""x."""
EXAMPLES = "backlit equations"
def command() -> int:
    """Do equations."""
    return 0
