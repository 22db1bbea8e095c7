"""Seldon Core's Python wrapper 1.18.2, in the environment that tests/e2e makes for it."""

import json
import subprocess
from pathlib import Path

import environments
from caches import NotInstalled
from wrapper_cases import cases

HERE = Path(__file__).resolve().parent

NAME = "wrapper"

ALL_SECONDS = 300


def prepare():
    """Gives the environment's Python."""
    if not environments.python_fits():
        raise NotInstalled("no Python that the wrapper has wheels for")
    return environments.install(environments.WRAPPER) / "bin" / "python"


def observe_all(python, envs):
    lines = "".join(f"{json.dumps(env)}\n" for env in envs)
    observer = [str(python), "-B", str(HERE / "wrapper_observer.py")]
    done = subprocess.run(observer, input=lines, stdout=subprocess.PIPE, text=True, timeout=ALL_SECONDS, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
