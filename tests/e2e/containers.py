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

# Deadlines, not delays: far above what a machine takes that has better things to do.
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
    # All are held until the last is known, so that none is given twice.
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
    """What a container image brings: its programs, its start, and how it is called."""

    environment: Path
    folder: Path
    # By the container's environment, for there are entry points that look at it.
    command: Callable[[Dict[str, str]], List[str]]
    # The variables of these ports. The first is the one that is called.
    ports: List[str]
    body: Optional[bytes]
    # What its spans of such a call are named.
    operation: str
    # Variables that come on top of all others.
    spoilt: Dict[str, str]

    def start(self, env):
        return Container(self, env)


class Container:
    """Runs within a `with`, and is gone after it with every process that it started."""

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
            # A group of its own, by which all that it starts can be ended.
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
            # Without the proxy that the machine may have.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=CALL_SECONDS) as answer:
                answer.read()
        except OSError as error:
            raise RuntimeError(f"a call failed: {error}\n{self._last_words()}") from error

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _has_ended(self):
        # Not reaped yet: until then no other group can get the number of this one.
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
