"""`enable` by the rules of docs/ and on plain data: no text, no spans, no code of the program.

A scalar without quotes that Kubernetes reads as a number or a boolean is a `Bare`, a null is `None`, all others are texts.
"""

import fnmatch
import json
import re
from typing import NamedTuple

ORCHESTRATOR = "seldon-container-engine"
LISTS = ("List", "SeldonDeploymentList", "ResourceList")
TRACED_SERVERS = ("SKLEARN_SERVER", "XGBOOST_SERVER", "MLFLOW_SERVER", "TENSORFLOW_SERVER")
UNTRACED_SERVERS = ("TRITON_SERVER", "HUGGINGFACE_SERVER", "TEMPO_SERVER")
# What is no server: all other implementations are, as names of the operator's configuration.
NO_SERVERS = ("", "UNKNOWN_IMPLEMENTATION", "SIMPLE_MODEL", "SIMPLE_ROUTER", "RANDOM_ABTEST", "AVERAGE_COMBINER")

JAEGER = (
    "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", "JAEGER_SAMPLER_TYPE", "JAEGER_SAMPLER_PARAM", "JAEGER_SERVICE_NAME",
)
DATADOG = (
    "DD_ENABLED", "DD_AGENT_HOST", "DATADOG_TRACE_AGENT_PORT", "DD_TRACE_AGENT_PORT", "DD_SERVICE", "DD_TAGS",
    "DD_SAMPLE_RATE", "DD_TRACE_SAMPLING_RULES", "DD_SAMPLING_RATE", "DD_TRACE_SAMPLE_RATE",
)
FEED_METRICS_TOO = ("DD_AGENT_HOST", "DD_SERVICE", "DD_TAGS")
GO_TRUE = ("1", "t", "T", "true", "True", "TRUE")

HOST_IP = {"fieldRef": {"fieldPath": "status.hostIP"}}


class Bare(NamedTuple):
    """A scalar without quotes that is not a string in Kubernetes."""

    text: str


class Options(NamedTuple):
    """The command line of `enable`, each field an option."""

    backend: str
    agent_host: str = None
    agent_port: str = None
    service: str = None
    sampler_type: str = None
    sampler_param: str = None
    orchestrator_sampler_param: str = None
    sample_rate: str = None
    orchestrator_sample_rate: str = None
    names: str = None
    tag: tuple = ()
    keep: tuple = ()
    set: tuple = ()
    reset: bool = False
    all_containers: bool = False
    only: str = None

    def arguments(self):
        """The options as they are typed."""
        words = []
        for name, value in self._asdict().items():
            option = "--" + name.replace("_", "-")
            if value is True:
                words.append(option)
            elif isinstance(value, tuple):
                words.extend(word for one in value for word in (option, one))
            elif value:
                words += [option, value]
        return words

    def undone_by(self):
        """The options with which `disable` takes out what these put in."""
        selection = Options("", all_containers=self.all_containers, only=self.only).arguments()
        return selection + [word for one in self.set for word in ("--unset", one.split("=")[0])]


def enable(document, options):
    """Switches tracing on in every SeldonDeployment of a document."""
    if not isinstance(document, dict):
        return
    kind = document.get("kind")
    if kind in LISTS:
        for item in document.get("items") or []:
            enable(item, options)
    elif kind == "SeldonDeployment" and text(document.get("apiVersion")).startswith("machinelearning.seldon.io/"):
        metadata = document.get("metadata") or {}
        skip = text((metadata.get("annotations") or {}).get("seldon-trace/skip"))
        if skip != "true":
            skipped = {name.strip() for name in skip.split(",")}
            spec = document.get("spec") or {}
            for index, predictor in enumerate(spec.get("predictors") or []):
                fill = {
                    "name": text(metadata.get("name")),
                    "namespace": text(metadata.get("namespace")) or "default",
                    "predictor": text(predictor.get("name")) or str(index),
                }
                enable_predictor(predictor, text(spec.get("protocol")), skipped, fill, options)


def text(scalar):
    """The text of a scalar; empty for null."""
    return scalar.text if isinstance(scalar, Bare) else scalar if isinstance(scalar, str) else ""


def enable_predictor(predictor, protocol, skipped, fill, options):
    containers = [
        container
        for component_spec in predictor.get("componentSpecs") or []
        for container in (component_spec.get("spec") or {}).get("containers") or []
    ]
    by_name = {}
    for container in containers:
        by_name.setdefault(text(container.get("name")), container)
    said = (predictor.get("annotations") or {}).get("seldon.io/no-engine")
    no_engine = isinstance(said, str) and said.lower() == "true"
    own = None if no_engine else own_orchestrator(predictor)
    if ORCHESTRATOR not in skipped and options.only != "containers":
        if own is not None:
            edit(own, ORCHESTRATOR, True, fill, options)
        elif not no_engine:
            if predictor.get("svcOrchSpec") is None:
                predictor["svcOrchSpec"] = {}
            edit(predictor["svcOrchSpec"], ORCHESTRATOR, True, fill, options)
    if options.only == "orchestrator":
        return

    if not predictor.get("graph"):
        chosen = [container for container in containers if container is not own]
        nodes = []
    else:
        nodes = graph_nodes(predictor["graph"])
        named = [by_name.get(name) for name, server in nodes if traces(server, protocol)]
        chosen = [container for container in named if container is not None]
        if options.all_containers:
            bound = [by_name.get(name) for name, _ in nodes]
            chosen += [one for one in containers if one is not own and not any(one is other for other in bound)]
    for container in chosen:
        if text(container.get("name")) not in skipped:
            edit(container, text(container["name"]), False, fill, options)

    made = []
    for name, server in nodes:
        if name not in by_name and server not in NO_SERVERS:
            made.append({"name": name})
            if name not in skipped and server in TRACED_SERVERS and traces(server, protocol):
                edit(made[-1], name, False, fill, options)
    # The operator adds the rest in the same order.
    while made and "env" not in made[-1]:
        made.pop()
    if made:
        component_specs = filled(predictor, "componentSpecs", [])
        if not component_specs:
            component_specs.append({})
        filled(filled(component_specs[0], "spec", {}), "containers", []).extend(made)


def own_orchestrator(predictor):
    """The container that the executor replaces: the one of its name in the pod that gets the executor."""
    pods = [
        [(text(container.get("name")), container) for container in (pod.get("spec") or {}).get("containers") or []]
        for pod in predictor.get("componentSpecs") or []
    ]
    index = executor_pod(predictor, pods)
    found = pods[index] if index is not None and pods else []
    return next((container for name, container in found if name == ORCHESTRATOR), None)


def executor_pod(predictor, pods):
    """The index of the pod, by the first node that runs in the first pod; None if there is none."""
    for name, server in graph_nodes(predictor.get("graph") or {}):
        has_server = server not in NO_SERVERS
        places = [index for index, pod in enumerate(pods) for other, _ in pod if other == name]
        if not places and has_server:
            return 0
        if places and places[0 if has_server else -1] == 0:
            return places[-1]
    return None if predictor.get("graph") else 0


def filled(holder, key, empty):
    """The value of a key, which is created if it is missing or null."""
    if holder.get(key) is None:
        holder[key] = empty
    return holder[key]


def graph_nodes(node):
    """Name and server of each node, depth first, each name once."""
    found = {}

    def walk(node):
        if node.get("name") is not None:
            found.setdefault(text(node["name"]), text(node.get("implementation")))
        for child in node.get("children") or []:
            walk(child)

    walk(node)
    return list(found.items())


def traces(server, protocol):
    return server not in UNTRACED_SERVERS and (server not in TRACED_SERVERS or protocol in ("", "seldon"))


def wanted(orchestrator, fill, options):
    """The variables of an env: name, value (the node's address if None) and how it is set."""

    def setting(given, default):
        return (given, "given") if given else (default, "default")

    service = options.service and re.sub(r"\{(\w+)\}", lambda found: fill[found[1]], options.service)
    found = [("TRACING", "1", "on")]
    if options.backend == "jaeger":
        param = (orchestrator and options.orchestrator_sampler_param) or options.sampler_param
        found += [
            ("JAEGER_AGENT_HOST", *setting(options.agent_host, None)),
            ("JAEGER_AGENT_PORT", *setting(options.agent_port, "5775")),
            ("JAEGER_SAMPLER_TYPE", *setting(options.sampler_type, "const")),
            ("JAEGER_SAMPLER_PARAM", *setting(param, "1")),
        ]
        if service and orchestrator:
            found.append(("JAEGER_SERVICE_NAME", service, "given"))
    else:
        names = options.names or "seldon"
        port = setting(options.agent_port, "8126")
        rate, strength = setting((orchestrator and options.orchestrator_sample_rate) or options.sample_rate, "1")
        found += [("DD_ENABLED", "1", "on"), ("DD_AGENT_HOST", *setting(options.agent_host, None))]
        found += [("DATADOG_TRACE_AGENT_PORT", *port)] if names != "standard" else []
        found += [("DD_TRACE_AGENT_PORT", *port)] if names != "seldon" else []
        found += [("DD_SERVICE", service, "given")] if service else []
        found += [("DD_TAGS", options.tag, "tags")] if options.tag else []
        found += [("DD_SAMPLE_RATE", rate, strength)] if names != "standard" else []
        if names != "seldon":
            found.append(("DD_TRACE_SAMPLING_RULES", '[{"sample_rate":%s}]' % rate, strength))
            found += [("DD_SAMPLING_RATE", rate, strength)] if orchestrator else []
    return found + [(*assignment.split("=", 1), "given") for assignment in options.set]


def edit(holder, container, orchestrator, fill, options):
    """Makes the env of a container, or of `svcOrchSpec`, trace."""
    env = holder.get("env") or []
    keeps = [re.compile(fnmatch.translate(glob)) for glob in options.keep]
    kept = {entry["name"] for entry in env if any(glob.match(entry["name"]) for glob in keeps)}
    gone = leaving(holder, env, options.backend) - kept
    while named := named_by_what_stays(holder, env, gone):
        gone -= named
    env = [entry for entry in env if entry["name"] not in gone]

    want = {name: (value, strength) for name, value, strength in wanted(
        orchestrator, {**fill, "container": container}, options
    )}
    last = {entry["name"]: entry for entry in env}
    column = ("TRACING", *(JAEGER if options.backend == "jaeger" else DATADOG))
    for entry in env:
        name = entry["name"]
        if name in kept:
            continue
        if name in want and last[name] is entry:
            change(entry, *want[name], options.reset)
        if name in column and isinstance(entry.get("value"), Bare):
            entry["value"] = entry["value"].text
    for name, (value, strength) in want.items():
        if name not in last:
            env.append({"name": name})
            write(env[-1], merge_tags("", value) if strength == "tags" else value)
    holder["env"] = env


def leaving(holder, env, backend):
    """The names of the other backend's variables."""
    last = {entry["name"]: entry for entry in env}
    if backend == "datadog":
        return set(JAEGER) & last.keys()
    gone = set(DATADOG) & last.keys()
    if "DD_ENABLED" not in last:
        gone -= set(FEED_METRICS_TOO)
    if text(last.get("JAEGER_DISABLED", {}).get("value")) in GO_TRUE:
        gone.add("JAEGER_DISABLED")
    return gone


def named_by_what_stays(holder, env, gone):
    staying = [text(entry.get("value")) for entry in env if entry["name"] not in gone]
    run = [text(word) for key in ("command", "args") for word in holder.get(key) or []]
    return {name for name in gone if any(f"$({name})" in said for said in staying + run)}


def change(entry, value, strength, reset):
    """Sets the entry of a wanted variable."""
    name = entry["name"]
    existing = entry.get("value")
    is_reference = entry.get("valueFrom") is not None
    if name == "DD_TRACE_SAMPLING_RULES" and (is_reference or text(existing) and not bare_rate(text(existing))):
        return
    if strength == "tags":
        value = merge_tags(text(existing), value)
    if value is None:
        is_same = existing is None and entry.get("valueFrom") == HOST_IP
    else:
        same_rate = name == "DD_TRACE_SAMPLING_RULES" and bare_rate(text(existing)) == bare_rate(value)
        is_same = not is_reference and existing is not None and (text(existing) == value or same_rate)
    is_gap = existing in (None, "") and not is_reference
    if strength == "on":
        wins = not is_on(name, text(existing))
    else:
        wins = strength != "default"
    if not is_same and (reset or is_gap or wins):
        write(entry, value)


def write(entry, value):
    """A reference to the node's address if there is no value."""
    key, other = ("valueFrom", "value") if value is None else ("value", "valueFrom")
    entry[key] = HOST_IP if value is None else value
    entry.pop(other, None)


def is_on(name, said):
    if name == "DD_ENABLED":
        return said in GO_TRUE
    return re.fullmatch(r"\s*[+-]?[0-9]+(_[0-9]+)*\s*", said) is not None and int(said) != 0


def bare_rate(rules):
    """The rate of sampling rules that have nothing else."""
    try:
        match json.loads(rules, parse_int=Bare, parse_float=Bare):
            case [{"sample_rate": Bare(rate), **rest}] if not rest:
                return rate
    except ValueError:
        pass
    return None


def merge_tags(existing, tags):
    separator = " " if "," not in existing and " " in existing.strip() else ","
    found = existing.split(separator) if existing else []
    keys = [tag.split(":")[0] for tag in found]
    for tag in tags:
        key = tag.split(":")[0]
        found = [tag if one == key else old for one, old in zip(keys, found)] + found[len(keys):]
        if key not in keys:
            found.append(tag)
    return separator.join(found)
