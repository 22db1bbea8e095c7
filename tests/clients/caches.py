"""Where clients are kept that were installed or built once."""

import os
from pathlib import Path


class NotInstalled(Exception):
    """No network or no tool, most likely. The client is then skipped, for that is no fault of the program."""


def folder_of(client):
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "seldon-trace" / client
    folder.mkdir(parents=True, exist_ok=True)
    return folder
