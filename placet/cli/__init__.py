"""The command line: every operator verb."""


def main() -> None:
    """Run the command line."""
