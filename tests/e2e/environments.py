"""The virtual environments of the clients. `locks/` has their packages with exact versions, so that a new release never
breaks an unrelated change; `pip freeze` in an environment gives its lock."""

import os
import platform
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from caches import NotInstalled, made_once

HERE = Path(__file__).resolve().parent

# That of the checks themselves.
CHECKS = "checks"
WRAPPER = "seldon-core-1.18"
LIBRARIES = ["ddtrace-2", "ddtrace-4"]
MLSERVER = "mlserver-1.7"

# Stock images for library injection, by the Python that they need: the oldest that Seldon ships, and the newest that the
# library takes. The library is beside the environment and not in it, laid out as in the init container's image.
INJECTED_PYTHON = {"injected-python3.8": (3, 8), "injected-python3.12": (3, 12)}
LIBRARY_FOLDER = "datadog-lib"
# From `lib-injection/sources` of dd-trace-py 2.21.12, unchanged: no package has it.
LIBRARY_SOURCES = HERE / "datadog_lib"

# The versions of the library whose reading of variables is recorded.
RECORDED = {"2.21": "ddtrace-2", "3.0": "ddtrace-3.0", "3.19": "ddtrace-3", "4.16": "ddtrace-4"}

ALL = [CHECKS, WRAPPER, MLSERVER, *LIBRARIES, *INJECTED_PYTHON]

# The versions of Python for which the others have wheels.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 9), (3, 11)

# For each environment.
INSTALLATION_SECONDS = 600


def python_fits():
    return OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON


def use_fitting_python():
    """Returns true in a Python that the clients have wheels for, or starts the script anew in one; false if there is none."""
    if not python_fits() and (python := fitting_python()):
        os.execv(python, [python, *sys.argv])
    return python_fits()


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


def install_all(names):
    """The folder of each environment, and the reason for each that can't be had, by name."""
    folders, reasons = {}, {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        installations = {name: pool.submit(install, name) for name in names}
    for name, installation in installations.items():
        try:
            folders[name] = installation.result()
        except NotInstalled as reason:
            reasons[name] = str(reason)
    return folders, reasons


def install(name):
    """The environment's folder."""
    wanted_python = INJECTED_PYTHON.get(name)
    python = python_of(wanted_python) if wanted_python else sys.executable
    if python is None:
        raise NotInstalled(f"no Python {'.'.join(map(str, wanted_python))}")
    version = subprocess.run([python, "-VV"], capture_output=True, text=True).stdout
    packages = HERE / "locks" / f"{name}.txt"
    # By its path too, which the environment keeps.
    states = [os.path.realpath(python), version, packages.read_bytes()]
    library = None
    if wanted_python:
        library = HERE / "locks" / f"library-python{'.'.join(map(str, wanted_python))}.txt"
        states += [library.read_bytes(), *(source.read_bytes() for source in sorted(LIBRARY_SOURCES.iterdir()))]

    def make(folder):
        deadline = time.monotonic() + INSTALLATION_SECONDS
        _run([python, "-m", "venv", str(folder)], deadline)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
        install = [*pip, "install", "--retries", "2", "--timeout", "20"]
        _run([*install, "--requirement", str(packages)], deadline)
        if library:
            shutil.copytree(LIBRARY_SOURCES, folder / LIBRARY_FOLDER)
            target = folder / LIBRARY_FOLDER / "ddtrace_pkgs" / _packages_folder(wanted_python)
            _run([*install, "--no-compile", "--target", str(target), "--requirement", str(library)], deadline)
            # As Datadog's `dl_wheels.py` does: with it the wrapper's own protobuf breaks.
            for left_out in [target / "google" / "protobuf", target / "google" / "_upb", *target.glob("protobuf-*")]:
                shutil.rmtree(left_out)

    return made_once(f"environments/{name}", states, make)


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
