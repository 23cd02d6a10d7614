"""Reads, calls, prints."""

from __future__ import annotations

from satqkd.cli.app import main

__all__ = ["main"]
