"""Mission planning and key-yield forecasting for satellite quantum key distribution."""

__version__ = "0.1.0"

__all__ = ["__version__"]
