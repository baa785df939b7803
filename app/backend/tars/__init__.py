"""The backend of the TARS reference application."""

__version__ = "0.1.0"
