"""The OpenTelemetry Collector with the config that `seldon-trace agent collector` prints, and what receives from it."""

import json
import socket
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import yaml

from containers import START_SECONDS, STOP_SECONDS, free_ports, wait_until
from manifest import printed
from observation import Span

RECEIVER = """
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: 127.0.0.1:{port}}}}}}}}}
exporters: {{lines: {{}}}}
service: {{telemetry: {{metrics: {{level: none}}}}, pipelines: {{traces: {{receivers: [otlp], exporters: [lines]}}}}}}
"""
# With the Collector's own metrics, which the printed config leaves on.
PORTS = {socket.SOCK_DGRAM: [5775, 6831], socket.SOCK_STREAM: [4317, 4318, 8888, 13133]}


def taken_port():
    """A port of the printed config that something else has, or None."""
    for kind, ports in PORTS.items():
        for port in ports:
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
                try:
                    probe.bind(("0.0.0.0", port))
                except OSError:
                    return port
    return None


class CollectorAgent:
    """The Collector sends to a second one, which writes the spans down."""

    def __init__(self, collector, program, spoil=None):
        self.collector = collector
        (self.port,) = free_ports(1)
        documents = yaml.safe_load_all(printed(program, "agent", "collector", "--to", f"127.0.0.1:{self.port}"))
        config_map, daemon_set = documents
        self.config = yaml.safe_load(config_map["data"]["config.yaml"])
        if spoil:
            spoil(self.config)
        (container,) = daemon_set["spec"]["template"]["spec"]["containers"]
        (mount,) = container["volumeMounts"]
        (self.option,) = container["args"]
        self.mounted = mount["mountPath"]
        self.forgotten = 0
        self.processes = []

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        try:
            (folder / "receiver.yaml").write_text(RECEIVER.format(port=self.port))
            (folder / "config.yaml").write_text(yaml.safe_dump(self.config))
            self.lines = folder / "lines"
            self._start(f"--config={folder}/receiver.yaml", self.lines)
            self._start(self.option.replace(self.mounted, str(folder)), folder / "output")
            if not wait_until(self._is_ready, START_SECONDS):
                raise RuntimeError("the Collector is not ready:\n" + (folder / "log").read_text()[-3000:])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.folder.cleanup()

    def forget(self):
        self.forgotten = len(self._all())

    def spans(self):
        return self._all()[self.forgotten :]

    def _all(self):
        # The last line may not be complete yet.
        lines = self.lines.read_text().split("\n")[:-1]
        return [Span(each["service"], each["name"], each["tags"], {}) for each in map(json.loads, lines)]

    def _start(self, option, output):
        with open(output, "w") as out, open(Path(self.folder.name) / "log", "a") as log:
            command = [self.collector, option]
            process = subprocess.Popen(command, env={}, stdin=subprocess.DEVNULL, stdout=out, stderr=log)
        self.processes.append(process)

    def _is_ready(self):
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError("the Collector has exited:\n" + (Path(self.folder.name) / "log").read_text()[-3000:])
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open("http://127.0.0.1:13133/", timeout=1), socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False
