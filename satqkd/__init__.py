"""Mission planning and key-yield forecasting for satellite quantum key distribution."""

__version__ = "0.1.0"
"""The one place of the version; the package's metadata are read from here."""

__all__ = ["__version__"]
