"""The manifest, edited by the program and read as by the kubelet."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

# The agent runs on every node, and its node is this machine.
HOST_IP = "127.0.0.1"


@dataclass(frozen=True)
class Manifest:
    program: str
    text: str

    @classmethod
    def read(cls, program, path: Path):
        return cls(program, path.read_text())

    def enable(self, *options):
        return self._run("enable", *options)

    def disable(self, *options):
        return self._run("disable", *options)

    def _run(self, *arguments):
        return Manifest(self.program, printed(self.program, *arguments, given=self.text))

    def predictor(self):
        return yaml.safe_load(self.text)["spec"]["predictors"][0]

    def container_env(self):
        """The environment that the kubelet gives the model's container."""
        return env_of(self.predictor())


def printed(program, *arguments, given=""):
    done = subprocess.run([program, *arguments], input=given, capture_output=True, text=True, env={}, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"seldon-trace {' '.join(arguments)}: status {done.returncode}: {done.stderr}")
    return done.stdout


def model_container(predictor):
    return predictor["componentSpecs"][0]["spec"]["containers"][0]


def env_of(predictor):
    labels = predictor.get("labels", {})
    return {entry["name"]: _resolved(entry, labels) for entry in model_container(predictor).get("env", [])}


def _resolved(entry, labels):
    if "valueFrom" not in entry:
        value = entry["value"]
        # The API server rejects anything else.
        if not isinstance(value, str):
            raise TypeError(f"{entry['name']} is no string: {value!r}")
        return value
    path = entry["valueFrom"].get("fieldRef", {}).get("fieldPath")
    if path == "status.hostIP":
        return HOST_IP
    if label := re.fullmatch(r"metadata\.labels\['(.+)'\]", path or ""):
        # The operator copies the predictor's labels to its pods. The kubelet gives '' for one that is missing.
        return labels.get(label[1], "")
    raise ValueError(f"no kubelet here for {entry!r}")
