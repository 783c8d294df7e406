"""Statistics of motions, frame by frame: one small class a file, by what its extremes tell: drift or collapse."""
