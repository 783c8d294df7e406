"""Markers on a body or a thing: points without bones where the set is not known."""
