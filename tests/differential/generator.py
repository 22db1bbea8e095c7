"""Random manifests, printed in the styles that authors use: block and flow style, quotes, comments, anchors.

A stream has either manifests with everything in them, or *untraced* ones: `enable` and then `disable` have to restore every
byte of them.
"""

import json
import random
import re

TRACING = (
    "TRACING JAEGER_AGENT_HOST JAEGER_AGENT_PORT JAEGER_SAMPLER_TYPE JAEGER_SAMPLER_PARAM JAEGER_SERVICE_NAME "
    "JAEGER_DISABLED DD_ENABLED DD_AGENT_HOST DATADOG_TRACE_AGENT_PORT DD_TRACE_AGENT_PORT DD_SERVICE DD_TAGS "
    "DD_SAMPLE_RATE DD_TRACE_SAMPLING_RULES DD_SAMPLING_RATE DD_TRACE_SAMPLE_RATE JAEGER_TAGS DD_ENV"
).split()
OTHERS = "LOG_LEVEL JAEGER_ENDPOINT DD_VERSION DD_TRACE_ENABLED MODEL_NAME TRACING_NOTES GUNICORN".split()
VALUES = {
    "TRACING": ["1", "0", "2", "+1", "01", "true", "yes", "", " 1"],
    "DD_ENABLED": ["1", "0", "true", "True", "tRUE", "t", "yes", "on", ""],
    "JAEGER_DISABLED": ["true", "false", "1", "0", "TRUE", "yes"],
    "DD_TAGS": ["env:dev,team:x", "a:b", "env:dev other:y", "", "team:a:b", "x"],
    "DD_TRACE_SAMPLING_RULES": [
        '[{"sample_rate":0.5}]', '[ {"sample_rate": 1} ]', "[]", "", '[{"sample_rate":1,"service":"x"}]',
    ],
    "JAEGER_SAMPLER_TYPE": ["const", "probabilistic", "Const", ""],
}
ANY_VALUE = [
    "5775", "localhost", "0.75", "1", "", "$(TRACING)", "$(JAEGER_AGENT_HOST):1", "$$(DD_SERVICE)", "a b", "it's",
    'say "x"',
]
BARE_VALUES = ["1", "0.75", "true", "yes", "5775", "1e3", "0x10", "off", "1_000", "null", "~", ""]
TEXTS = [
    "plain", "two words", "# none", "a: b", "yes", "1", "", "日本語", "line one\nline two\n", "- name: TRACING", "*star",
    "{{ x }}",
]
SERVERS = (
    "SKLEARN_SERVER XGBOOST_SERVER MLFLOW_SERVER TENSORFLOW_SERVER TRITON_SERVER HUGGINGFACE_SERVER TEMPO_SERVER "
    "SIMPLE_MODEL SIMPLE_ROUTER RANDOM_ABTEST AVERAGE_COMBINER UNKNOWN_IMPLEMENTATION MY_SERVER"
).split()
NODE_NAMES = ["classifier", "router", "combiner", "transformer", "model-é", "scorer", "explain"]


class Spelt(str):
    """A scalar that is printed unchanged."""


class Anchored(tuple):
    """`&name` and its node."""


class Alias(str):
    """`*name`"""


class Generator:
    def __init__(self, seed, untraced, may_share):
        self.dice = random.Random(seed)
        self.untraced = untraced
        self.may_share = may_share
        self.anchors = 0
        self.comments = 0

    def one_in(self, count):
        return self.dice.randrange(count) == 0

    def stream(self, count):
        """So many documents."""
        if self.one_in(10):
            self.may_share = False
            layout = self.dice.choice([{}, {"indent": 2}, {"indent": "\t"}, {"separators": (",", ":")}])
            return "\n".join(json.dumps(as_json(self.document()), **layout) for _ in range(count)) + "\n"
        text = "".join(self.printed(self.document()) for _ in range(count))
        return text.replace("\n", "\r\n") if self.one_in(12) else text

    # Its content.

    def document(self):
        self.known = {}
        roll = self.dice.randrange(20)
        if roll == 0:
            return self.other()
        if roll > 2:
            return self.deployment()
        items = [self.other() if self.one_in(4) else self.deployment() for _ in range(self.dice.randrange(4))]
        if self.one_in(5):
            items.append({"apiVersion": "v1", "kind": "List", "items": [self.deployment()]})
        kind = self.dice.choice(["List", "SeldonDeploymentList", "ResourceList"])
        return {"apiVersion": "v1", "kind": kind, "items": items}

    def other(self):
        if self.one_in(2):
            return {**self.deployment(), "apiVersion": self.dice.choice(["other.io/v1", "machinelearning.seldon.io"])}
        quoted = "kind: SeldonDeployment\napiVersion: machinelearning.seldon.io/v1\nspec:\n  predictors: []\n"
        return {"apiVersion": "v1", "kind": "ConfigMap", "data": {"manifest.yaml": quoted, "other": self.text()}}

    def text(self):
        return self.dice.choice(TEXTS)

    def deployment(self):
        metadata = {"name": self.dice.choice(["iris", "model-a", "1"])}
        if self.one_in(3):
            metadata["namespace"] = self.dice.choice(["seldon", "", "ml"])
        if self.one_in(4):
            metadata["labels"] = {"app": self.text(), "team": "risk"}
        names = self.dice.sample(NODE_NAMES, len(NODE_NAMES))
        self.skips = self.one_in(8)
        if self.skips:
            out = [*names[-2:], "seldon-container-engine", "nobody", " " + names[-1]]
            skip = self.dice.choice(["true", "false", Spelt("true"), "", ",".join(self.dice.sample(out, 2))])
            metadata["annotations"] = {"note": self.text(), "seldon-trace/skip": skip}
        spec = {}
        if self.one_in(6):
            spec["name"] = self.text()
        if self.one_in(6):
            spec["protocol"] = self.dice.choice(["seldon", "tensorflow", "v2", "kfserving", "", Spelt("null")])
        predictors = self.dice.choice([1, 1, 1, 2, 3])
        spec["predictors"] = [self.predictor(index, names) for index in range(predictors)]
        version = self.dice.choice(["v1", "v1alpha2", "v1alpha3"])
        return self.shuffled({
            "apiVersion": f"machinelearning.seldon.io/{version}",
            "kind": "SeldonDeployment",
            "metadata": metadata,
            "spec": spec,
        })

    def predictor(self, index, names):
        nodes = {}
        graph = self.graph(0, list(names), nodes)
        found = {"name": ["default", "canary", "shadow"][index], "graph": graph, "replicas": Spelt("1")}
        if self.one_in(40):
            found["graph"] = {}
        if self.one_in(40):
            del found["graph"]
        if self.one_in(20):
            del found["name"]
        if self.one_in(8):
            found["annotations"] = {"seldon.io/no-engine": self.dice.choice(["true", "false", Spelt("true"), "True"])}
        if self.one_in(6):
            found["explainer"] = {"type": "AnchorTabular", "containerSpec": {"name": "e", "env": [{"name": "TRACING"}]}}
            if self.untraced:
                del found["explainer"]["containerSpec"]
        specs = self.component_specs(nodes)
        if specs is not None:
            found["componentSpecs"] = specs
        match self.dice.randrange(8):
            case 0 if not self.untraced:
                found["svcOrchSpec"] = self.dice.choice([Spelt(""), Spelt("null"), {}, {"env": Spelt("")}])
            case 1:
                found["svcOrchSpec"] = {"replicas": Spelt("2")}
            case 2 | 3:
                found["svcOrchSpec"] = self.shuffled({"env": self.env(), "replicas": Spelt("2")})
            case 4:
                found["svcOrchSpec"] = {"env": self.env()}
        return self.shuffled(found)

    def graph(self, depth, free, nodes):
        name = free.pop()
        nodes[name] = self.dice.choice(SERVERS) if self.one_in(2) else None
        found = {"name": name}
        if nodes[name]:
            found["implementation"] = nodes[name]
            found["modelUri"] = "gs://models/iris"
        else:
            found["type"] = "MODEL"
        if self.one_in(10):
            found["envSecretRefName"] = "secret"
        if self.one_in(4):
            found["children"] = []
        elif depth < 3 and len(free) > 3 and self.one_in(3):
            found["children"] = [self.graph(depth + 1, free, nodes) for _ in range(1 + self.dice.randrange(2))]
            if self.one_in(10):
                found["children"].append({"name": name, "type": "MODEL"})
        return self.shuffled(found)

    def component_specs(self, nodes):
        if self.one_in(10):
            return None
        if not self.untraced and self.one_in(10):
            specs = [Spelt(""), {}, {"containers": []}, {"containers": Spelt("~")}]
            return self.dice.choice([Spelt(""), Spelt("null"), [], [{}], *([{"spec": spec}] for spec in specs)])
        names = [name for name in nodes if not self.one_in(4)]
        names += ["sidecar"] if self.one_in(6) else []
        names += ["seldon-container-engine"] if self.one_in(12) else []
        names += names[:1] if self.one_in(20) else []
        containers = [self.container(name) for name in names or ["other"]]
        if len(set(names) & nodes.keys()) == len(names) and not any(nodes.values()) and not self.skips:
            self.share_env(containers)
        if len(containers) > 1 and self.one_in(4):
            return [self.pod(containers[:1]), self.pod(containers[1:])]
        return [self.pod(containers)]

    def pod(self, containers):
        spec = {"containers": containers}
        if self.one_in(4):
            spec["terminationGracePeriodSeconds"] = Spelt("20")
        if self.one_in(10):
            spec["initContainers"] = [{"name": "init", "image": "busybox"}]
        found = {"spec": self.shuffled(spec)}
        if self.one_in(6):
            found["metadata"] = {"labels": {"a": self.text()}}
        return self.shuffled(found)

    def container(self, name):
        found = {"name": name}
        if self.untraced or not self.one_in(10):
            found["image"] = self.dice.choice(["seldonio/mock:1.0", "registry:5000/a/b@sha256:01", "python:3"])
        if not self.one_in(3):
            found["env"] = self.env()
        if self.one_in(10):
            found["envFrom"] = [{"configMapRef": {"name": "more"}}]
        if not self.untraced and self.one_in(4):
            words = ["-v", "--host=$(JAEGER_AGENT_HOST)", "$$(TRACING)", "$(DD_ENABLED)"]
            words.append("$(DD_TAGS)$(JAEGER_AGENT_PORT)")
            found[self.dice.choice(["args", "command"])] = [self.dice.choice(words), self.text()]
        if self.one_in(4):
            found["resources"] = self.resources()
        return self.shuffled(found)

    def resources(self):
        return self.anchored({"requests": {"memory": "1Mi", "cpu": Spelt("0.5")}}, "resources")

    def anchored(self, value, kind):
        """The value, by an anchor of this document or an alias where there is one."""
        if not self.may_share or not self.one_in(2):
            return value
        known = self.known.get(kind)
        if known and self.one_in(2):
            return {"<<": Alias(known), "limits": {"cpu": Spelt("1")}} if self.one_in(3) else Alias(known)
        self.anchors += 1
        self.known[kind] = f"{kind}{self.anchors}"
        return Anchored((self.known[kind], value))

    def share_env(self, containers):
        """Makes two containers that trace for certain, and by the same rules, have one env."""
        both = [one for one in containers if "env" in one and not {"args", "command"} & one.keys()][:2]
        if self.may_share and len(both) == 2 and self.one_in(3):
            self.anchors += 1
            name = f"env{self.anchors}"
            both[0]["env"] = Anchored((name, both[0]["env"]))
            both[1]["env"] = Alias(name)

    def env(self):
        if not self.untraced and self.one_in(10):
            return self.dice.choice([Spelt(""), Spelt("null"), []])
        return [self.variable() for _ in range(1 + self.dice.randrange(3 if self.untraced else 8))]

    def variable(self):
        name = self.dice.choice(OTHERS if self.untraced or self.one_in(3) else TRACING)
        value = self.dice.choice(VALUES.get(name, ANY_VALUE))
        if self.untraced:
            value = self.text()
        elif self.one_in(5):
            value = Spelt(self.dice.choice(BARE_VALUES))
        reference = self.dice.choice([
            {"fieldRef": {"fieldPath": "status.hostIP"}},
            {"fieldRef": {"fieldPath": "metadata.name"}},
            {"secretKeyRef": {"name": "s", "key": "k"}},
            Spelt("null"),
        ])
        match self.dice.randrange(20):
            case 0:
                found = {"name": name}
            case 1 | 2 | 3 if name != "DD_TAGS":
                found = {"name": name, "valueFrom": reference}
            case 4 if not self.untraced and name != "DD_TAGS":
                found = {"name": name, "value": value, "valueFrom": reference}
            case _:
                found = {"name": name, "value": value}
        return self.shuffled(found) if self.one_in(6) else found

    def shuffled(self, mapping):
        keys = list(mapping)
        if self.one_in(4):
            self.dice.shuffle(keys)
        return {key: mapping[key] for key in keys}

    # Its style.

    def printed(self, document):
        self.unit = self.dice.choice([2, 2, 2, 4])
        self.dash_indent = self.dice.choice([0, 0, 2, 4])
        self.flow_one_in = self.dice.choice([6, 12, 10**6])
        self.comment_one_in = self.dice.choice([4, 12, 10**6])
        self.quotes = self.dice.choice(["'", '"', None])
        head = "---" + self.dice.choice(["", " # document"])
        return "\n".join([head, *self.block(document, 0)]) + "\n"

    def comment(self):
        self.comments += 1
        return f"# keep {self.comments}"

    def block(self, value, depth):
        """The lines of a mapping or list."""
        lines = []
        pad = " " * depth
        if isinstance(value, dict):
            for key, member in value.items():
                if self.one_in(self.comment_one_in):
                    lines += [""] * self.dice.randrange(2) + [pad + self.comment()]
                lines += self.member(pad + self.key(key) + ":", member, depth, key)
        else:
            for item in value:
                is_tracing = isinstance(item, dict) and item.get("name") in TRACING
                if not is_tracing and self.one_in(self.comment_one_in):
                    lines.append(pad + self.comment())
                gap = self.dice.choice([1, 1, 1, 3])
                if isinstance(item, dict) and item and not self.one_in(self.flow_one_in):
                    quiet, self.comment_one_in = self.comment_one_in, 10**6 if is_tracing else self.comment_one_in
                    first, *rest = self.block(item, depth + 1 + gap)
                    while not first or first.lstrip().startswith("#"):
                        lines += [pad + first.strip()] if first else [""]
                        first, *rest = rest
                    self.comment_one_in = quiet
                    lines += [pad + "-" + " " * gap + first.lstrip(), *rest]
                else:
                    lines += [pad + "- " + self.flow(item)]
        return lines

    def member(self, head, value, depth, key):
        if isinstance(value, Anchored):
            name, value = value
            head += f" &{name}"
        if isinstance(value, dict) and value and not self.one_in(self.flow_one_in):
            return [head + self.tail(), *self.block(value, depth + self.unit)]
        if isinstance(value, list) and value and not self.one_in(self.flow_one_in):
            return [head + self.tail(), *self.block(value, depth + self.dash_indent)]
        if isinstance(value, str) and value.endswith("\n") and not isinstance(value, Spelt):
            inner = " " * (depth + self.unit)
            return [head + " |", *(inner + line for line in value.splitlines())]
        is_text = isinstance(value, str) and not isinstance(value, (Spelt, Alias))
        written = self.scalar(value) if is_text else str(value) if isinstance(value, Spelt) else self.flow(value)
        tail = self.tail() if key not in ("name", "value", "valueFrom") else ""
        return [head + (" " + written if written else "") + tail]

    def tail(self):
        return " " + self.comment() if self.one_in(self.comment_one_in) else ""

    def flow(self, value):
        if isinstance(value, Anchored):
            return f"&{value[0]} {self.flow(value[1])}"
        if isinstance(value, Alias):
            return f"*{value}"
        if isinstance(value, dict):
            blank = self.dice.choice(["", " "])
            inner = ", ".join(f"{self.key(key)}: {self.flow(member)}" for key, member in value.items())
            return "{" + blank + inner + blank + "}" if value else "{}"
        if isinstance(value, list):
            return "[" + ", ".join(self.flow(item) for item in value) + "]"
        return str(value) or "null" if isinstance(value, Spelt) else self.scalar(value, ":")

    def key(self, key):
        return key if key == "<<" or not self.one_in(40) else json.dumps(key, ensure_ascii=False)

    def scalar(self, text, not_plain="\n"):
        words = "y n yes no on off true false null nan".split()
        is_plain = re.fullmatch(r"[A-Za-z$][\w$()/.@ -]*(:[\w/][\w/.@-]*)*", text) and text.lower() not in words
        if is_plain and not_plain not in text and not text.endswith(" ") and not self.one_in(6):
            return text
        quote = self.quotes or self.dice.choice("'\"")
        if quote == "'" and "\n" not in text:
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=False)


def as_json(value):
    """JSON has other spellings of numbers, booleans and nulls."""
    if isinstance(value, Spelt):
        return {"true": True, "0.5": 0.5, "0.75": 0.75}.get(value, int(value) if value.isdigit() else None)
    if isinstance(value, dict):
        return {key: as_json(member) for key, member in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value
