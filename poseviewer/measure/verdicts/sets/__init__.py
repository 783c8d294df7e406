"""Figures of sets of motions beside real ones."""
