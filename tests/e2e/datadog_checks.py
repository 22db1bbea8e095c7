"""Datadog, with its own library that starts an app, which is the use of `--names standard`.

Not real are the kubelet, which is `manifest`; the agent, which only receives spans; and an image that reads TRACING and
DD_ENABLED, which is `starts_by_switches`, for the library itself reads neither.
"""

from containers import Image
from datadog_agent import DatadogAgent
from observation import Observer

# Below the 100 traces a second that the library keeps at most.
CALLS = 50
# So many that the share of kept traces lies between a quarter and three quarters but once in 10^11 runs.
CALLS_AT_HALF = 200
DEFAULT_PORT = 8126

# From `--service {name}-{container}`.
SERVICE = "fraud-classifier"
TAGS = {"team": "risk", "stage": "test"}

# The metrics in which the library says by what rate it decided, and what.
RATE = "_dd.rule_psr"
PRIORITY = "_sampling_priority_v1"


def starts_always(env):
    return ["ddtrace-run", "python", "app.py"]


def starts_by_switches(env):
    """Modelled on the Python wrapper of Seldon's pull request 2859, which traces only with both switches on."""
    tracing = int(env.get("TRACING", "0")) != 0
    datadog = env.get("DD_ENABLED", "0").lower() in ("yes", "true", "t", "1")
    return starts_always(env) if tracing and datadog else ["python", "app.py"]


def check(report, manifest, environment, folder, spoilt):
    def image(command):
        return Image(
            environment=environment,
            folder=folder / "datadog_app",
            command=command,
            ports=["APP_PORT"],
            body=None,
            operation="GET /predict",
            spoilt=spoilt,
        )

    with DatadogAgent() as agent:
        checks = Checks(Observer(agent, report), report, manifest)
        checks.rates(image(starts_always))
        checks.switches(image(starts_by_switches))
        checks.library_alone(image(starts_always))
    check_defaults(report, manifest, image(starts_always))


class Checks:
    def __init__(self, observer, report, manifest):
        self.observer = observer
        self.report = report
        self.manifest = manifest
        port = str(observer.agent.port)
        tags = [word for key, value in TAGS.items() for word in ("--tag", f"{key}:{value}")]
        asked = ["--service", "{name}-{container}", *tags]
        self.by_node = ["--backend", "datadog", "--names", "standard", "--agent-port", port, *asked]
        self.to_agent = [*self.by_node, "--agent-host", "127.0.0.1"]
        self.enabled = manifest.enable(*self.to_agent)
        # Without a host and a port, spans would be lost and not missing. So both are put back.
        where_to = {"DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": port}
        self.disabled = self.enabled.disable()
        self.disabled_env = {**self.disabled.container_env(), **where_to}
        self.switched_off = self.enabled.disable("--keep-config")

    def rates(self, image):
        what = "enable at rate 0.5"
        half = self.manifest.enable(*self.to_agent, "--sample-rate", "0.5")
        kept = self.expect_spans(what, image, half, CALLS_AT_HALF, rate=0.5)
        self.report.within(f"{what}: traces kept", CALLS_AT_HALF // 4, CALLS_AT_HALF * 3 // 4, kept)
        for what, manifest, rate in [
            ("enable at rate 1", self.manifest.enable(*self.to_agent, "--sample-rate", "1"), 1),
            ("enable at rate 0", self.manifest.enable(*self.to_agent, "--sample-rate", "0"), 0),
            ("enable with the node's address and the default rate", self.manifest.enable(*self.by_node), 1),
        ]:
            kept = self.expect_spans(what, image, manifest, CALLS, rate)
            self.report.equal(f"{what}: traces kept", CALLS * rate, kept)

    def switches(self, image):
        """What `disable` does where an image heeds the switches."""
        self.report.same("disable gives the manifest back", self.manifest.text, self.disabled.text)
        what = "an image that heeds the switches"
        self.expect_silence(f"{what}: disable, with host and port put back", image, self.disabled_env)
        self.expect_silence(f"{what}: disable --keep-config", image, self.switched_off.container_env())

        again = self.disabled.enable(*self.to_agent)
        self.report.same("enable after disable writes the same", self.enabled.text, again.text)
        self.expect_spans(f"{what}: enable after disable", image, again, CALLS, rate=1)
        kept = self.switched_off.enable(*self.to_agent).container_env()
        self.report.same("enable after disable --keep-config gives the same environment", self.enabled.container_env(), kept)

    def library_alone(self, image):
        """What `disable` does not: end the tracing of an app that is under the library whatever the switches say."""
        what = "an image that heeds nothing: disable, with host and port put back"
        found = self.observer.expect_spans(what, image, self.disabled_env, CALLS)
        asked_for = [
            span for span in found if span.service == SERVICE or RATE in span.metrics or TAGS.keys() & span.tags.keys()
        ]
        self.report.equal(f"{what}: of them with the service, a tag or the rate", 0, len(asked_for))
        switched_off = self.switched_off.container_env()
        what = "an image that heeds nothing: disable --keep-config"
        self.observer.expect_spans(what, image, switched_off, CALLS)
        self.expect_silence(f"{what}, and DD_TRACE_ENABLED by hand", image, {**switched_off, "DD_TRACE_ENABLED": "false"})

    def expect_spans(self, what, image, manifest, calls, rate):
        """Checks that all spans have what was asked for. Gives the number of those that are kept."""
        found = self.observer.expect_spans(what, image, manifest.container_env(), calls)
        self.report.equal(f"{what}: services", {SERVICE}, {span.service for span in found})
        for key, value in TAGS.items():
            self.report.equal(f"{what}: values of tag {key}", {value}, {span.tags.get(key) for span in found})
        self.report.equal(f"{what}: rates", {rate}, {span.metrics.get(RATE) for span in found})
        return kept_of(found)

    def expect_silence(self, what, image, env):
        self.observer.expect_silence(what, image, env, CALLS)


def check_defaults(report, manifest, image):
    what = "enable with nothing but defaults"
    try:
        agent = DatadogAgent(DEFAULT_PORT)
    except OSError as error:
        return report.skipped(what, f"port {DEFAULT_PORT}: {error.strerror}")
    with agent:
        env = manifest.enable("--backend", "datadog", "--names", "standard").container_env()
        found = Observer(agent, report).expect_spans(what, image, env, CALLS)
    report.equal(f"{what}: traces kept", CALLS, kept_of(found))


def kept_of(spans):
    return sum(span.metrics.get(PRIORITY, 0) > 0 for span in spans)
