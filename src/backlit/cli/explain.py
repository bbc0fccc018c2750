"""x."""
EXAMPLES = "backlit explain"
def command() -> int:
    """Do explain."""
    return 0
