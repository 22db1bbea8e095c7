"""Compares the program with an editor that shares no code with it, on random manifests:

    python tests/differential target/release/seldon-trace 100000

It needs PyYAML with libyaml. For each stream, the output of `enable` for Jaeger and for Datadog has to be equal, as data, to
the result of `editor.py`. Comments have to be kept, and `disable` has to restore every byte of an untraced stream.
Differences are printed, and the exit status is 1.
"""

import argparse
import copy
import json
import re
import subprocess
import sys
import time

import yaml

import editor
from editor import Bare, Options
from generator import Generator

JAEGER = [
    Options("jaeger"),
    Options("jaeger", agent_host="jaeger-agent.tracing", agent_port="6831", service="{namespace}-{name}"),
    Options("jaeger", reset=True),
    Options("jaeger", sampler_type="probabilistic", sampler_param="0.25", orchestrator_sampler_param="0.5"),
    Options("jaeger", all_containers=True, keep=("JAEGER_AGENT_*", "DD_E*")),
    Options("jaeger", service="{predictor}.{container}", set=("JAEGER_TAGS=a=b",)),
    Options("jaeger", only="orchestrator"),
]
DATADOG = [
    Options("datadog"),
    Options("datadog", names="both", service="{name}", tag=("env:prod", "team:ml")),
    Options("datadog", names="standard", sample_rate="0.5", orchestrator_sample_rate="1"),
    Options("datadog", reset=True, names="both"),
    Options("datadog", agent_host="localhost", agent_port="8127", service="{predictor}.{container}"),
    Options("datadog", all_containers=True, keep=("DD_TAGS", "JAEGER_*"), tag=("env:prod",)),
    Options("datadog", all_containers=True, sample_rate="1", orchestrator_sample_rate="0.5"),
    Options("datadog", only="containers", set=("DD_ENV=prod",)),
]

NULL = re.compile("~|null|Null|NULL|")
BARE = re.compile(
    "y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE"
    r"|[-+]?(0x[0-9a-fA-F_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.[0-9]+)"
)


def documents(text):
    """The documents of a stream, with aliases expanded."""
    if text.startswith(("{", "[")):
        return json_values(text)
    loader = yaml.CBaseLoader(text)
    found = []
    while loader.check_node():
        found.append(plain_data(loader.get_node()))
    return found


def json_values(text):
    bare = {word: Bare(word) for word in ("true", "false")}
    reader = json.JSONDecoder(
        parse_int=Bare,
        parse_float=Bare,
        object_pairs_hook=lambda pairs: {
            key: bare["true"] if value is True else bare["false"] if value is False else value for key, value in pairs
        },
    )
    found, at = [], 0
    while at < len(text.rstrip()):
        value, at = reader.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        found.append(value)
    return found


def plain_data(node):
    if isinstance(node, yaml.SequenceNode):
        return [plain_data(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        merged, own = {}, {}
        for key, value in node.value:
            if key.value == "<<":
                merged = plain_data(value)
            else:
                own[key.value] = plain_data(value)
        return {**merged, **own}
    if node.style:
        return node.value
    return None if NULL.fullmatch(node.value) else Bare(node.value) if BARE.fullmatch(node.value) else node.value


class Run:
    def __init__(self, program, show):
        self.program = program
        self.show = show
        self.figures = dict.fromkeys(["manifests", "edits compared", "changed", "refused", "mismatches"], 0)

    def call(self, arguments, text):
        done = subprocess.run([self.program, *arguments], input=text.encode(), capture_output=True)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def mismatch(self, what, *details):
        self.figures["mismatches"] += 1
        if self.figures["mismatches"] <= self.show:
            print(f"── {what}", *details, sep="\n", flush=True)

    def stream(self, text, options, untraced):
        before = documents(text)
        self.figures["manifests"] += len(before)
        for one in options:
            arguments = ["enable", "--quiet", *one.arguments()]
            status, after, said = self.call(arguments, text)
            if status != 0:
                self.figures["refused"] += 1
                self.mismatch(f"{arguments} ends with {status}", said[:2000], near(text, said))
                continue
            self.compare(arguments, text, before, after, one)
            if keeps(text) != keeps(after):
                self.mismatch(f"{arguments} loses or moves a comment", *lost(keeps(text), keeps(after)))
            if untraced:
                _, back, _ = self.call(["disable", "--quiet", *one.undone_by()], after)
                if back != text:
                    lines = lost(text.split("\n"), back.split("\n"))
                    self.mismatch(f"{arguments}, then disable, gives something else", *lines)

    def compare(self, arguments, text, before, after, options):
        found = documents(after)
        if len(found) != len(before):
            self.mismatch(f"{arguments}: {len(before)} documents become {len(found)}")
            return
        for index, (document, result) in enumerate(zip(before, found)):
            expected = copy.deepcopy(document)
            editor.enable(expected, options)
            self.figures["edits compared"] += 1
            self.figures["changed"] += expected != document
            if expected != result:
                self.mismatch(f"{arguments}, document {index}", *difference("", expected, result), show(text, index))


def keeps(text):
    return re.findall("# keep [0-9]+", text)


def lost(before, after):
    """The first difference of two lists."""
    at = next((at for at, pair in enumerate(zip(before, after)) if pair[0] != pair[1]), min(len(before), len(after)))
    return [f"expected {before[at - 3:at + 8]}", f"found    {after[at - 3:at + 8]}"]


def difference(path, expected, found):
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in {**expected, **found}:
            yield from difference(f"{path}.{key}", expected.get(key, "(missing)"), found.get(key, "(missing)"))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, pair in enumerate(zip(expected, found)):
            yield from difference(f"{path}[{index}]", *pair)
    elif expected != found:
        yield f"{path}: expected {expected}, found {found}"


def show(text, index):
    parts = re.split("^---", text, flags=re.M)
    return parts[index + 1] if len(parts) > index + 1 else text.split("\n{")[index]


def near(text, said):
    """The document that an error's line is in."""
    line = re.search(":([0-9]+):[0-9]+", said)
    at = len("\n".join(text.split("\n")[: int(line[1])])) if line else 0
    return text[text.rfind("\n---", 0, at):text.find("\n---", at)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("manifests", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=500, help="manifests in a stream")
    parser.add_argument("--show", type=int, default=10, help="how many mismatches are printed")
    asked = parser.parse_args()
    run = Run(asked.program, asked.show)
    start = time.monotonic()
    for index in range(0, -(-asked.manifests // asked.batch)):
        options = [JAEGER[index % len(JAEGER)], DATADOG[index % len(DATADOG)]]
        untraced = index % 3 == 0
        may_share = not any("{container}" in (one.service or "") or one.only for one in options)
        generator = Generator(f"{asked.seed}/{index}", untraced, may_share)
        run.stream(generator.stream(asked.batch), options, untraced)
    figures = ", ".join(f"{count} {what}" for what, count in run.figures.items())
    print(f"{figures}, {time.monotonic() - start:.0f} s")
    sys.exit(run.figures["mismatches"] > 0)


if __name__ == "__main__":
    main()
