"""Seldon's Python wrapper sends to an OpenTelemetry Collector with the config that `seldon-trace agent collector` prints."""

from collector_agent import CollectorAgent, taken_port
from jaeger_checks import CALLS, expect_spans, wrapper_image
from observation import Observer


def check(report, manifest, environment, folder, spoilt, collector):
    what = "agent collector"
    if port := taken_port():
        return report.skipped(what, f"port {port} is taken")
    wrapper = wrapper_image(environment, folder, "Predict", spoilt)
    documented = manifest.enable("--backend", "jaeger")
    with CollectorAgent(collector, manifest.program) as agent:
        observer = Observer(agent, report)
        expect_spans(f"{what}: enable with nothing but defaults, so port 5775", observer, wrapper, documented)
        modern = manifest.enable("--backend", "jaeger", "--agent-port", "6831")
        expect_spans(f"{what}: enable with port 6831", observer, wrapper, modern)
        wrong = manifest.enable("--backend", "jaeger", "--agent-port", "6832").container_env()
        observer.expect_silence(f"{what}: enable with port 6832, which it does not have", wrapper, wrong, CALLS)
        disabled = {**documented.disable().container_env(), "JAEGER_AGENT_HOST": "127.0.0.1"}
        observer.expect_silence(f"{what}: disable, with the host put back", wrapper, disabled, CALLS)
    with CollectorAgent(collector, manifest.program, without_5775) as agent:
        observer.agent = agent
        env = documented.container_env()
        observer.expect_silence(f"{what}: its receiver for 5775 removed", wrapper, env, CALLS)


def without_5775(config):
    del config["receivers"]["jaeger/5775"]
    config["service"]["pipelines"]["traces"]["receivers"].remove("jaeger/5775")
