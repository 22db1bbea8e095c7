"""Datadog's library, injected into Seldon's own Python wrapper, which has none.

What starts it is Datadog's own `sitecustomize.py`. Not real are the pod, which is `pod`, and the agent, which only
receives spans.
"""

import copy

import environments
import pod
from datadog_agent import DatadogAgent
from jaeger_checks import wrapper_image
from manifest import model_container
from observation import Observer

CALLS = 3
OLDEST = min(environments.INJECTED_PYTHON, key=environments.INJECTED_PYTHON.get)
EXPECTED = {"env": "staging", "version": "1.4"}
SERVICE = "fraud-classifier"
TAGGING = ["--environment", EXPECTED["env"], "--service-version", EXPECTED["version"]]


def check(report, manifest, environment, folder, spoilt):
    library = environment / environments.LIBRARY_FOLDER
    wrapper = wrapper_image(environment, folder, "POST /predict", spoilt)
    with DatadogAgent() as agent:
        checks = Checks(Observer(agent, report), report, manifest, wrapper, library)
        checks.literals()
        if environment.name == OLDEST:
            # The rest depends on the manifest, and not on the version of Python.
            checks.labels()
            checks.admission()
            checks.missing_parts()
            checks.undo()
        else:
            checks.missing_mount()


class Checks:
    def __init__(self, observer, report, manifest, wrapper, library):
        self.observer = observer
        self.report = report
        self.manifest = manifest
        self.wrapper = wrapper
        self.library = library
        self.port = str(observer.agent.port)
        self.enabled = self.enable("--inject", "init", "--service", "{name}-{container}", *TAGGING)

    def enable(self, *options):
        return self.manifest.enable("--backend", "datadog", "--agent-port", self.port, *options)

    def literals(self):
        self.expect_spans("inject init", self.enabled.predictor(), SERVICE, EXPECTED)
        bare = self.enable("--inject", "init").predictor()
        self.expect_spans("inject init without tagging", bare, "flask", {"env": None, "version": None})

    def labels(self):
        tagged = self.enable("--inject", "init", "--service", "{name}", *TAGGING, "--tagging", "labels").predictor()
        self.expect_spans("tagging by labels", tagged, "fraud", EXPECTED)
        spoilt = copy.deepcopy(tagged)
        del spoilt["labels"]["tags.datadoghq.com/env"]
        self.expect_spans("tagging by labels, one removed", spoilt, "fraud", {**EXPECTED, "env": None})

    def admission(self):
        predictor = self.enable("--inject", "admission", "--service", "{name}-{container}", *TAGGING).predictor()
        self.expect_spans("inject admission", pod.admitted(predictor), SERVICE, EXPECTED)
        self.expect_silence("inject admission, without a controller", predictor)
        spoilt = copy.deepcopy(predictor)
        del spoilt["labels"][pod.LABEL]
        self.expect_silence("inject admission, without its label", pod.admitted(spoilt))

    def missing_parts(self):
        """Each part of the injection is needed."""
        self.missing_mount()

        def remove_init_container(predictor):
            del predictor["componentSpecs"][0]["spec"]["initContainers"]

        def remove_path(predictor):
            env = model_container(predictor)["env"]
            env[:] = [entry for entry in env if entry["name"] != "PYTHONPATH"]

        def switch_off(predictor):
            model_container(predictor)["env"].append({"name": "DD_TRACE_ENABLED", "value": "false"})

        for what, spoil in [
            ("without its init container", remove_init_container),
            ("without PYTHONPATH", remove_path),
            ("with DD_TRACE_ENABLED=false", switch_off),
        ]:
            predictor = self.enabled.predictor()
            spoil(predictor)
            self.expect_silence(f"inject init, {what}", predictor)

    def missing_mount(self):
        predictor = self.enabled.predictor()
        del model_container(predictor)["volumeMounts"]
        self.expect_silence("inject init, without its mount", predictor)

    def undo(self):
        disabled = self.enabled.disable()
        self.report.same("disable gives the manifest back", self.manifest.text, disabled.text)
        # Without a host and a port, spans would be lost and not missing. So both are put back.
        predictor = disabled.predictor()
        where_to = {"DD_AGENT_HOST": "127.0.0.1", "DD_TRACE_AGENT_PORT": self.port}
        model_container(predictor)["env"] += [{"name": name, "value": value} for name, value in where_to.items()]
        self.expect_silence("disable, with host and port put back", predictor)
        self.expect_silence("disable --keep-config", self.enabled.disable("--keep-config").predictor())

    def expect_spans(self, what, predictor, service, tags):
        found = self.observer.expect_spans(what, self.wrapper, self.env(predictor), CALLS)
        self.report.equal(f"{what}: services", {service}, {span.service for span in found})
        for tag, value in tags.items():
            self.report.equal(f"{what}: values of {tag}", {value}, {span.tags.get(tag) for span in found})

    def expect_silence(self, what, predictor):
        self.observer.expect_silence(what, self.wrapper, self.env(predictor), CALLS)

    def env(self, predictor):
        return pod.container_env(predictor, self.library)
