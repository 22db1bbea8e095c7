"""A mock of Jaeger's agent, which receives spans as compact Thrift over UDP."""

import socket
import struct

from observation import Span


class JaegerAgent:
    def __init__(self, port=0):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.packets = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def forget(self):
        self._receive()
        self.packets.clear()

    def spans(self):
        self._receive()
        return [span for packet in self.packets for span in spans_of(packet)]

    def _receive(self):
        while True:
            try:
                self.packets.append(self.socket.recv(65536))
            except BlockingIOError:
                return


def spans_of(packet):
    """By the numbers of the fields in Jaeger's `agent.thrift` and `jaeger.thrift`."""
    method, arguments = CompactThrift(packet).message()
    if method != "emitBatch":
        raise ValueError(f"a call of {method}")
    batch = arguments[1]
    service = batch[1][1].decode()
    for span in batch[2]:
        tags = {tag[1].decode(): tag.get(3, b"").decode() for tag in span.get(10, [])}
        yield Span(service=service, operation=span[5].decode(), tags=tags, metrics={})


class CompactThrift:
    """Reads the part of Thrift's compact protocol that the clients use. A struct is a dict by the numbers of its fields."""

    PROTOCOL, VERSION = 0x82, 1
    TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)

    def __init__(self, data):
        self.data = data
        self.at = 0

    def message(self):
        protocol, version = self._byte(), self._byte() & 0x1F
        if (protocol, version) != (self.PROTOCOL, self.VERSION):
            raise ValueError("no compact Thrift")
        self._varint()
        return self._value(self.BINARY).decode(), self._value(self.STRUCT)

    def _byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def _bytes(self, count):
        self.at += count
        if self.at > len(self.data):
            raise ValueError("cut off")
        return self.data[self.at - count : self.at]

    def _varint(self):
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def _integer(self):
        zigzag = self._varint()
        return (zigzag >> 1) ^ -(zigzag & 1)

    def _value(self, kind):
        if kind in (self.TRUE, self.FALSE):
            return kind == self.TRUE
        if kind == self.BYTE:
            return self._byte()
        if kind in (self.I16, self.I32, self.I64):
            return self._integer()
        if kind == self.DOUBLE:
            return struct.unpack("<d", self._bytes(8))[0]
        if kind == self.BINARY:
            return self._bytes(self._varint())
        if kind in (self.LIST, self.SET):
            return self._list()
        if kind == self.STRUCT:
            return self._struct()
        raise ValueError(f"no reader for type {kind}")

    def _list(self):
        header = self._byte()
        size, kind = header >> 4, header & 0x0F
        if size == 15:
            size = self._varint()
        return [self._value(kind) for _ in range(size)]

    def _struct(self):
        fields, number = {}, 0
        while header := self._byte():
            step, kind = header >> 4, header & 0x0F
            number = number + step if step else self._integer()
            fields[number] = self._value(kind)
        return fields
