"""Runs a pod and what receives from it, calls it, and collects what has arrived."""

import time
from collections import Counter

from containers import wait_until

ARRIVAL_SECONDS = 60

# The clients send once a second.
LEAST_SILENCE_SECONDS = 2.5
SILENCE_PER_ARRIVAL = 4


class Observer:
    def __init__(self, report):
        self.report = report
        self.slowest_arrival = None

    def run(self, receiver, pod, calls, arrivals, by_grpc=False):
        """Calls the pod, and ends it and the receiver when so much has arrived. Then the receiver has all."""
        with receiver:
            with pod:
                for _ in range(calls):
                    pod.call_by_grpc() if by_grpc else pod.call()
                called = time.monotonic()
                if arrivals and wait_until(lambda: receiver.arrived() >= arrivals, ARRIVAL_SECONDS):
                    self.slowest_arrival = max(self.slowest_arrival or 0, time.monotonic() - called)
                elif not arrivals:
                    wait_until(receiver.arrived, self._silence())
            receiver.finish()
            return list(receiver.spans()), receiver.arrived()

    def _silence(self):
        return max(LEAST_SILENCE_SECONDS, SILENCE_PER_ARRIVAL * (self.slowest_arrival or 0))

    def traces(self, what, receiver, pod, trace, calls=3, by_grpc=False, traces_of_call=1):
        """Checks that each call gives such traces, and nothing else. A trace is the sorted spans, as `outline` has them."""
        if traces_of_call == 1:
            trace = [trace]
        expected = Counter({tuple(sorted(spans)): calls for spans in trace})
        spans, _ = self.run(receiver, pod, calls, sum(map(len, trace)) * calls, by_grpc)
        self.report.equal(f"{what}: traces of {calls} calls", dict(expected), dict(Counter(outlines(spans))))
        return spans

    def silence(self, what, receiver, pod, calls=3, by_grpc=False):
        """Checks that nothing arrives."""
        if self.slowest_arrival is None:
            return self.report.failed(what, "nothing has arrived before, so that silence would prove nothing")
        _, arrived = self.run(receiver, pod, calls, None, by_grpc)
        self.report.equal(f"{what}: arrived in {self._silence():.1f} s", 0, arrived)


def outlines(spans):
    """Each trace as its sorted spans, each of them `SERVICE OPERATION`, below a parent ` < PARENT'S SERVICE OPERATION`."""
    by_trace = {}
    for span in spans:
        by_trace.setdefault(span.trace, []).append(span)
    for trace in by_trace.values():
        names = {span.id: f"{span.service} {span.operation}" for span in trace}
        yield tuple(
            sorted(
                names[span.id] + (f" < {names.get(span.parent, 'unknown')}" if span.parent.strip("0") else "")
                for span in trace
            )
        )
