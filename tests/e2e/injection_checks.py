"""Datadog's library, injected into Seldon's own Python wrapper, which has none, and Datadog's own agent.

What starts the library is Datadog's own `sitecustomize.py`. Not real is the pod, which is `pod`.
"""

import environments
from cases import HERE, case
from manifest import Manifest, added, containers_of, env_of_container, replaced, without
from observation import Observer
from pod import LABEL, Pod, admitted
from receivers import DatadogAgent, DatadogIntake
from wrapper_checks import wrapper

CALLS = 3
EXPECTED = {"env": "staging", "version": "1.4"}
SERVICE = "fraud-classifier"
REQUEST = "POST /predict"
TAGGING = ["--environment", EXPECTED["env"], "--service-version", EXPECTED["version"]]
ASKED = ["--service", "{name}-{container}", *TAGGING]
HOST_AND_PORT = {"DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": "8126"}


class Checks:
    def __init__(self, world, report, environment):
        self.world = world
        self.report = report
        self.observer = Observer(report)
        self.manifest = Manifest.read(world.program, HERE / "deployment.yaml")
        self.image = wrapper(world.environment(environment))
        self.enabled = self.enable("--inject", "init", *ASKED)

    def enable(self, *options):
        return self.manifest.enable("--backend", "datadog", *options)

    def spans(self, what, predictor, service=SERVICE, tags=EXPECTED, receiver=DatadogAgent):
        agent = receiver(self.world)
        spans, _ = self.observer.run(agent, Pod(self.world, predictor, self.image), CALLS, CALLS)
        counted = {(service, REQUEST, tags.get("env", "none"), tags.get("version", "")): CALLS}
        self.report.equal(f"{what}: counted by service, request, env and version", counted, agent.hits())
        seen = [(span.service, *map(span.tags.get, EXPECTED)) for span in spans]
        self.report.equal(f"{what}: traces", [(service, *map(tags.get, EXPECTED))] * CALLS, seen)

    def silence(self, what, predictor, also=(), receiver=DatadogAgent):
        pod = Pod(self.world, predictor, self.image, also=also)
        self.observer.silence(what, receiver(self.world), pod, CALLS)

    def undone(self, enabled):
        """After `disable` the manifest is what it was, and nothing arrives."""
        disabled = enabled.disable()
        self.report.same("disable gives the manifest back", self.manifest.text, disabled.text)
        # Without a host and a port, spans would be lost and not missing. So both are put back.
        self.silence("disable, with host and port put back", disabled.predictor(), HOST_AND_PORT)

    def silence_without_mount(self):
        predictor = self.enabled.predictor()
        del containers_of(predictor)[0]["volumeMounts"]
        self.silence("without its mount", predictor)


OLDEST, NEWEST = sorted(environments.INJECTED_PYTHON, key=environments.INJECTED_PYTHON.get)


@case("datadog-agent", NEWEST, name=f"{NEWEST}-init")
def newest(world, report):
    checks = Checks(world, report, NEWEST)
    checks.spans("inject init", checks.enabled.predictor())
    checks.silence_without_mount()
    checks.undone(checks.enabled)


# The rest depends on the manifest, and not on the version of Python.


@case("datadog-agent", OLDEST, name=f"{OLDEST}-init")
def oldest(world, report):
    checks = Checks(world, report, OLDEST)
    checks.spans("inject init", checks.enabled.predictor())
    checks.silence_without_mount()
    bare = checks.enable("--inject", "init").predictor()
    checks.spans("without service, environment and version", bare, "flask", {})
    checks.undone(checks.enabled)


@case("datadog-agent", OLDEST)
def inject_undone(world, report):
    """Each part of the injection is needed, and `disable` removes all."""
    checks = Checks(world, report, OLDEST)
    checks.spans("inject init", checks.enabled.predictor())

    spoilt = checks.enabled.predictor()
    del spoilt["componentSpecs"][0]["spec"]["initContainers"]
    checks.silence("without its init container", spoilt)
    spoilt = checks.enabled.predictor()
    without(env_of_container(spoilt), "PYTHONPATH")
    checks.silence("without PYTHONPATH", spoilt)
    spoilt = checks.enabled.predictor()
    added(env_of_container(spoilt), DD_TRACE_ENABLED="false")
    checks.silence("with DD_TRACE_ENABLED=false", spoilt)

    checks.undone(checks.enabled)
    checks.silence("disable --keep-config", checks.enabled.disable("--keep-config").predictor())


@case("datadog-agent", OLDEST)
def tagging_by_labels(world, report):
    checks = Checks(world, report, OLDEST)
    # One label for all containers.
    enabled = checks.enable("--inject", "init", "--service", "{name}", *TAGGING, "--tagging", "labels")
    checks.spans("tagging by labels", enabled.predictor(), "fraud")
    spoilt = enabled.predictor()
    del spoilt["labels"]["tags.datadoghq.com/env"]
    checks.spans("one label removed", spoilt, "fraud", {"version": EXPECTED["version"]})
    checks.undone(enabled)


@case("datadog-agent", OLDEST)
def inject_admission(world, report):
    checks = Checks(world, report, OLDEST)
    enabled = checks.enable("--inject", "admission", *ASKED)
    checks.spans("inject admission", admitted(enabled.predictor()))
    checks.silence("without a controller", enabled.predictor())
    spoilt = enabled.predictor()
    del spoilt["labels"][LABEL]
    checks.silence("without its label", admitted(spoilt))
    checks.undone(enabled)


@case("datadog-agent", OLDEST)
def datadog_sidecar(world, report):
    checks = Checks(world, report, OLDEST)
    enabled = checks.enable("--inject", "init", *ASKED, "--agent", "sidecar", "--api-key-secret", "datadog-secret")
    checks.spans("agent sidecar", enabled.predictor(), receiver=DatadogIntake)
    native = checks.enable("--inject", "init", *ASKED, "--agent", "sidecar", "--native-sidecar")
    checks.spans("native sidecar", native.predictor(), receiver=DatadogIntake)
    spoilt = enabled.predictor()
    replaced(env_of_container(spoilt, "datadog-agent-injected"), "DD_API_KEY", "wrong")
    checks.silence("with another key", spoilt, receiver=DatadogIntake)
    spoilt = enabled.predictor()
    del containers_of(spoilt)[1]
    checks.silence("without the sidecar", spoilt, receiver=DatadogIntake)
    checks.undone(enabled)
    checks.undone(native)
