"""Joint positions as plain arrays and tables."""
