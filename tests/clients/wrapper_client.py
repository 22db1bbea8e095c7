"""Seldon Core's Python wrapper 1.18.2, in the environment that tests/e2e makes for it."""

import json
import subprocess
import sys
import time
from pathlib import Path

from caches import NotInstalled
from wrapper_cases import cases

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import environments

NAME = "wrapper"
ENVIRONMENT = "seldon-core-1.18"

ALL_SECONDS = 300


def prepare():
    """Gives the environment's Python."""
    if not environments.python_fits():
        raise NotInstalled("no Python that the wrapper has wheels for")
    command = ["cargo", "metadata", "--no-deps", "--format-version", "1"]
    try:
        metadata = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotInstalled(f"cargo: {error}")
    folder = Path(json.loads(metadata)["target_directory"]) / "e2e" / ENVIRONMENT
    deadline = time.monotonic() + environments.INSTALLATION_SECONDS
    try:
        environments.install(folder, environments.REQUIREMENTS[ENVIRONMENT], deadline)
    except environments.NotInstalled as reason:
        raise NotInstalled(str(reason))
    return folder / "bin" / "python"


def observe_all(python, envs):
    lines = "".join(f"{json.dumps(env)}\n" for env in envs)
    observer = [str(python), "-B", str(HERE / "wrapper_observer.py")]
    done = subprocess.run(observer, input=lines, stdout=subprocess.PIPE, text=True, timeout=ALL_SECONDS, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
