"""What the person at the keyboard is told instead of a traceback."""


class Trouble(Exception):
    """A sentence that says what is wrong and, where possible, what to do."""
