"""A mock of Datadog's agent, which receives spans as msgpack over HTTP."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgpack

from observation import Span


class DatadogAgent:
    def __init__(self, port=0):
        self.payloads = []
        self.server = _Server(("127.0.0.1", port), _handler(self.payloads))
        self.port = self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def forget(self):
        self.payloads.clear()

    def spans(self):
        """The first span of each trace, which alone says whether the trace is kept."""
        return [span for path, body in list(self.payloads) for span in _DECODERS[path](body)]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        # A stopped container drops its connections.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(payloads):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/info":
                self._answer(200, {"version": "7.60.0", "endpoints": list(_DECODERS), "client_drop_p0s": False})
            elif self.path in _DECODERS:
                payloads.append((self.path, body))
                self._answer(200, {"rate_by_service": {}})
            else:
                # Telemetry, statistics, remote configuration: an agent may go without.
                self._answer(404, {})

        do_POST = do_PUT = do_GET

        def _answer(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def _spans_of_v04(body):
    for trace in msgpack.unpackb(body, strict_map_key=False):
        for span in trace:
            if not span.get("parent_id"):
                yield Span(span["service"], span["resource"], span.get("meta", {}), span.get("metrics", {}))


def _spans_of_v05(body):
    """Spans are rows, and their strings are in a table."""
    strings, traces = msgpack.unpackb(body, strict_map_key=False)
    for trace in traces:
        for service, _name, resource, _trace, _span, parent, _start, _duration, _error, meta, metrics, _type in trace:
            if not parent:
                yield Span(
                    strings[service],
                    strings[resource],
                    {strings[key]: strings[value] for key, value in meta.items()},
                    {strings[key]: value for key, value in metrics.items()},
                )


_DECODERS = {"/v0.4/traces": _spans_of_v04, "/v0.5/traces": _spans_of_v05}
