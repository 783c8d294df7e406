"""Writers of motion as data, a file a format."""
