"""A loopback of one's own, with listeners in the agent's place that tell which case sent a span to which address."""

import os
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from namespaces import set_loopback_up

# All ports to which a case can send.
PORTS = (1, 80, 443, 4318, 8126, 8127, 9126, 65535)
# Names of the cases that are addresses.
NAMES = ("agent", "agent.datadog.svc.cluster.local", "agent_x", "agent-é".encode("idna").decode())
SOCKET = "/tmp/seldon-trace-datadog.socket"

# Set in the process that has a loopback of its own.
INSIDE = "SELDON_TRACE_OWN_LOOPBACK"


def enter_own_loopback(arguments):
    """Starts the program again where every port is free, none needs a privilege and names can be added.

    Returns False where the machine does not let it."""
    if os.environ.get(INSIDE):
        set_loopback_up()
        return True
    command = ["unshare", "--user", "--map-root-user", "--net", "--mount"]
    attempt = [*command, "mount", "--bind", "/etc/hosts", "/etc/hosts"]
    if shutil.which("unshare") is None or subprocess.run(attempt, capture_output=True).returncode != 0:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".hosts") as hosts:
        hosts.write(f"127.0.0.1 localhost {' '.join(NAMES)}\n::1 localhost\n")
        hosts.flush()
        # It says in which file the names of hosts are, and that there is no server of names to ask.
        mount = f'mount --bind "{hosts.name}" /etc/hosts && exec "$@"'
        done = subprocess.run(
            [*command, "sh", "-c", mount, "sh", sys.executable, *arguments], env={**os.environ, INSIDE: "1"}
        )
    sys.exit(done.returncode)


class Listeners:
    """Listens to all addresses that it can. `found` has the address at which the span of a case arrived."""

    def __init__(self):
        self.found = {}
        self.servers = [server for server in self._open() if server]

    def _open(self):
        for port in PORTS:
            yield _listen(_Server4, ("127.0.0.1", port), f"127.0.0.1:{port}", self.found)
            yield _listen(_Server6, ("::1", port), f"[::1]:{port}", self.found)
        Path(SOCKET).unlink(missing_ok=True)
        yield _listen(_UnixServer, SOCKET, SOCKET, self.found)

    def addresses(self):
        return {server.name for server in self.servers}

    def __enter__(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()
        Path(SOCKET).unlink(missing_ok=True)


class _Server4(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        # A case that ends drops its connections, and one that speaks TLS speaks no HTTP.
        pass


class _Server6(_Server4):
    address_family = socket.AF_INET6


class _UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def _listen(kind, address, name, found):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Transfer-Encoding") == "chunked":
                while (size := int(self.rfile.readline().split(b";")[0], 16)) > 0:
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            # Telemetry has the tags of the configuration, not those of a span.
            case = re.search(rb"case-\d+", body)
            if case and "traces" in self.path:
                found[case.group().decode()] = name
            status = 200 if "traces" in self.path else 404
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_PUT = do_GET

        def log_message(self, *_):
            pass

    try:
        server = kind(address, Handler)
    except OSError:
        return None
    server.name = name
    return server
