"""The manifest, edited by the program and read as by the operator."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml


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

    def config_maps(self, *options):
        """What `agent jaeger-config` prints for this manifest: the data of each ConfigMap, by name."""
        text = printed(self.program, "agent", "jaeger-config", *options, given=self.text)
        return {each["metadata"]["name"]: each["data"] for each in yaml.safe_load_all(text)}

    def predictor(self):
        return yaml.safe_load(self.text)["spec"]["predictors"][0]

    def _run(self, *arguments):
        return Manifest(self.program, printed(self.program, *arguments, given=self.text))


def printed(program, *arguments, given=""):
    done = subprocess.run([program, *arguments], input=given, capture_output=True, text=True, env={}, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"seldon-trace {' '.join(arguments)}: status {done.returncode}: {done.stderr}")
    return done.stdout


def pod_of(predictor):
    """The only pod. The operator makes one where the manifest has none."""
    (component,) = predictor.get("componentSpecs") or [{"spec": {"containers": []}}]
    return component["spec"]


def containers_of(predictor):
    return pod_of(predictor)["containers"]


def env_of_container(predictor, name=None):
    """The list of variables of the container with this name; without one, of the first."""
    for container in containers_of(predictor):
        if name in (None, container["name"]):
            return container.setdefault("env", [])
    raise KeyError(name)


def env_of_orchestrator(predictor):
    return predictor.setdefault("svcOrchSpec", {}).setdefault("env", [])


def without(env, *names):
    """Removes these variables, which have to be there."""
    for name in names:
        (entry,) = [entry for entry in env if entry["name"] == name]
        env.remove(entry)


def replaced(env, name, value):
    (entry,) = [entry for entry in env if entry["name"] == name]
    entry.clear()
    entry.update(name=name, value=value)


def added(env, **values):
    env += [{"name": name, "value": value} for name, value in values.items()]
