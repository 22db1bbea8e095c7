"""What a node makes of a predictor's pod: volumes become folders, and Datadog's init container leaves its library there.

The container sees a volume only where the manifest mounts it. Not real are the init container, which is `_volumes`, and
Datadog's admission controller, which is `admitted`.
"""

import copy
import os
import posixpath

from manifest import env_of, model_container

INIT_IMAGE = "gcr.io/datadoghq/dd-lib-python-init:v2"
LABEL = "admission.datadoghq.com/enabled"
ANNOTATION = "admission.datadoghq.com/{}.python-lib.version"
MOUNT = {"name": "datadog-auto-instrumentation", "mountPath": "/datadog-lib"}


def container_env(predictor, library):
    """The model container's environment. In PYTHONPATH, each path below a mount is replaced by the volume's folder."""
    env = env_of(predictor)
    volumes = _volumes(predictor, library)
    folders = {
        posixpath.normpath(mount["mountPath"]): volumes[mount["name"]]
        for mount in model_container(predictor).get("volumeMounts", [])
    }
    if "PYTHONPATH" in env:
        paths = env["PYTHONPATH"].split(":")
        env["PYTHONPATH"] = os.pathsep.join(folders.get(posixpath.normpath(path), path) for path in paths)
    return env


def _volumes(predictor, library):
    """The folder of each volume, after the init containers have run. Of an empty one, a path that does not exist."""
    spec = predictor["componentSpecs"][0]["spec"]
    folders = {}
    for volume in spec.get("volumes", []):
        if "emptyDir" not in volume:
            raise ValueError(f"no folder here for {volume!r}")
        folders[volume["name"]] = f"/nothing-in-{volume['name']}"
    for container in spec.get("initContainers", []):
        shell, script, target = container["command"]
        if (container["image"], shell, script) != (INIT_IMAGE, "sh", "copy-lib.sh"):
            raise ValueError(f"no such image here: {container!r}")
        for mount in container["volumeMounts"]:
            if posixpath.normpath(mount["mountPath"]) == posixpath.normpath(target):
                folders[mount["name"]] = str(library)
    return folders


def admitted(predictor):
    """The predictor as Datadog's admission controller would let its pod run."""
    predictor = copy.deepcopy(predictor)
    container = model_container(predictor)
    annotation = predictor.get("annotations", {}).get(ANNOTATION.format(container["name"]))
    if predictor.get("labels", {}).get(LABEL) != "true" or annotation is None:
        return predictor
    spec = predictor["componentSpecs"][0]["spec"]
    image = f"{INIT_IMAGE.rpartition(':')[0]}:{annotation}"
    command = ["sh", "copy-lib.sh", MOUNT["mountPath"]]
    init = {"name": "datadog-lib-python-init", "image": image, "command": command, "volumeMounts": [MOUNT]}
    spec.setdefault("initContainers", []).append(init)
    spec.setdefault("volumes", []).append({"name": MOUNT["name"], "emptyDir": {}})
    container.setdefault("volumeMounts", []).append(MOUNT)
    container["env"].append({"name": "PYTHONPATH", "value": f"{MOUNT['mountPath']}/"})
    return predictor
