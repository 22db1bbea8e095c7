#!/usr/bin/env python3
"""Compares what Datadog's Python library does with environments to the record of it.

    --all       tries all cases with each version, and not a third or a sixth of them.
    --record    writes the record anew; with --new only of cases that it does not have.

The library is installed in several versions as tests/e2e does. Where one can't be (no network, no fitting Python), it
is skipped. The exit status is 1 where the library and the record differ.

A record is one JSON object a line:
    start, why      `runs`, `hangs` or `exits`, and then the last line on standard error
    enabled         whether spans are made
    agent           the URL that the library shows, or that of OpenTelemetry's protocol
    sends, port     whether a span arrived, and at which port; null: it would be elsewhere, or could not be seen
    rate, kept      the rate of the rule that counts, and whether the trace is kept; null: by its identifier
    limit           traces a second
    service, environment, version, tags, logs, styles
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import environments
from datadog_cases import CASES
from datadog_listener import Listeners, enter_own_loopback

# The cases that are tried with each version, by their numbers modulo 6: each case with one of them.
SHARES = {"2.21": [0, 3], "3.0": [2], "3.19": [5], "4.16": [1, 4]}
CASE_SECONDS = 60
# A case waits more than it computes: for an agent that is not there.
AT_ONCE = 3 * (os.cpu_count() or 1)


def main():
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.exit(print(__doc__.strip()))
    if not environments.use_fitting_python():
        sys.exit(print("datadog: skipped: no Python on the PATH that the library has wheels for"))
    folders, reasons = environments.install_all(environments.RECORDED.values())
    for name, reason in reasons.items():
        print(f"datadog: skipped: {name} could not be installed: {reason}", flush=True)
    installed = {version: folders[name] for version, name in environments.RECORDED.items() if name in folders}
    is_own = enter_own_loopback([str(HERE / "datadog.py"), *sys.argv[1:]]) if installed else False
    with Listeners() as listeners:
        agree = [check(version, folder, listeners, is_own) for version, folder in installed.items()]
    sys.exit(0 if all(agree) else 1)


def check(version, environment, listeners, is_own):
    record = HERE / "recorded" / f"ddtrace-{version}.jsonl"
    is_recording = "--record" in sys.argv
    tried = list(enumerate(CASES))
    kept = {}
    if is_recording and "--new" in sys.argv and record.exists():
        lines = record.read_text(encoding="utf-8").splitlines()
        kept = {json.dumps(each["env"], sort_keys=True): each for each in map(json.loads, lines)}
        tried = [(number, case) for number, case in tried if json.dumps(case, sort_keys=True) not in kept]
    if not is_recording and "--all" not in sys.argv:
        tried = [(number, case) for number, case in tried if number % 6 in SHARES[version]]
    # With a key the library would send to Datadog itself.
    tried = [(number, case) for number, case in tried if is_own or "DD_API_KEY" not in case]
    listeners.found.clear()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda numbered: run_case(environment, listeners, is_own, *numbered), tried))
    if is_recording:
        seen = {json.dumps(outcome["env"], sort_keys=True): outcome for outcome in outcomes}
        all_of_them = ({**kept, **seen}.get(json.dumps(case, sort_keys=True)) for case in CASES)
        lines = [json.dumps(outcome, ensure_ascii=False) + "\n" for outcome in all_of_them if outcome]
        record.write_text("".join(lines), encoding="utf-8")
        print(f"datadog: ddtrace {version}: {len(outcomes)} recorded", flush=True)
        return True
    recorded = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    if [each["env"] for each in recorded] != CASES:
        print(f"datadog: ddtrace {version}: the record has other cases; write it anew with --record", flush=True)
        return False
    recorded = [recorded[number] for number, _ in tried]
    different = [pair for pair in zip(recorded, outcomes) if not agrees(*pair)]
    for was, now in different:
        print(f"datadog: ddtrace {version}: differs\n  recorded {json.dumps(was)}\n  now      {json.dumps(now)}")
    unseen = sum(was["sends"] is not None and now["sends"] is None for was, now in zip(recorded, outcomes))
    where = f", {unseen} of them without a look at where the span went" if unseen else ""
    print(f"datadog: ddtrace {version}: {len(tried) - len(different)} of {len(tried)} agree{where}", flush=True)
    return not different


def agrees(was, now):
    """`sends` is null where it could not be seen: it then agrees with whatever was seen elsewhere."""
    if now["sends"] is None:
        unseen = {"sends": None, "port": None}
        return {**was, **unseen} == {**now, **unseen}
    return was == now


def run_case(environment, listeners, is_own, number, case):
    marker = f"case-{number}"
    command = [str(environment / "bin" / "python"), "-B", str(HERE / "datadog_probe.py"), marker]
    variables = {"PATH": os.defpath, "LANG": "C.UTF-8", **case}
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "errors": "replace"}
    try:
        done = subprocess.run(command, env=variables, cwd=HERE, timeout=CASE_SECONDS, **options)
        runs = done.returncode == 0
        start = {"start": "runs" if runs else "exits", "why": None if runs else why(done.stderr)}
    except subprocess.TimeoutExpired:
        runs, start = False, {"start": "hangs", "why": None}
    outcome = {"env": case, **start}
    found = json.loads(done.stdout.splitlines()[-1]) if runs else {"tags": {}, "styles": []}
    arrived = listeners.found.get(marker)
    outcome["agent"] = found.get("agent")
    outcome["sends"] = sends(found, arrived, is_own)
    outcome["port"] = int(arrived.rpartition(":")[2]) if arrived and ":" in arrived else None
    for key in ("rate", "kept", "limit", "service", "environment", "version", "tags", "logs", "styles", "enabled"):
        outcome[key] = found.get(key)
    return outcome


def sends(found, arrived, is_own):
    if arrived:
        return True
    if not found.get("enabled"):
        return False if "enabled" in found else None
    # Nothing here speaks TLS, has the address of another machine, or listens to other sockets.
    is_elsewhere = re.match(r"https:|unix:|http://\[(?!::1\])", found["agent"] or "")
    return None if is_elsewhere or not is_own else False


def why(stderr):
    """The last line, which says the same on every machine but for addresses in memory and the folder."""
    lines = stderr.replace(str(HERE), "…").strip().splitlines()
    return re.sub(r"0x[0-9a-f]{6,}", "0x…", lines[-1])[:300] if lines else ""


main()
