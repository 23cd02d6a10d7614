"""``python -m satqkd``."""

from __future__ import annotations

from satqkd.cli import main

if __name__ == "__main__":
    main()
