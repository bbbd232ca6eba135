"""What the person at the keyboard is told instead of a traceback."""


class Trouble(Exception):  # noqa: N818 - read as a sentence: raise Trouble(...)
    """A sentence that says what is wrong and, where possible, what to do."""
