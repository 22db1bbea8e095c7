"""Datadog's own library, which starts an app, and Datadog's own agent: the use of `--names standard`.

The agent's statistics count every call, kept or not, and a kept span has the rate by which it was kept: what is checked does
not depend on chance. Not real is an image that reads TRACING and DD_ENABLED, which is `starts_by_switches`, for the library
itself reads neither.
"""

import environments
from cases import HERE, case
from containers import Image
from manifest import Manifest, added, env_of_container
from observation import Observer
from pod import Pod
from receivers import DatadogAgent

CALLS = 50

# From `--service {name}-{container}`.
SERVICE = "fraud-classifier"
TAGS = {"team": "risk", "stage": "test"}
REQUEST = "GET /predict"
# The metric in which the library says by what rate it decided.
RATE = "_dd.rule_psr"
HOST_AND_PORT = {"DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": "8126"}
STANDARD = ["--backend", "datadog", "--names", "standard"]
ASKED = ["--service", "{name}-{container}", *(word for key, value in TAGS.items() for word in ("--tag", f"{key}:{value}"))]


def starts_always(env):
    return ["ddtrace-run", "python", "app.py"]


def starts_by_switches(env):
    """Modelled on the Python wrapper of Seldon's pull request 2859, which traces only with both switches on."""
    tracing = int(env.get("TRACING", "0")) != 0
    datadog = env.get("DD_ENABLED", "0").lower() in ("yes", "true", "t", "1")
    return starts_always(env) if tracing and datadog else ["python", "app.py"]


class Checks:
    def __init__(self, world, report, library, command=starts_always):
        self.world = world
        self.report = report
        self.observer = Observer(report)
        self.manifest = Manifest.read(world.program, HERE / "deployment.yaml")
        environment, folder = world.environment(library), HERE / "datadog_app"
        self.image = Image(environment, folder, command, ports=["APP_PORT"], body=None)
        self.enabled = self.manifest.enable(*STANDARD, *ASKED)

    def spans(self, what, predictor, service=SERVICE, tags=TAGS, rate=1, also=()):
        """Checks that every call is counted under the service, and that kept spans have the service, tags and rate."""
        pod, agent = Pod(self.world, predictor, self.image, also=also), DatadogAgent(self.world)
        spans, _ = self.observer.run(agent, pod, CALLS, CALLS)
        self.report.equal(f"{what}: counted", {(service, REQUEST): CALLS}, hits_of(agent))
        if rate == 0:
            self.report.equal(f"{what}: kept", 0, len(spans))
            return
        seen = {(span.service, span.metrics.get(RATE), *map(span.tags.get, TAGS)) for span in spans}
        self.report.equal(f"{what}: service, rate and tags", {(service, rate, *map(tags.get, TAGS))}, seen)
        if rate == 1:
            self.report.equal(f"{what}: kept", CALLS, len(spans))

    def silence(self, what, predictor, also=()):
        self.observer.silence(what, DatadogAgent(self.world), Pod(self.world, predictor, self.image, also=also), CALLS)


def hits_of(agent):
    hits = {}
    for (service, resource, _, _), count in agent.hits().items():
        hits[service, resource] = hits.get((service, resource), 0) + count
    return hits


def rates(world, report, library):
    checks = Checks(world, report, library)
    checks.spans("enable", checks.enabled.predictor())
    for rate in (0.5, 0):
        asked = checks.manifest.enable(*STANDARD, *ASKED, "--sample-rate", str(rate))
        checks.spans(f"enable at rate {rate}", asked.predictor(), rate=rate)
    spoilt = checks.enabled.predictor()
    added(env_of_container(spoilt), DD_TRACE_ENABLED="false")
    checks.silence("DD_TRACE_ENABLED by hand", spoilt)


def switches(world, report, library):
    """What `disable` does where an image heeds the switches."""
    checks = Checks(world, report, library, starts_by_switches)
    enabled = checks.enabled
    checks.spans("enable", enabled.predictor())
    disabled = enabled.disable()
    report.same("disable gives the manifest back", checks.manifest.text, disabled.text)
    # Without a host and a port, spans would be lost and not missing. So both are put back.
    checks.silence("disable, with host and port put back", disabled.predictor(), also=HOST_AND_PORT)
    switched_off = enabled.disable("--keep-config")
    checks.silence("disable --keep-config", switched_off.predictor())
    report.same("enable after disable writes the same", enabled.text, disabled.enable(*STANDARD, *ASKED).text)
    again = switched_off.enable(*STANDARD, *ASKED).predictor()
    checks.spans("enable after disable --keep-config", again)


def library_alone(world, report, library):
    """What `disable` does not: end the tracing of an app that is under the library whatever the switches say."""
    checks = Checks(world, report, library)
    disabled = checks.enabled.disable().predictor()
    # The library names the service by the framework.
    checks.spans("disable, with host and port put back", disabled, "flask", {}, None, HOST_AND_PORT)
    checks.spans("enable", checks.enabled.predictor())


for library in environments.LIBRARIES:
    for check in (rates, switches, library_alone):

        def checked(world, report, check=check, library=library):
            check(world, report, library)

        case("datadog-agent", library, name=f"{library}-{check.__name__.replace('_', '-')}")(checked)
