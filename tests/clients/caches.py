"""Where clients are kept that were installed or built once."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path


class NotInstalled(Exception):
    """No network or no tool, most likely. The client is then skipped, for that is no fault of the program."""


def folder_of(client):
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "seldon-trace" / client
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def go_program(client, sources, seconds):
    """The program of these sources. It is built once for each state of them and version of Go."""
    go = shutil.which("go")
    if go is None:
        raise NotInstalled("no go on the PATH")

    def run(command):
        # Neither the machine's settings nor another version of Go.
        env = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}
        try:
            done = subprocess.run(command, cwd=sources, env=env, capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise NotInstalled(f"not built within {seconds} s")
        if done.returncode != 0:
            raise NotInstalled((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
        return done.stdout

    state = hashlib.sha256(run([go, "version"]).encode())
    for source in sorted(sources.iterdir()):
        state.update(source.read_bytes())
    program = folder_of(client) / state.hexdigest()[:16]
    if not program.exists():
        # Under a name of its own first, for a program that is there counts as whole.
        built = program.with_suffix(f".{os.getpid()}")
        run([go, "build", "-trimpath", "-o", str(built), "."])
        built.rename(program)
    return program
