"""Datasets on disk, readers of motion files, importing, windows and splits."""
