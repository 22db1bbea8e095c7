"""What is built or installed once, in `${XDG_CACHE_HOME:-~/.cache}/seldon-trace`, by the state of what it is made of."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# What no run has used for so long is removed when another state of it is made.
KEPT_DAYS = 30


class NotInstalled(Exception):
    """No network or no tool, most likely. The client is then skipped, for that is no fault of the program."""


def made_once(name, states, make, may_make=True):
    """The path that `make` fills, for these states (texts and bytes). It is made once for each."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "seldon-trace" / name
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for state in states:
        digest.update(state if isinstance(state, bytes) else state.encode())
        digest.update(b"\0")
    path = folder / digest.hexdigest()[:16]
    # Written last: what has none is incomplete.
    stamp = path.with_suffix(".made")
    with _alone(folder / "lock"):
        if not stamp.exists():
            if not may_make:
                raise NotInstalled("not built yet")
            _remove(path)
            make(path)
            _remove_unused(folder)
        stamp.touch()
    return path


@contextlib.contextmanager
def _alone(lock):
    """Two runs at once do not make the same thing."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _remove_unused(folder):
    for stamp in folder.glob("*.made"):
        if stamp.stat().st_mtime < time.time() - KEPT_DAYS * 24 * 3600:
            stamp.unlink()
            _remove(stamp.with_suffix(""))


def go_program(client, sources, seconds, package=".", may_build=True):
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

    states = [run([go, "version"]), *(source.read_bytes() for source in sorted(sources.iterdir()))]
    build = [go, "build", "-trimpath", "-o"]
    return made_once(client, states, lambda path: run([*build, str(path), package]), may_build)


def built_program(test, *options):
    """The path of seldon-trace, built by cargo for this test."""
    command = ["cargo", "build", "--quiet", "--bin", "seldon-trace", "--message-format", "json", *options]
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=repository, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{test}: cargo build failed")
    programs = [json.loads(line).get("executable") for line in done.stdout.splitlines()]
    return next(program for program in programs if program)
