"""Runs the checks of the clients that are installed. Started by `run`, in the environment that it made."""

import argparse
import signal
import sys
import time
from pathlib import Path

import collector_checks
import datadog_checks
import injection_checks
import jaeger_checks
from manifest import Manifest
from report import Report

HERE = Path(__file__).resolve().parent
CHECKS_BY_CLIENT = {"ddtrace": datadog_checks, "injected": injection_checks, "seldon": jaeger_checks}
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end(number, _):
    # An exception, so that the container is stopped; and only once, so that nothing interrupts that.
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--environments", required=True, type=Path)
    parser.add_argument("--collector", type=Path)
    parser.add_argument("--spoil", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("clients", nargs="*")
    return parser.parse_args()


def main():
    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    asked = arguments()
    spoilt = dict(pair.split("=", 1) for pair in asked.spoil)
    clients = [client for client in asked.clients if asked.only in client]
    if asked.clients and not clients:
        sys.exit(f"e2e: no client has {asked.only!r} in its name: {', '.join(asked.clients)}")
    manifest = Manifest.read(asked.program, HERE / "deployment.yaml")
    report = Report()
    began = time.monotonic()
    for client in clients:
        report.begin(client)
        checks = CHECKS_BY_CLIENT[client.split("-")[0]]
        try:
            checks.check(report, manifest, asked.environments / client, HERE, spoilt)
            if checks is jaeger_checks and asked.collector:
                collector_checks.check(report, manifest, asked.environments / client, HERE, spoilt, asked.collector)
        except Exception as error:
            report.failed("the checks ended early", error)
    counts = ", ".join(f"{count} {word}" for word, count in report.counts.items())
    print(f"e2e: {counts}, in {time.monotonic() - began:.0f} s")
    sys.exit(1 if report.counts["FAILED"] else 0)


main()
