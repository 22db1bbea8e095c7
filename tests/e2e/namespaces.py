"""A network and a pid namespace for each case: every port is free, and whatever it starts ends with it."""

import fcntl
import shutil
import socket
import struct
import subprocess

COMMAND = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
AS_USER = [*COMMAND, "--user", "--map-root-user"]


def prefix():
    """The command before one that is to run in namespaces of its own, or None where the machine does not let it."""
    if shutil.which("unshare") is None:
        return None
    for command in (COMMAND, AS_USER):
        if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return None


def set_loopback_up():
    set_flags, is_up = 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", is_up))
