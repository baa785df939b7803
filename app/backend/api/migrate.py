"""Brings the schema up to date: `python api/migrate.py`. Safe to run again, or twice at once."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from tars.migrate import run

    sys.exit(run())
