"""The virtual environments of the clients, made once and kept under Cargo's target folder."""

import os
import platform
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
    "injected-python3.8": ["seldon-core==1.18.2", "setuptools<80"],
    "injected-python3.12": ["seldon-core==1.19.0rc1"],
}

# Stock images for library injection, by the Python that they need: the oldest that Seldon ships, and the newest that the
# library takes. The library is beside the environment and not in it, laid out as in the init container's image.
INJECTED_PYTHON = {"injected-python3.8": (3, 8), "injected-python3.12": (3, 12)}
LIBRARY = "ddtrace==2.21.12"
LIBRARY_FOLDER = "datadog-lib"
# From `lib-injection/sources` of dd-trace-py 2.21.12, unchanged: no package has it.
LIBRARY_SOURCES = Path(__file__).resolve().parent / "datadog_lib"

# The versions of Python for which all of them have wheels.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 9), (3, 11)

# For all installations together.
INSTALLATION_SECONDS = 600


class NotInstalled(Exception):
    """Most likely there is no network. The checks are then skipped, for it is not an error of the program."""


def python_fits():
    return OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON


def fitting_python():
    """Another suitable Python on the PATH, or None."""
    for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1):
        if path := python_of((3, minor)):
            return path
    return None


def python_of(version):
    """The path of that Python, on the PATH or installed by pyenv, or None."""
    name = ".".join(map(str, version))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = sorted(pyenv.glob(f"versions/{name}.*/bin/python{name}"))
    for path in [shutil.which(f"python{name}"), *map(str, installed)]:
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
    wanted_python = INJECTED_PYTHON.get(folder.name)
    python = python_of(wanted_python) if wanted_python else sys.executable
    if python is None:
        raise NotInstalled(f"no Python {'.'.join(map(str, wanted_python))}")
    version = subprocess.run([python, "-VV"], capture_output=True, text=True).stdout if wanted_python else sys.version
    # The stamp is written last: an environment without it is incomplete.
    stamp = folder / "installed"
    wanted = "\n".join([version, *requirements, *([LIBRARY] if wanted_python else [])])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _run([python, "-m", "venv", str(folder)], deadline)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    install = [*pip, "install", "--retries", "2", "--timeout", "20"]
    _run([*install, *requirements], deadline)
    if wanted_python:
        shutil.copytree(LIBRARY_SOURCES, folder / LIBRARY_FOLDER)
        packages = folder / LIBRARY_FOLDER / "ddtrace_pkgs" / _packages_folder(wanted_python)
        _run([*install, "--no-compile", "--target", str(packages), LIBRARY], deadline)
        # As Datadog's `dl_wheels.py` does: with it the wrapper's own protobuf breaks.
        for left_out in [packages / "google" / "protobuf", packages / "google" / "_upb", *packages.glob("protobuf-*")]:
            shutil.rmtree(left_out)
    stamp.write_text(wanted)


def _packages_folder(python):
    platform_of = "manylinux2014" if platform.libc_ver()[0] == "glibc" else "musllinux_1_2"
    return f"site-packages-ddtrace-py{'.'.join(map(str, python))}-{platform_of}"


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
