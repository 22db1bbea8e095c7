"""Starts Seldon Core's Python wrapper once for each environment on standard input, and prints what came of it.

It runs in the wrapper's own environment. Each start is a fork, for importing the wrapper takes seconds. It is the start
of `seldon-core-microservice Model`, without the servers: the application is loaded as Gunicorn loads it, and one call
is made within the process.
"""

import ipaddress
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import jaeger_client
import opentracing
from flask_opentracing import FlaskTracing
from jaeger_client import constants
from jaeger_client.TUDPTransport import TUDPTransport
from seldon_core import gunicorn_utils, metrics, microservice

CLIENTS = Path(__file__).resolve().parent
MODEL = CLIENTS.parent / "e2e" / "model"

CASE_SECONDS = 30
CLOSE_SECONDS = 10
AT_ONCE = 3


class Observation:
    """What the process does, seen at the places where it does it."""

    def __init__(self):
        self.config = self.transport = self.extra_tags = None
        self.writes = []

    def watch(self):
        initialize, open_transport, write = (
            jaeger_client.Config.initialize_tracer,
            TUDPTransport.__init__,
            TUDPTransport.write,
        )
        trace_flask = FlaskTracing.__init__

        def initialized(config):
            self.config = config
            return initialize(config)

        def opened(transport, host, port, *more):
            self.transport = transport
            open_transport(transport, host, port, *more)

        def written(transport, data):
            self.writes.append(False)
            write(transport, data)
            self.writes[-1] = True

        def traced(tracing, tracer, trace_all, app, extra_tags):
            self.extra_tags = extra_tags
            trace_flask(tracing, tracer, trace_all, app, extra_tags)

        jaeger_client.Config.initialize_tracer = initialized
        TUDPTransport.__init__, TUDPTransport.write, FlaskTracing.__init__ = opened, written, traced
        # No servers, and no process for metrics.
        microservice.start_servers = lambda rest, *others: rest()
        gunicorn_utils.UserModelApplication.run = lambda application: call(application.load())
        metrics.Manager = lambda: SimpleNamespace(Lock=threading.Lock, dict=dict, shutdown=lambda: None)

    def record(self):
        if self.config is None:
            return {"sampler": None, "agent": None, "service": None, "tags": [], "sends": False}
        tracer = opentracing.tracer
        # Beside it there may be one that logs.
        reporter = getattr(tracer.reporter, "reporters", [tracer.reporter])[0]
        closed, deadline = reporter.close(), time.monotonic() + CLOSE_SECONDS
        while not closed.done() and time.monotonic() < deadline:
            time.sleep(0.001)
        host, port = self.transport.transport_host, self.transport.transport_port
        return {
            "sampler": sampler(tracer.sampler),
            "agent": f"{host}:{port}",
            "service": tracer.service_name,
            "tags": [[key, str(value)] for key, value in self.config.tags.items()],
            "extra_tags": self.extra_tags,
            "bits": tracer.max_trace_id_bits,
            "sends": self.sends(host, port),
        }

    def sends(self, host, port):
        if port == 0 or not any(self.writes):
            # What a name of DNS is, and what goes beyond this machine, is no matter of the client's.
            return None if self.writes and port in range(1, 65536) and is_elsewhere(host) else False
        return None if is_elsewhere(host) else True


def is_elsewhere(host):
    try:
        address = ipaddress.ip_address(socket.inet_ntoa(socket.inet_aton(host or "0.0.0.0")))
    except OSError:
        return host != "localhost" and (not host.isascii() or bool(re.fullmatch(r"[\w.-]*[A-Za-z_-][\w.-]*", host)))
    return not (address.is_loopback or address.is_unspecified)


def sampler(of):
    if isinstance(of, jaeger_client.ConstSampler):
        return {"type": "const", "param": str(of.decision).lower()}
    return {"type": type(of).__name__}


def call(application):
    answer = application.test_client().post("/predict", json={"data": {"ndarray": [[1]]}})
    if answer.status_code != 200:
        raise RuntimeError(f"the call was answered by {answer.status}")


def start(env):
    os.environ.clear()
    os.environ.update(env)
    os.chdir(CLIENTS / "wrapper")
    sys.path.insert(0, str(MODEL))
    sys.argv = ["seldon-core-microservice", "Model", "--service-type", "MODEL"]
    observation = Observation()
    observation.watch()
    try:
        microservice.main()
    except BaseException as error:
        # The versions of Python say the limit in different words.
        last = re.sub("(Exceeds the limit).*", r"\1", f"{type(error).__name__}: {error}")
        return {"start": "exits", "why": last}
    return {"start": "runs", **observation.record()}


def forked(env):
    """The process and the pipe on which its record comes."""
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    os.close(reader)
    signal.alarm(CASE_SECONDS)
    record = start(env)
    with os.fdopen(writer, "w") as pipe:
        json.dump(record, pipe)
    os._exit(0)


def main():
    devnull = os.open(os.devnull, os.O_WRONLY)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)
    running = []

    def finish():
        process, reader = running.pop(0)
        with os.fdopen(reader) as pipe:
            text = pipe.read()
        os.waitpid(process, 0)
        print(text or '{"start": "hangs"}', file=out, flush=True)

    for line in sys.stdin:
        running.append(forked(json.loads(line)))
        if len(running) == AT_ONCE:
            finish()
    while running:
        finish()


main()
