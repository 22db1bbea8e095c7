"""What receives spans: the agents themselves, with the config that `seldon-trace agent` prints where it prints one."""

import json
import socket
import subprocess
import tempfile
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import Dict

import yaml

from containers import START_SECONDS, STOP_SECONDS, answer_of, free_ports, is_taken, listens, wait_until
from manifest import printed

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM


@dataclass(frozen=True)
class Span:
    service: str
    operation: str
    trace: str
    id: str
    parent: str
    tags: Dict[str, str]
    # Only for Datadog.
    metrics: Dict[str, float]


class PortTaken(Exception):
    """Another program of this machine has it. It is no fault of the program."""


class Receiver:
    """Runs during a `with`. Its output is complete after `finish`."""

    # The ports that it needs, by kind, beside those that are free.
    PORTS: Dict[int, list] = {}

    def __enter__(self):
        for kind, ports in self.PORTS.items():
            for port in ports:
                if is_taken(kind, port):
                    raise PortTaken(f"port {port} is taken")
        self.processes = []
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        try:
            self._start()
            if not wait_until(self._is_ready, START_SECONDS):
                raise RuntimeError(f"{type(self).__name__} is not ready:\n{self._last_words()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.finish()
        self.temporary.cleanup()

    def finish(self):
        # The last one started sends to those before it.
        while self.processes:
            process = self.processes.pop()
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.written = (self.folder / "lines").read_text()

    def lines(self):
        """The lines of JSON that the first process has written, but one that is not complete yet."""
        text = (self.folder / "lines").read_text() if self.processes else self.written
        return map(json.loads, text.split("\n")[:-1])

    def _run(self, *command, env={}):
        with open(self.folder / ("log" if self.processes else "lines"), "a") as out, open(self.folder / "log", "a") as log:
            process = subprocess.Popen(
                list(map(str, command)), env=env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=log
            )
        self.processes.append(process)

    def _is_ready(self):
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError(f"{type(self).__name__} has exited:\n{self._last_words()}")
        return self._answers()

    def _last_words(self):
        return (self.folder / "log").read_text()[-3000:]


class Backend(Receiver):
    """A receiver of OpenTelemetry's protocol in the place of Jaeger or another: it writes the spans down."""

    CONFIG = """
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: 127.0.0.1:{port}}}}}}}}}
exporters: {{lines: {{}}}}
service: {{telemetry: {{metrics: {{level: none}}}}, pipelines: {{traces: {{receivers: [otlp], exporters: [lines]}}}}}}
"""

    def __init__(self, world, port=None):
        self.program = world.programs["collector"]
        self.port = port or free_ports(1)[0]

    def spans(self):
        return [Span(metrics={}, operation=each.pop("name"), **each) for each in self.lines()]

    def arrived(self):
        return len(self.spans())

    def _start(self):
        (self.folder / "backend.yaml").write_text(self.CONFIG.format(port=self.port))
        self._run(self.program, f"--config={self.folder}/backend.yaml")

    def _answers(self):
        return listens(self.port)


class Collector(Backend):
    """What `agent collector` prints. It sends to the backend."""

    # With the Collector's own metrics, which the printed config leaves on.
    PORTS = {UDP: [5775, 6831], TCP: [4317, 4318, 8888, 13133]}

    def __init__(self, world, spoil=None):
        super().__init__(world)
        documents = yaml.safe_load_all(printed(world.program, "agent", "collector", "--to", f"127.0.0.1:{self.port}"))
        self.config, self.option, self.env = _config_of(documents)
        if spoil:
            spoil(self.config)

    def _start(self):
        super()._start()
        _write(self.config, self.folder)
        self._run(self.program, self.option.format(folder=self.folder), env=self.env)

    def _answers(self):
        return super()._answers() and answer_of(13133, "/") is not None


class Jaeger(Receiver):
    """What `agent jaeger` prints. It is asked for the spans as its own user interface asks."""

    PORTS = {UDP: [5775, 6831], TCP: [4317, 4318, 8888, 13133, 16685, 16686]}

    def __init__(self, world, spoil=None):
        self.program = world.programs["jaeger"]
        documents = yaml.safe_load_all(printed(world.program, "agent", "jaeger"))
        self.config, self.option, self.env = _config_of(documents)
        if spoil:
            spoil(self.config)
        self.found = None

    def finish(self):
        # Nothing is kept after it.
        if self.processes and self.found is None and not any(process.poll() is not None for process in self.processes):
            self.found = self.spans()
        super().finish()

    def spans(self):
        if self.found is not None:
            return self.found
        services = json.loads(answer_of(16686, "/api/services") or "{}").get("data") or []
        return [span for service in services for span in self._spans_of(service)]

    def arrived(self):
        return len(self.spans())

    def _spans_of(self, service):
        query = urllib.parse.urlencode({"service": service, "limit": 1000, "lookback": "1h"})
        for trace in json.loads(answer_of(16686, f"/api/traces?{query}") or "{}").get("data") or []:
            for span in trace["spans"]:
                name = trace["processes"][span["processID"]]["serviceName"]
                if name == service:
                    parents = [each["spanID"] for each in span["references"]]
                    tags = {tag["key"]: str(tag["value"]) for tag in span["tags"]}
                    operation, trace_id = span["operationName"], span["traceID"]
                    yield Span(name, operation, trace_id, span["spanID"], "".join(parents[:1]), tags, {})

    def _start(self):
        _write(self.config, self.folder)
        self._run(self.program, self.option.format(folder=self.folder), env=self.env)

    def _answers(self):
        return answer_of(16686, "/api/services") is not None and answer_of(13133, "/status") is not None


def _config_of(documents):
    """The config of the only ConfigMap, the option that gives it to the only container, and that container's variables."""
    documents = [each for each in documents if each["kind"] in ("ConfigMap", "DaemonSet", "Deployment")]
    config_map, workload = documents
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    (mounted,) = [mount["mountPath"] for mount in container["volumeMounts"] if "config" in mount["name"]]
    (option,) = container["args"]
    # But references, which no config here has need of.
    env = {entry["name"]: entry["value"] for entry in container.get("env", []) if "value" in entry}
    return yaml.safe_load(config_map["data"]["config.yaml"]), option.replace(mounted, "{folder}"), env


def _write(config, folder):
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


class DatadogAgent(Receiver):
    """Datadog's own trace agent with an intake of its own: `datadog_agent/main.go`."""

    PORT = 8126
    PORTS = {TCP: [PORT]}
    OPTIONS = []

    def __init__(self, world):
        self.program = world.programs["datadog-agent"]

    def spans(self):
        """The first span of each trace that is kept."""
        for each in self.lines():
            if "is_statistic" not in each and each["parent"] == "0":
                del each["name"]
                yield Span(operation=each.pop("resource"), **each)

    def hits(self):
        """How often each was called, kept or not: by service, resource, environment and version."""
        hits = {}
        for each in self.lines():
            if "is_statistic" in each:
                key = each["service"], each["resource"], each["env"], each["version"]
                hits[key] = hits.get(key, 0) + each["hits"]
        return hits

    def arrived(self):
        return sum(self.hits().values())

    def _start(self):
        self._run(self.program, *self.OPTIONS)

    def _answers(self):
        return listens(self.PORT)


class DatadogIntake(DatadogAgent):
    """The intake alone, for an agent in a pod. It takes what comes with the key."""

    PORT = 8127
    PORTS = {TCP: [PORT]}
    ADDRESS = f"127.0.0.1:{PORT}"
    KEY = "0123456789abcdef0123456789abcdef"
    OPTIONS = ["-intake", ADDRESS, "-key", KEY]
