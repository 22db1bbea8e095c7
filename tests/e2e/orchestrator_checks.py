"""The orchestrator and the wrapper, which have to join in one trace. The orchestrator is a stand-in, see `pod`."""

import environments
from cases import case
from manifest import added, env_of_container, env_of_orchestrator, without
from receivers import Collector
from wrapper_checks import SPAN, Checks

NEEDS = ("collector", "executor", environments.WRAPPER)

TRACE = ["executor predictions", "executor /predict < executor predictions", "Model Predict < executor /predict"]
CALL = "/seldon.protos.Model/Predict"
SERVED = "executor /seldon.protos.Seldon/Predict"
CALLED = f"executor {CALL} < {SERVED}"


class OrchestratorChecks(Checks):
    orchestrator = True


@case(*NEEDS)
def orchestrator_by_rest(world, report):
    checks = OrchestratorChecks(world, report)
    enabled = checks.enable()
    checks.observer.traces("one trace", Collector(world), checks.pod(enabled.predictor()), TRACE)
    containers = checks.enable("--only", "containers").predictor()
    what = "an orchestrator without variables silences the wrapper"
    checks.observer.silence(what, Collector(world), checks.pod(containers))
    by_6831 = checks.enable("--agent-port", "6831").predictor()
    checks.observer.traces("one trace, on port 6831", Collector(world), checks.pod(by_6831), TRACE)
    checks.undone(enabled)


@case(*NEEDS)
def orchestrator_by_grpc(world, report):
    checks = OrchestratorChecks(world, report)
    enabled = checks.enable()
    trace = [SERVED, CALLED, f"Model {CALL} < executor {CALL}"]
    checks.observer.traces("one trace", Collector(world), checks.pod(enabled.predictor()), trace, by_grpc=True)
    alone = checks.enable("--only", "orchestrator").predictor()
    what = "a wrapper without variables has no span"
    checks.observer.traces(what, Collector(world), checks.pod(alone), [SERVED, CALLED], by_grpc=True)
    checks.undone(enabled, by_grpc=True)


@case(*NEEDS)
def two_nodes(world, report):
    checks = OrchestratorChecks(world, report, "two-nodes.yaml")
    enabled = checks.enable()
    trace = [*TRACE, *TRACE[1:]]
    checks.observer.traces("one trace", Collector(world), checks.pod(enabled.predictor()), trace)
    one = enabled.predictor()
    env_of_container(one, "scaler").clear()
    trace = [*TRACE, TRACE[1]]
    checks.observer.traces("one node without variables", Collector(world), checks.pod(one), trace)
    checks.undone(enabled)


@case(*NEEDS)
def orchestrator_service(world, report):
    checks = OrchestratorChecks(world, report)
    named = ["--config-map", "traces", "--service", "{name}-{container}"]
    enabled = checks.enable(*named)
    maps = checks.manifest.config_maps(*named)
    orchestrator, container = "fraud-seldon-container-engine", "fraud-classifier"
    trace = [line.replace("executor", orchestrator).replace("Model", container) for line in TRACE]
    pod = checks.pod(enabled.predictor(), config_maps=maps)
    checks.observer.traces("a service for each", Collector(world), pod, trace)
    spoilt = enabled.predictor()
    without(env_of_orchestrator(spoilt), "JAEGER_SERVICE_NAME")
    trace = [line.replace("Model", container) for line in TRACE]
    pod = checks.pod(spoilt, config_maps=maps)
    checks.observer.traces("the orchestrator's removed", Collector(world), pod, trace)
    checks.undone(enabled)


@case(*NEEDS)
def b3(world, report):
    checks = OrchestratorChecks(world, report)
    asked = ["--config-map", "traces", "--propagation", "b3"]
    enabled = checks.enable(*asked)
    maps = checks.manifest.config_maps(*asked)
    pod = checks.pod(enabled.predictor(), config_maps=maps)
    checks.observer.traces("b3 on both sides: one trace", Collector(world), pod, TRACE)
    parts = [TRACE[:2], SPAN]
    pod = checks.pod(enabled.predictor(), config_maps=checks.manifest.config_maps(*asked[:2]))
    checks.observer.traces("b3 on the orchestrator alone: two", Collector(world), pod, parts, traces_of_call=2)
    spoilt = enabled.predictor()
    without(env_of_orchestrator(spoilt), "JAEGER_TRACE_PROPAGATION_TYPE")
    pod = checks.pod(spoilt, config_maps=maps)
    checks.observer.traces("b3 on the wrapper alone: two", Collector(world), pod, parts, traces_of_call=2)
    checks.undone(enabled)


@case(*NEEDS)
def orchestrator_disabled(world, report):
    checks = OrchestratorChecks(world, report)
    enabled = checks.enable("--only", "containers")
    disabled = enabled.predictor()
    added(env_of_orchestrator(disabled), JAEGER_DISABLED="true")
    what = "JAEGER_DISABLED leaves the decision to the wrapper"
    checks.observer.traces(what, Collector(world), checks.pod(disabled), SPAN)
    spoilt = enabled.predictor()
    added(env_of_orchestrator(spoilt), JAEGER_DISABLED="false")
    checks.observer.silence("JAEGER_DISABLED is false", Collector(world), checks.pod(spoilt))
    checks.undone(enabled)


@case(*NEEDS)
def probabilistic(world, report):
    calls = 40
    checks = OrchestratorChecks(world, report)
    enabled = checks.enable("--sampler-type", "probabilistic", "--sampler-param", "0.5")
    pod = checks.pod(enabled.predictor())
    # Those that arrive are known only at the end, so that it waits for one and then as long as for silence.
    spans, _ = checks.observer.run(Collector(world), pod, calls, 3)
    roots = [span for span in spans if span.operation == "predictions"]
    # All or none come once in 10^12 runs.
    report.within(f"traces of {calls} calls", 1, calls - 1, len(roots))
    rates = {(span.tags.get("sampler.type"), span.tags.get("sampler.param")) for span in roots}
    report.equal("the sampler by the spans", {("probabilistic", "0.5")}, rates)
    never = checks.enable("--sampler-type", "probabilistic", "--sampler-param", "0").predictor()
    checks.observer.silence("a probability of 0", Collector(world), checks.pod(never), calls=calls)
    checks.undone(enabled)
