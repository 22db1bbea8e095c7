"""The pod of a predictor, as processes: what the operator, the kubelet and Datadog's admission controller make of it.

The executor is a stand-in with the executor's own client: tests/clients/executor/serve.go. Volumes are folders, and a value
that has the path of a mount gets the folder's path instead. Datadog's init container leaves its library in a volume.
"""

import copy
import os
import posixpath
import re
import socket
import subprocess
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from containers import Container, answer_of, free_ports, is_taken, listens
from manifest import containers_of, pod_of
from receivers import DatadogIntake

# The agent runs on every node, and its node is this machine.
FIELDS = {"status.hostIP": "127.0.0.1", "spec.nodeName": "node"}
CALL_SECONDS = 60

INIT_IMAGE = "gcr.io/datadoghq/dd-lib-python-init:v2"
LABEL = "admission.datadoghq.com/enabled"
ANNOTATION = "admission.datadoghq.com/{}.python-lib.version"
MOUNT = {"name": "datadog-auto-instrumentation", "mountPath": "/datadog-lib"}

# Sidecars by their image: their program, its own arguments, and what is taken once it is ready.
SIDECARS = {
    "otel/opentelemetry-collector-contrib": ("collector", [], lambda: is_taken(socket.SOCK_DGRAM, 6831)),
    "gcr.io/datadoghq/agent": ("datadog-agent", ["-to", DatadogIntake.ADDRESS], lambda: listens(8126)),
}
SECRETS = {"datadog-secret": {"api-key": DatadogIntake.KEY}}


class Pod:
    """Runs during a `with`. Its models run in `image`; without `orchestrator` the first model is called."""

    def __init__(self, world, predictor, image, *, orchestrator=False, config_maps=(), also=()):
        self.world = world
        self.predictor = predictor
        self.image = image
        self.has_orchestrator = orchestrator
        self.config_maps = dict(config_maps)
        # Variables of every container. They do not override.
        self.also = dict(also)
        self.running = ExitStack()

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.running.close()
            raise
        return self

    def __exit__(self, *_):
        self.running.close()

    def _start(self):
        folders = self._volumes()
        nodes = list(_nodes_of(self.predictor["graph"]))
        containers = {container["name"]: container for container in containers_of(self.predictor)}
        native = [container for container in _init_containers_of(self.predictor) if "restartPolicy" in container]
        for container in [*native, *(container for name, container in containers.items() if name not in nodes)]:
            self._start_sidecar(container, self._env_of(container, folders))
        # The operator makes the container of a prepackaged server that has none.
        models = [self._start_model(self._env_of(containers.get(name, {}), folders)) for name in nodes]
        self.called, self.path = models[0], self.image.path
        if self.has_orchestrator:
            self.called, self.path = self._start_orchestrator(models), "/api/v1.0/predictions"

    def _start_model(self, env):
        image = self.image
        ports = free_ports(len(image.ports))
        env = {
            "PATH": f"{image.environment / 'bin'}{os.pathsep}{os.defpath}",
            "PYTHONDONTWRITEBYTECODE": "1",
            **{name: str(port) for name, port in zip(image.ports, ports)},
            **env,
            **self.world.spoilt,
        }
        is_ready = image.ready and (lambda: answer_of(ports[0], image.ready) is not None)
        return self._running(image.command(env), env, image.folder, ports, is_ready)

    def _start_orchestrator(self, models):
        env = {**self.also, **self._resolved(self.predictor.get("svcOrchSpec", {}).get("env", [])), **self.world.spoilt}
        ports = free_ports(2)
        nodes = [",".join(f"127.0.0.1:{port}" for port in model.ports[:2]) for model in models]
        command = [self._executor(), "serve", *(f"127.0.0.1:{port}" for port in ports), *nodes]
        return self._running(command, env, "/", ports)

    def _running(self, command, env, folder, ports, is_ready=None):
        is_ready = is_ready or (lambda: all(map(listens, ports[:2])))
        container = self.running.enter_context(Container(command, env, folder, is_ready))
        container.ports = ports
        return container

    def _start_sidecar(self, container, env):
        repository = re.sub(r"(:[^/:]*)?(@.*)?$", "", container["image"])
        program, arguments, is_ready = SIDECARS[repository]
        command = [self.world.programs[program], *arguments, *container.get("args", [])]
        self.running.enter_context(Container(command, env, "/", is_ready))

    def call(self):
        body = self.image.body
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.called.ports[0]}{self.path}", data=body, headers={"Content-Type": "application/json"}
        )
        try:
            # Without a proxy of the machine.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=CALL_SECONDS) as answer:
                answer.read()
        except OSError as error:
            raise RuntimeError(f"a call failed: {error}\n{self.called.last_words()}") from error

    def call_by_grpc(self):
        service = "Seldon" if self.has_orchestrator else "Model"
        command = [self._executor(), "call", f"127.0.0.1:{self.called.ports[1]}", service]
        done = subprocess.run(command, env={}, capture_output=True, text=True, timeout=CALL_SECONDS)
        if done.returncode != 0:
            raise RuntimeError(f"a call failed: {done.stderr}\n{self.called.last_words()}")

    def _executor(self):
        return str(self.world.programs["executor"])

    def _env_of(self, container, folders):
        mounts = {
            posixpath.normpath(mount["mountPath"]): folders[mount["name"]] for mount in container.get("volumeMounts", [])
        }

        def below_mount(path):
            for mounted, folder in mounts.items():
                if posixpath.normpath(path) == mounted or path.startswith(f"{mounted}/"):
                    return posixpath.normpath(folder + path[len(mounted) :])
            return path

        env = {**self.also, **self._resolved(container.get("env", []))}
        return {name: os.pathsep.join(map(below_mount, value.split(":"))) for name, value in env.items()}

    def _resolved(self, entries):
        env = {}
        for entry in entries:
            value = self._value_of(entry)
            env[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda found: env.get(found[1], found[0]), value)
        return env

    def _value_of(self, entry):
        if "valueFrom" not in entry:
            # The API server rejects anything else.
            if not isinstance(entry["value"], str):
                raise TypeError(f"{entry['name']} is no string: {entry['value']!r}")
            return entry["value"]
        if key := entry["valueFrom"].get("secretKeyRef"):
            return SECRETS[key["name"]][key["key"]]
        path = entry["valueFrom"].get("fieldRef", {}).get("fieldPath")
        if path in FIELDS:
            return FIELDS[path]
        if label := re.fullmatch(r"metadata\.labels\['(.+)'\]", path or ""):
            # The operator copies the predictor's labels to its pods. The kubelet gives '' for one that is missing.
            return self.predictor.get("labels", {}).get(label[1], "")
        raise ValueError(f"no kubelet here for {entry!r}")

    def _volumes(self):
        """The folder of each volume, after the init containers have run."""
        root = Path(self.running.enter_context(tempfile.TemporaryDirectory()))
        folders = {}
        for volume in pod_of(self.predictor).get("volumes", []):
            folder = root / volume["name"]
            folder.mkdir()
            folders[volume["name"]] = str(folder)
            if "configMap" in volume:
                for key, text in self.config_maps[volume["configMap"]["name"]].items():
                    (folder / key).write_text(text)
            elif "emptyDir" not in volume:
                raise ValueError(f"no folder here for {volume!r}")
        for container in _init_containers_of(self.predictor):
            if "restartPolicy" in container:
                continue
            shell, script, target = container["command"]
            if (container["image"], shell, script) != (INIT_IMAGE, "sh", "copy-lib.sh"):
                raise ValueError(f"no such image here: {container!r}")
            for mount in container["volumeMounts"]:
                if posixpath.normpath(mount["mountPath"]) == posixpath.normpath(target):
                    folders[mount["name"]] = str(self.image.environment / "datadog-lib")
        return folders


def _init_containers_of(predictor):
    return pod_of(predictor).get("initContainers", [])


def _nodes_of(graph):
    yield graph["name"]
    for child in graph.get("children", []):
        yield from _nodes_of(child)


def admitted(predictor):
    """The predictor as Datadog's admission controller would let its pod run."""
    predictor = copy.deepcopy(predictor)
    spec = pod_of(predictor)
    container = spec["containers"][0]
    annotation = predictor.get("annotations", {}).get(ANNOTATION.format(container["name"]))
    if predictor.get("labels", {}).get(LABEL) != "true" or annotation is None:
        return predictor
    image = f"{INIT_IMAGE.rpartition(':')[0]}:{annotation}"
    command = ["sh", "copy-lib.sh", MOUNT["mountPath"]]
    init = {"name": "datadog-lib-python-init", "image": image, "command": command, "volumeMounts": [MOUNT]}
    spec.setdefault("initContainers", []).append(init)
    spec.setdefault("volumes", []).append({"name": MOUNT["name"], "emptyDir": {}})
    container.setdefault("volumeMounts", []).append(MOUNT)
    container["env"].append({"name": "PYTHONPATH", "value": f"{MOUNT['mountPath']}/"})
    return predictor
