"""Keys of rows: UUID version 7 (RFC 9562, section 5.7), made before the row is sent to the database."""

import os
import time
import uuid

NANOSECONDS = 1_000_000


def uuid7() -> uuid.UUID:
    """48 bits of Unix milliseconds, 12 bits of the fraction of one (section 6.2, method 3), 62 random bits.

    New rows sit side by side in an index, in the order in which one process made them.
    """
    milliseconds, rest = divmod(time.time_ns(), NANOSECONDS)
    fraction = (rest << 12) // NANOSECONDS
    random = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)
