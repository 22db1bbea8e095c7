"""The virtual environments of the clients, made once and kept under Cargo's target folder."""

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The dependencies of the checks themselves.
CHECKS = "checks"

# Each client has an environment of its own, with exact versions, so that a new release never breaks an unrelated change.
REQUIREMENTS = {
    CHECKS: ["PyYAML==6.0.3", "msgpack==1.1.2"],
    # Its pkg_resources left setuptools with version 80.
    "seldon-core-1.18": ["seldon-core==1.18.2", "setuptools<80"],
    "ddtrace-2": ["ddtrace==2.21.12", "Flask==3.1.3"],
    "ddtrace-4": ["ddtrace==4.16.0", "Flask==3.1.3"],
}

# The versions of Python for which all of them have wheels.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 9), (3, 11)

# For all installations together.
INSTALLATION_SECONDS = 300


class NotInstalled(Exception):
    """Most likely there is no network. The checks are then skipped, for it is not an error of the program."""


def python_fits():
    return OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON


def fitting_python():
    """Another suitable Python on the PATH, or None."""
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        # A version manager may have a shim without the version.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def install_all(root):
    """Makes the missing environments. Returns the reason for each that failed, by name."""
    deadline = time.monotonic() + INSTALLATION_SECONDS
    reasons = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        installations = {name: pool.submit(install, root / name, REQUIREMENTS[name], deadline) for name in REQUIREMENTS}
    for name, installation in installations.items():
        try:
            installation.result()
        except NotInstalled as reason:
            reasons[name] = str(reason)
    return reasons


def install(folder: Path, requirements, deadline):
    # The stamp is written last: an environment without it is incomplete.
    stamp = folder / "installed"
    wanted = "\n".join([sys.version, *requirements])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)], deadline)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    _run([*pip, "install", "--retries", "2", "--timeout", "20", *requirements], deadline)
    stamp.write_text(wanted)


def _run(command, deadline):
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=max(1, deadline - time.monotonic()),
        )
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not done within {INSTALLATION_SECONDS} s")
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()
        raise NotInstalled(said[-1])
