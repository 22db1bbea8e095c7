"""Containers without a cluster: processes with the environment that a manifest gives them."""

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, List, Optional

# Deadlines, not delays: far above the time that a busy machine takes.
START_SECONDS = 90
CALL_SECONDS = 30
STOP_SECONDS = 10


def wait_until(holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def free_ports(count):
    # All are held until the last is known, so that each is given once.
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@dataclass(frozen=True)
class Image:
    """A container image: its programs, its command, and how to call it."""

    environment: Path
    folder: Path
    # A function of the container's environment, for some entry points read it.
    command: Callable[[Dict[str, str]], List[str]]
    # The variables of these ports. The first is the one that is called.
    ports: List[str]
    body: Optional[bytes]
    # The name of its spans of such a call.
    operation: str
    # Variables that override all others.
    spoilt: Dict[str, str]

    def start(self, env):
        return Container(self, env)


class Container:
    """Runs during a `with`, and is stopped after it with every process that it started."""

    def __init__(self, image: Image, env):
        ports = free_ports(len(image.ports))
        self.image = image
        self.port = ports[0]
        self.env = {
            "PATH": f"{image.environment / 'bin'}{os.pathsep}{os.defpath}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: str(port) for name, port in zip(image.ports, ports)},
            **env,
            **image.spoilt,
        }

    def __enter__(self):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.image.command(self.env),
            env=self.env,
            cwd=self.image.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            # A process group of its own, so that all its processes can be stopped.
            start_new_session=True,
        )
        try:
            if not wait_until(lambda: self._has_ended() or self._listens(), START_SECONDS):
                raise RuntimeError(f"not ready after {START_SECONDS} s:\n{self._last_words()}")
            if self._has_ended():
                raise RuntimeError(f"ended at start:\n{self._last_words()}")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._stop()

    def call(self):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/predict", data=self.image.body, headers={"Content-Type": "application/json"}
        )
        try:
            # Without a proxy of the machine.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=CALL_SECONDS) as answer:
                answer.read()
        except OSError as error:
            raise RuntimeError(f"a call failed: {error}\n{self._last_words()}") from error

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _has_ended(self):
        # Before it is reaped, no other group can get its number.
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, flags) is not None

    def _stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            wait_until(self._has_ended, STOP_SECONDS)
        finally:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.log.close()

    def _last_words(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-3000:]
