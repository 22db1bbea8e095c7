"""The executor of Seldon Core 1.18: its Jaeger client in a Go program that starts it as the executor does."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from caches import NotInstalled, folder_of
from executor_cases import cases

NAME = "executor"
SOURCES = Path(__file__).resolve().parent / "executor"

BUILD_SECONDS = 300
CASE_SECONDS = 20


def prepare():
    """Gives the program. It is built once for each state of its sources and version of Go."""
    go = shutil.which("go")
    if go is None:
        raise NotInstalled("no go on the PATH")
    state = hashlib.sha256(_run([go, "version"]).encode())
    for source in sorted(SOURCES.iterdir()):
        state.update(source.read_bytes())
    program = folder_of("executor") / state.hexdigest()[:16]
    if not program.exists():
        # Under a name of its own first, for a program that is there counts as whole.
        built = program.with_suffix(f".{os.getpid()}")
        _run([go, "build", "-trimpath", "-o", str(built), "."])
        built.rename(program)
    return program


def _run(command):
    # Neither the machine's settings nor another version of Go.
    env = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    try:
        done = subprocess.run(command, cwd=SOURCES, env=env, capture_output=True, text=True, timeout=BUILD_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not built within {BUILD_SECONDS} s")
    if done.returncode != 0:
        raise NotInstalled((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
    return done.stdout


def observe_all(program, environments):
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield from pool.map(lambda env: _observe(program, env), environments)


def _observe(program, env):
    done = subprocess.run([program], env=env, capture_output=True, timeout=CASE_SECONDS)
    said = done.stderr.decode(errors="replace").rstrip("\n")
    if done.returncode == 0:
        return {"start": "runs", **json.loads(done.stdout)}
    # A panic's stack follows its first line.
    panic = re.search(r"^(panic|fatal error): .*", said, re.MULTILINE)
    # A log line begins with its time.
    why = panic.group() if panic else re.sub(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "", said)
    return {"start": "exits", "status": done.returncode, "why": why}
