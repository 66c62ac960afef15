"""``python -m aws14.command VERB``: the same as the command ``aws14``."""

from __future__ import annotations

import sys

from aws14.command.main import main

if __name__ == "__main__":
    sys.exit(main())
