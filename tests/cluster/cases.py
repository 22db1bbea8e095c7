"""What users do with kubectl, with the webhook in the cluster."""

import json
import time
from pathlib import Path

from cluster import API, probe, wait_for

JAEGER = "backend: jaeger\n"
DATADOG = "{backend: datadog, service: '{name}-{container}', environment: prod}\n"
TRACED, PLAIN = "traced", "plain"
SECRET = "sesame"


def manifest(name, namespace=TRACED, version="v1", **spec):
    container = {"name": "classifier", "image": "acme/iris:1.0", "env": [{"name": "PASSWORD", "value": SECRET}]}
    predictor = {
        "name": "main",
        "graph": {"name": "classifier", "type": "MODEL"},
        "componentSpecs": [{"spec": {"containers": [container]}}],
    }
    return {
        "apiVersion": f"{API}/{version}",
        "kind": "SeldonDeployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"predictors": [predictor], **spec},
    }


def server_of_seldon(name):
    """A prepackaged server, without a container."""
    graph = {"name": "classifier", "implementation": "SKLEARN_SERVER", "modelUri": "gs://models/iris"}
    return {**manifest(name), "spec": {"predictors": [{"name": "main", "graph": graph}]}}


def defaulted():
    """An object that the operator's own webhook has filled in."""
    return json.loads((Path(__file__).parent / "defaulted.json").read_text())


def refused(name):
    wrong = manifest(name)
    wrong["spec"]["predictors"][0]["svcOrchSpec"] = {"env": {"PASSWORD": SECRET}}
    return wrong


def what_agent_prints_is_accepted(cluster, checks):
    warns = {"pod-security.kubernetes.io/warn": "restricted"}
    for namespace, labels in [(TRACED, {"seldon-trace/inject": "enabled"}), (PLAIN, {}), ("seldon-trace", warns)]:
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    cluster.write("settings.yaml", JAEGER)
    for scope in ["labelled", "all"]:
        options = ["--image", "a:1", "--config", "settings.yaml", "--scope", scope]
        printed = cluster.run("agent", "webhook", *options, "--tls-secret", "tls", "--ca-bundle", "ca.crt").stdout
        done = cluster.apply(printed, "--validate=strict")
        checks.holds(f"with --scope {scope}", done.returncode == 0, done.stderr)
        is_restricted = "would violate PodSecurity" not in done.stderr
        checks.holds("its pods are allowed in their namespace", is_restricted, done.stderr)
        read = cluster.kubectl("get", "configmap/seldon-trace-webhook", "-n", "seldon-trace", "-o", "json")
        checks.equal("the settings are those of the file", JAEGER, json.loads(read.stdout)["data"]["settings.yaml"])
        cluster.kubectl("delete", "mutatingwebhookconfiguration", "seldon-trace-webhook")


def the_stored_object_is_what_the_command_line_makes(cluster, checks):
    objects = [manifest("created"), server_of_seldon("prepackaged"), defaulted()]
    objects += [manifest(version, version=version) for version in ["v1alpha2", "v1alpha3"]]
    for settings in [JAEGER, DATADOG]:
        with cluster.webhook(settings) as webhook:
            for wanted in objects:
                name = wanted["metadata"]["name"]
                cluster.apply(wanted)
                checks.equal(f"{name}, {settings.strip()}", cluster.made(wanted), cluster.stored(name, TRACED))
                checks.equal("one request, one patch", ["patched"], webhook.reviews(name))
                cluster.kubectl("delete", f"sdep/{name}", "-n", TRACED)
            checks.holds("no value is logged", SECRET not in webhook.log.read_text())


def other_namespaces_are_left_alone(cluster, checks):
    outside = manifest("outside", PLAIN)
    with cluster.webhook(JAEGER) as webhook:
        cluster.apply(outside)
        checks.holds("without the label", cluster.stored("outside", PLAIN)["spec"] == outside["spec"])
        checks.equal("nothing is asked", [], webhook.reviews("outside"))
        skipped = manifest("skipped")
        skipped["metadata"]["annotations"] = {"seldon-trace/skip": "true"}
        cluster.apply(skipped)
        checks.holds("the annotation", cluster.stored("skipped", TRACED)["spec"] == skipped["spec"])
        checks.equal("the API server itself skips it", [], webhook.reviews("skipped"))
    with cluster.webhook(JAEGER, scope="all") as webhook:
        outside["spec"]["replicas"] = 2
        cluster.apply(outside)
        checks.equal("with --scope all", cluster.made(outside), cluster.stored("outside", PLAIN))


def an_update_is_patched_if_its_spec_changes(cluster, checks):
    cluster.apply(manifest("updated"))
    with cluster.webhook(JAEGER) as webhook:
        cluster.kubectl("annotate", "sdep/updated", "team=a", "-n", TRACED)
        plain = cluster.stored("updated", TRACED)
        checks.holds("an annotation restarts no pod", plain["spec"] == manifest("updated")["spec"])
        checks.equal("it is admitted", ["ignored"], webhook.reviews("updated"))
        changed = manifest("updated", replicas=2)
        cluster.apply(changed)
        found = cluster.stored("updated", TRACED)
        checks.equal("apply", cluster.made(changed)["spec"], found["spec"])
        cluster.apply(changed)
        checks.equal("the same apply changes nothing", found, cluster.stored("updated", TRACED))
        patch = json.dumps({"spec": {"replicas": 3}})
        cluster.kubectl("patch", "sdep/updated", "-n", TRACED, "--type=merge", "-p", patch)
        found["spec"]["replicas"] = 3
        checks.equal("patch", found, cluster.stored("updated", TRACED))
        changed["spec"]["replicas"] = 4
        done = cluster.apply(changed, "--server-side", "--force-conflicts")
        checks.holds("server-side apply", done.returncode == 0, done.stderr)
        checks.equal("its object", cluster.made(changed)["spec"], cluster.stored("updated", TRACED)["spec"])
        cluster.kubectl("patch", "sdep/updated", "-n", TRACED, "--subresource=status", "--type=merge", "-p", '{"status":{"a":"b"}}')
        before = webhook.reviews("updated")
        patch = json.dumps({"metadata": {"finalizers": ["seldon-trace.dev/test"]}})
        cluster.kubectl("patch", "sdep/updated", "-n", TRACED, "--type=merge", "-p", patch)
        cluster.kubectl("delete", "sdep/updated", "-n", TRACED, "--wait=false")
        patch = json.dumps({"metadata": {"finalizers": None}, "spec": {"replicas": 9}})
        cluster.kubectl("patch", "sdep/updated", "-n", TRACED, "--type=merge", "-p", patch)
        checks.holds("a deletion is let through", cluster.stored("updated", TRACED) is None)
        after = webhook.reviews("updated")[len(before) :]
        checks.holds("it gets no patch", after and "patched" not in after, after)


def a_dry_run_and_a_diff_show_the_change(cluster, checks):
    with cluster.webhook(JAEGER):
        done = cluster.apply(manifest("dry"), "--dry-run=server", "-o", "json")
        checks.holds("dry run", "JAEGER_AGENT_HOST" in done.stdout, done.stderr)
        checks.holds("nothing is stored", cluster.stored("dry", TRACED) is None)
        done = cluster.kubectl("diff", "-f", "-", stdin=json.dumps(manifest("dry")))
        checks.holds("diff", done.returncode == 1 and "JAEGER_AGENT_HOST" in done.stdout, done.stderr)


def a_list_is_patched_object_by_object(cluster, checks):
    objects = [manifest("first"), {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other", "namespace": TRACED}}]
    objects += [manifest("second"), refused("third")]
    with cluster.webhook(JAEGER) as webhook:
        done = cluster.apply(objects)
        for name in ["first", "second"]:
            checks.equal(name, cluster.made(manifest(name)), cluster.stored(name, TRACED))
        checks.holds("the refused one is stored as it is", cluster.stored("third", TRACED)["spec"] == refused("third")["spec"])
        start = "Warning: seldon-trace: not changed: spec.predictors[0].svcOrchSpec.env: "
        checks.holds("kubectl shows why", start in done.stderr, done.stderr)
        shown = done.stderr + done.stdout + webhook.log.read_text()
        checks.holds("without a value", SECRET not in shown, shown)
        for name in ["first", "second", "third"]:
            cluster.kubectl("delete", f"sdep/{name}", "-n", TRACED)


def a_refused_object_is_denied_if_asked(cluster, checks):
    with cluster.webhook(JAEGER, "--on-error=deny"):
        done = cluster.apply(refused("denied"), "--validate=false")
        words = "denied the request: seldon-trace: not changed: spec.predictors[0].svcOrchSpec.env: "
        checks.holds("apply fails with the reason", done.returncode != 0 and words in done.stderr, done.stderr)
        checks.holds("nothing is stored", cluster.stored("denied", TRACED) is None)
        checks.holds("without a value", SECRET not in done.stderr, done.stderr)


def a_generated_name_is_in_no_service(cluster, checks):
    generated = manifest("x")
    generated["metadata"] = {"generateName": "generated-", "namespace": TRACED}
    with cluster.webhook(DATADOG):
        done = cluster.apply(generated, "-o", "json", verb="create")
        checks.holds("a warning", "generateName" in done.stderr, done.stderr)
        text = json.dumps(json.loads(done.stdout)["spec"]) if done.returncode == 0 else ""
        checks.holds("no service", "DD_ENV" in text and "DD_SERVICE" not in text, text)


def a_second_pass_changes_nothing(cluster, checks):
    with cluster.webhook(JAEGER) as webhook:
        second = cluster.configuration("z-second", webhook.port)
        second["webhooks"][0]["name"] = "second.seldon-trace.dev"
        cluster.apply(second)
        try:
            wait_for("both are asked", lambda: asked_twice(cluster, webhook))
            cluster.apply(manifest("twice"))
            checks.equal("the object", cluster.made(manifest("twice")), cluster.stored("twice", TRACED))
            outcomes = webhook.reviews("twice")
            is_right = outcomes[0] == "patched" and set(outcomes[1:]) == {"unchanged"}
            checks.holds("only the first makes a patch", is_right, outcomes)
        finally:
            cluster.kubectl("delete", "mutatingwebhookconfiguration", "z-second")


def asked_twice(cluster, webhook):
    before = len(webhook.reviews("probe"))
    cluster.apply(probe(TRACED), "--dry-run=server")
    return len(webhook.reviews("probe")) - before > 1


def settings_and_certificate_change_without_a_restart(cluster, checks):
    with cluster.webhook(JAEGER) as webhook:
        cluster.write("settings.yaml", DATADOG)
        webhook.logged(message="read again", file="settings")
        cluster.apply(manifest("changed"))
        checks.equal("new settings", cluster.made(manifest("changed")), cluster.stored("changed", TRACED))
        cluster.write("settings.yaml", "backend: dd\n")
        webhook.logged(message="wrong: the former one stays", file="settings")
        cluster.apply(manifest("kept"))
        cluster.write("right.yaml", DATADOG)
        wanted = cluster.made(manifest("kept"), settings="right.yaml")
        checks.equal("wrong settings", wanted, cluster.stored("kept", TRACED))
        cluster.certify()
        webhook.logged(message="read again", file="certificate")
        for name in ["rotated-1", "rotated-2"]:
            cluster.apply(manifest(name))
            checks.equal("a new certificate", ["patched"], webhook.reviews(name))


def disable_by_the_settings(cluster, checks):
    traced = manifest("off")
    cluster.write("right.yaml", JAEGER)
    traced["spec"] = cluster.made(traced, settings="right.yaml")["spec"]
    with cluster.webhook("action: disable\n"):
        cluster.apply(traced)
        checks.equal("the object", cluster.made(traced, "disable"), cluster.stored("off", TRACED))


def without_the_webhook_objects_are_admitted(cluster, checks):
    with cluster.webhook(JAEGER) as webhook:
        webhook.stop()
        start = time.monotonic()
        cluster.apply(manifest("down"))
        seconds = time.monotonic() - start
        checks.holds("unchanged", cluster.stored("down", TRACED)["spec"] == manifest("down")["spec"])
        checks.holds("without a long wait", seconds < 10, f"{seconds:.1f} s")


def taken_out_again(cluster, checks):
    with cluster.webhook(JAEGER):
        cluster.apply(manifest("out"))
    read = cluster.kubectl("get", "sdep/out", "-n", TRACED, "-o", "yaml").stdout
    made = cluster.run("disable", "--no-config", stdin=read)
    done = cluster.apply(made.stdout, verb="replace")
    checks.holds("what disable prints is taken", done.returncode == 0, made.stderr + done.stderr)
    checks.equal("the object is as it was", manifest("out")["spec"], cluster.stored("out", TRACED)["spec"])


CASES = [
    what_agent_prints_is_accepted,
    the_stored_object_is_what_the_command_line_makes,
    other_namespaces_are_left_alone,
    an_update_is_patched_if_its_spec_changes,
    a_dry_run_and_a_diff_show_the_change,
    a_list_is_patched_object_by_object,
    a_refused_object_is_denied_if_asked,
    a_generated_name_is_in_no_service,
    a_second_pass_changes_nothing,
    settings_and_certificate_change_without_a_restart,
    disable_by_the_settings,
    without_the_webhook_objects_are_admitted,
    taken_out_again,
]
