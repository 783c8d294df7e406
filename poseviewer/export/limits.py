"""How large, long and fast a film may be asked for."""

SMALLEST, LARGEST = 16, 8192  # pixels a side; software OpenGL has 16,384, many cards 8,192
LONGEST = 3600.0  # seconds
SLOWEST, FASTEST = 1.0, 240.0  # pictures a second
