"""x."""
EXAMPLES = "backlit info"
def command() -> int:
    """Do info."""
    return 0
