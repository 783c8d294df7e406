"""Joint angles on a skeleton that the file, or its family, states."""
