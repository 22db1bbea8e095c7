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
START_SECONDS = 120
STOP_SECONDS = 20


def wait_until(holds, seconds):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_taken(kind, port):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return True
    return False


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answer_of(port, path):
    """The answer of a server on this machine, or None."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read()
    except OSError:
        return None


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
    """The image of a model: its programs, its command, and how to call it."""

    environment: Path
    folder: Path
    # A function of the container's environment, for some entry points read it.
    command: Callable[[Dict[str, str]], List[str]]
    # The variables of its ports, which the operator gives to every container: of REST first, then of gRPC.
    ports: List[str]
    body: Optional[bytes]
    path: str = "/predict"
    # The path that answers once it can be called, if it listens before.
    ready: Optional[str] = None


class Container:
    """A process that runs during a `with`, and is stopped after it with every process that it started."""

    def __init__(self, command, env, folder, is_ready):
        self.command = command
        self.env = env
        self.folder = folder
        self.is_ready = is_ready

    def __enter__(self):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            # A process group of its own, so that all its processes can be stopped.
            start_new_session=True,
        )
        try:
            if not wait_until(lambda: self._has_ended() or self.is_ready(), START_SECONDS):
                raise RuntimeError(f"not ready after {START_SECONDS} s:\n{self.last_words()}")
            if self._has_ended():
                raise RuntimeError(f"ended at start:\n{self.last_words()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            wait_until(self._has_ended, STOP_SECONDS)
        finally:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.log.close()

    def last_words(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-3000:]

    def _has_ended(self):
        # Before it is reaped, no other group can get its number.
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, flags) is not None
