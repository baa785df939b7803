"""Entry point of the image: `python api/main.py`, with this file's parent folder as root.

uvicorn starts its workers by `spawn`, which imports this file again in each of them (under another
name): nothing but the path may happen outside the last lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A script's path begins with its own folder, and the package `tars` is one above it.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

if __name__ == "__main__":
    from tars.serve import serve

    sys.exit(serve(ROOT))
