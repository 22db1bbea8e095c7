"""Runs the cases, each in a process and namespaces of its own and side by side. Started by `run`, in the environment that
it made."""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "clients"))

import datadog_checks
import injection_checks
import mlserver_checks
import namespaces
import orchestrator_checks
import wrapper_checks
from cases import CASES, World
from receivers import PortTaken
from report import Report

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A case waits more than it computes.
AT_ONCE = 2 * (os.cpu_count() or 1)
CASE_SECONDS = 600


def end(number, _):
    # An exception, so that what runs is stopped; and only once, so that nothing interrupts that.
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--world", required=True, type=World.read)
    parser.add_argument("--case")
    parser.add_argument("--in-namespaces", action="store_true")
    parser.add_argument("--only", default="", metavar="WORD")
    return parser.parse_args()


def check(name, world):
    report = Report(name)
    try:
        CASES[name].check(world, report)
    except PortTaken as reason:
        report.skipped(reason)
    except Exception as error:
        report.failed("ended early", f"{type(error).__name__}: {error}")


class Runner:
    def __init__(self, world):
        self.world = world
        self.prefix = namespaces.prefix()
        self.counts = {"ok": 0, "FAILED": 0, "skipped": 0}
        self.running = set()
        self.lock = threading.Lock()

    def run_all(self, cases):
        """Those that wait longest are first in the order of the files."""
        if self.prefix is None:
            print("e2e: no namespaces here: one case after the other, on the machine's own ports", flush=True)
        pool = ThreadPoolExecutor(AT_ONCE if self.prefix else 1)
        try:
            for done in [pool.submit(self._run, case) for case in cases]:
                done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self.running):
                process.terminate()

    def _run(self, case):
        if missing := self.world.missing(case.needs):
            return self._print(f"skipped {case.name}: there is no {', no '.join(missing)}\n")
        began = time.monotonic()
        inside = ["--in-namespaces"] if self.prefix else []
        itself = [sys.executable, "-B", __file__, "--world", self.world.written(), "--case", case.name, *inside]
        process = subprocess.Popen(
            [*(self.prefix or []), *itself], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.running.add(process)
        try:
            said, _ = process.communicate(timeout=CASE_SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            said = process.communicate()[0] + f"FAILED  {case.name}: not done within {CASE_SECONDS} s\n"
        self.running.discard(process)
        if process.returncode > 0:
            said += f"FAILED  {case.name}: exit status {process.returncode}\n"
        self._print(f"{said}e2e: {case.name}: {time.monotonic() - began:.0f} s\n")

    def _print(self, text):
        with self.lock:
            print(text, end="", flush=True)
            for line in text.splitlines():
                word = line.split(" ")[0]
                if word in self.counts:
                    self.counts[word] += 1


def main():
    for number in ENDING_SIGNALS:
        signal.signal(number, end)
    asked = arguments()
    if asked.in_namespaces:
        namespaces.set_loopback_up()
    if asked.case:
        return check(asked.case, asked.world)
    cases = [case for case in CASES.values() if asked.only in case.name]
    if not cases:
        sys.exit(f"e2e: no case has {asked.only!r} in its name: {', '.join(CASES)}")
    began = time.monotonic()
    runner = Runner(asked.world)
    runner.run_all(cases)
    counts = ", ".join(f"{count} {word}" for word, count in runner.counts.items())
    print(f"e2e: {counts}, in {time.monotonic() - began:.0f} s")
    sys.exit(1 if runner.counts["FAILED"] else 0)


if __name__ == "__main__":
    main()
