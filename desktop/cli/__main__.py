"""``python -m desktop.cli``: the same as the command ``kuaishen``."""

from __future__ import annotations

import sys

from desktop.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
