"""The version, which the built package has too."""

__version__ = "0.1.0"
