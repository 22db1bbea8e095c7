"""Seldon's own Python wrapper, called without an orchestrator, as with `seldon.io/no-engine`."""

import environments
from cases import HERE, case
from containers import Image, free_ports
from manifest import Manifest, containers_of, env_of_container, replaced, without
from observation import Observer
from pod import Pod
from receivers import Backend, Collector, Jaeger

# The wrapper names the service by the class of the model.
SPAN = ["Model Predict"]
HOST_AND_PORT = {"JAEGER_AGENT_HOST": "127.0.0.1", "JAEGER_AGENT_PORT": "5775"}


def wrapper(environment):
    return Image(
        environment=environment,
        folder=HERE / "model",
        command=lambda env: ["seldon-core-microservice", "Model", "--service-type", "MODEL"],
        ports=[f"PREDICTIVE_UNIT_{kind}_SERVICE_PORT" for kind in ("HTTP", "GRPC", "METRICS")],
        body=b'{"data": {"ndarray": [[1, 2]]}}',
    )


class Checks:
    """What the cases have in common."""

    orchestrator = False

    def __init__(self, world, report, file="deployment.yaml"):
        self.world = world
        self.report = report
        self.observer = Observer(report)
        self.manifest = Manifest.read(world.program, HERE / file)
        self.image = wrapper(world.environment(environments.WRAPPER))

    def enable(self, *options):
        return self.manifest.enable("--backend", "jaeger", *options)

    def pod(self, predictor, **options):
        return Pod(self.world, predictor, self.image, orchestrator=self.orchestrator, **options)

    def undone(self, enabled, receiver=None, **options):
        """After `disable` the manifest is what it was, and nothing arrives."""
        disabled = enabled.disable()
        self.report.same("disable gives the manifest back", self.manifest.text, disabled.text)
        # Without a host and a port, spans would be lost and not missing. So both are put back.
        pod = self.pod(disabled.predictor(), also=HOST_AND_PORT)
        self.observer.silence("disable, with host and port put back", receiver or Collector(self.world), pod, **options)


@case("collector", environments.WRAPPER)
def collector_5775(world, report):
    checks = Checks(world, report)
    enabled = checks.enable()
    pod = checks.pod(enabled.predictor())
    checks.observer.traces("enable with nothing but defaults", Collector(world), pod, SPAN)
    checks.observer.silence("the Collector's receiver for 5775 removed", Collector(world, without_5775), pod)
    checks.undone(enabled)


@case("collector", environments.WRAPPER)
def collector_6831(world, report):
    checks = Checks(world, report)
    enabled = checks.enable("--agent-host", "localhost", "--agent-port", "6831")
    checks.observer.traces("enable with port 6831", Collector(world), checks.pod(enabled.predictor()), SPAN)
    wrong = checks.enable("--agent-port", "6832").predictor()
    checks.observer.silence("enable with port 6832, which the Collector does not have", Collector(world), checks.pod(wrong))
    switched_off = enabled.disable("--keep-config")
    checks.observer.silence("disable --keep-config", Collector(world), checks.pod(switched_off.predictor()))
    again = switched_off.enable("--backend", "jaeger", "--agent-host", "localhost", "--agent-port", "6831")
    # The environment that was just seen to trace.
    report.same("enable after disable --keep-config", *map(variables, (enabled, again)))
    checks.undone(enabled)


def variables(manifest):
    return {entry["name"]: entry for entry in env_of_container(manifest.predictor())}


def without_5775(config):
    del config["receivers"]["jaeger/5775"]
    config["service"]["pipelines"]["traces"]["receivers"].remove("jaeger/5775")


@case("jaeger", environments.WRAPPER)
def jaeger_all_in_one(world, report):
    checks = Checks(world, report)
    enabled = checks.enable()
    pod = checks.pod(enabled.predictor())
    checks.observer.traces("agent jaeger, enable with nothing but defaults", Jaeger(world), pod, SPAN)
    checks.observer.silence("Jaeger's receiver for 5775 removed", Jaeger(world, without_5775), pod)
    checks.undone(enabled, Jaeger(world))


@case("collector", environments.WRAPPER)
def config_map(world, report):
    checks = Checks(world, report)
    named = ["--config-map", "traces", "--service", "{name}-{container}"]
    enabled = checks.enable(*named)
    maps = checks.manifest.config_maps(*named)
    pod = checks.pod(enabled.predictor(), config_maps=maps)
    checks.observer.traces("a service by config map", Collector(world), pod, ["fraud-classifier Predict"])
    spoilt = enabled.predictor()
    without(env_of_container(spoilt), "JAEGER_CONFIG_PATH")
    pod = checks.pod(spoilt, config_maps=maps)
    checks.observer.traces("the path of the config removed", Collector(world), pod, SPAN)
    sampled = [*named, "--sampler-type", "const", "--sampler-param", "0"]
    spoilt, maps = checks.enable(*sampled).predictor(), checks.manifest.config_maps(*sampled)
    checks.observer.silence("a sampler of 0 by config map", Collector(world), checks.pod(spoilt, config_maps=maps))
    without(env_of_container(spoilt), "JAEGER_CONFIG_PATH")
    pod = checks.pod(spoilt, config_maps=maps)
    checks.observer.traces("the path of its config removed", Collector(world), pod, SPAN)
    checks.undone(enabled)


@case("collector", environments.WRAPPER)
def sidecar(world, report):
    checks = Checks(world, report)
    (port,) = free_ports(1)
    enabled = checks.enable("--agent", "sidecar", "--collector", f"127.0.0.1:{port}")
    pod = checks.pod(enabled.predictor())
    checks.observer.traces("a sidecar that sends to a backend", Backend(world, port), pod, SPAN)
    spoilt = enabled.predictor()
    replaced(env_of_container(spoilt), "JAEGER_AGENT_PORT", "6832")
    checks.observer.silence("a port that the sidecar does not have", Backend(world, port), checks.pod(spoilt))
    spoilt = enabled.predictor()
    del containers_of(spoilt)[1]
    checks.observer.silence("without the sidecar", Backend(world, port), checks.pod(spoilt))
    native = checks.enable("--agent", "sidecar", "--collector", f"127.0.0.1:{port}", "--native-sidecar")
    pod = checks.pod(native.predictor())
    checks.observer.traces("a native sidecar", Backend(world, port), pod, SPAN)
    checks.undone(enabled)
    checks.undone(native)
