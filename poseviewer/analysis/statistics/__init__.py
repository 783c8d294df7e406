"""Statistics of motions, frame by frame: small classes, a file a family. Their extremes tell drift or collapse."""
