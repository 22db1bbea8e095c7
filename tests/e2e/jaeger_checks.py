"""Jaeger, with Seldon's own Python wrapper, which serves a model as it does in every image built with it.

Not real are the kubelet, which is `manifest`, and the agent, which only receives spans.
"""

from containers import Image
from jaeger_agent import JaegerAgent
from observation import Observer

CALLS = 3
DEFAULT_PORT = 5775


def check(report, manifest, environment, folder, spoilt):
    wrapper = wrapper_image(environment, folder, "Predict", spoilt)
    with JaegerAgent() as agent:
        check_switches(Observer(agent, report), report, manifest, wrapper)
    check_defaults(report, manifest, wrapper)


def wrapper_image(environment, folder, operation, spoilt):
    return Image(
        environment=environment,
        folder=folder / "jaeger_model",
        command=lambda env: ["seldon-core-microservice", "Model", "--service-type", "MODEL"],
        # The operator gives these to every container, on ports of its choice.
        ports=[f"PREDICTIVE_UNIT_{kind}_SERVICE_PORT" for kind in ("HTTP", "GRPC", "METRICS")],
        body=b'{"data": {"ndarray": [[1, 2]]}}',
        operation=operation,
        spoilt=spoilt,
    )


def check_switches(observer, report, manifest, wrapper):
    port = str(observer.agent.port)
    to_agent = ["--backend", "jaeger", "--agent-host", "127.0.0.1", "--agent-port", port]
    where_to = {"JAEGER_AGENT_HOST": "127.0.0.1", "JAEGER_AGENT_PORT": port}
    enabled = manifest.enable(*to_agent)
    expect_spans("enable", observer, wrapper, enabled)
    by_node = manifest.enable("--backend", "jaeger", "--agent-port", port)
    expect_spans("enable with the node's address", observer, wrapper, by_node)

    disabled = enabled.disable()
    report.same("disable gives the manifest back", manifest.text, disabled.text)
    # Without a host and a port, spans would be lost and not missing. So both are put back.
    off = {**disabled.container_env(), **where_to}
    observer.expect_silence("disable, with host and port put back", wrapper, off, CALLS)
    switched_off = enabled.disable("--keep-config")
    observer.expect_silence("disable --keep-config", wrapper, switched_off.container_env(), CALLS)

    again = disabled.enable(*to_agent)
    report.same("enable after disable writes the same", enabled.text, again.text)
    expect_spans("enable after disable", observer, wrapper, again)
    # The environment that was just seen to trace.
    kept = switched_off.enable(*to_agent).container_env()
    report.same("enable after disable --keep-config gives the same environment", enabled.container_env(), kept)


def check_defaults(report, manifest, wrapper):
    what = "enable with nothing but defaults"
    try:
        agent = JaegerAgent(DEFAULT_PORT)
    except OSError as error:
        return report.skipped(what, f"port {DEFAULT_PORT}: {error.strerror}")
    with agent:
        expect_spans(what, Observer(agent, report), wrapper, manifest.enable("--backend", "jaeger"))


def expect_spans(what, observer, wrapper, manifest):
    found = observer.expect_spans(what, wrapper, manifest.container_env(), CALLS)
    # The wrapper names the service by the class of the model.
    observer.report.equal(f"{what}: services", {"Model"}, {span.service for span in found})
