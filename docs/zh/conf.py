"""The site in one language; all else is in docs/making/site.py."""

from __future__ import annotations

import sys
from pathlib import Path


sys.path.insert(0, str(Path(__file__).parents[1]))

from making.site import configure


globals().update(configure("zh"))
