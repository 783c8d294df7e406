"""Sets of motions: how much they differ from each other, and whether they end alike beside real motion."""
