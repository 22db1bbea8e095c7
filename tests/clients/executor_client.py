"""The executor of Seldon Core 1.18: its Jaeger client in a Go program that starts it as the executor does."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import programs
from executor_cases import cases

NAME = "executor"

CASE_SECONDS = 20


def prepare():
    return programs.built(NAME)


def observe_all(program, environments):
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield from pool.map(lambda env: _observe(program, env), environments)


def _observe(program, env):
    try:
        done = subprocess.run([program], env=env, capture_output=True, timeout=CASE_SECONDS)
    except subprocess.TimeoutExpired:
        return {"start": "hangs"}
    said = done.stderr.decode(errors="replace").rstrip("\n")
    if done.returncode == 0:
        return {"start": "runs", **json.loads(done.stdout)}
    # A panic's stack follows its first line.
    panic = re.search(r"^(panic|fatal error): .*", said, re.MULTILINE)
    # A log line begins with its time.
    why = panic.group() if panic else re.sub(r"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "", said)
    return {"start": "exits", "status": done.returncode, "why": why}
