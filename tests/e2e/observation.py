"""Starts a container, calls it, and collects the spans that reach the agent."""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Dict, List

from containers import wait_until

ARRIVAL_SECONDS = 30

# Both clients send once a second.
LEAST_SILENCE_SECONDS = 3
SILENCE_PER_ARRIVAL = 4


@dataclass(frozen=True)
class Span:
    service: str
    operation: str
    tags: Dict[str, str]
    # Only for Datadog.
    metrics: Dict[str, float]


class Observer:
    def __init__(self, agent, report):
        self.agent = agent
        self.report = report
        self.slowest_arrival = None

    def expect_spans(self, what, image, env, calls) -> List[Span]:
        """Checks that each call gives one span, and gives them."""
        with self._called(image, env, calls):
            called = time.monotonic()
            if wait_until(lambda: len(self._of_calls(image)) >= calls, ARRIVAL_SECONDS):
                self.slowest_arrival = max(self.slowest_arrival or 0, time.monotonic() - called)
        found = self._of_calls(image)
        self.report.equal(f"{what}: spans of {calls} calls", calls, len(found))
        return found

    def expect_silence(self, what, image, env, calls):
        """Checks that no span arrives, be it of a call or not."""
        if self.slowest_arrival is None:
            return self.report.failed(f"{what}: spans", "none has arrived before, so that silence would prove nothing")
        seconds = max(LEAST_SILENCE_SECONDS, SILENCE_PER_ARRIVAL * self.slowest_arrival)
        with self._called(image, env, calls):
            wait_until(self.agent.spans, seconds)
        # With the spans that the container sent when it was stopped.
        found = self.agent.spans()
        circumstances = f"in {seconds:.1f} s, where others took {self.slowest_arrival:.1f} s at most"
        self.report.none(f"{what}: spans", found, circumstances)

    @contextmanager
    def _called(self, image, env, calls):
        self.agent.forget()
        with image.start(env) as container:
            for _ in range(calls):
                container.call()
            yield

    def _of_calls(self, image):
        return [span for span in self.agent.spans() if span.operation == image.operation]
