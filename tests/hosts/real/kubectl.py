"""kubectl: the program as its plugin, its kustomize, and patches without a cluster."""

import json

from host import DEPLOYMENT, REFUSED

CONFIG = """\
apiVersion: seldon-trace.dev/v1
kind: SeldonTrace
metadata: {name: tracing}
spec: {backend: jaeger%s}
"""


def check(host):
    manifest = DEPLOYMENT.format(name="iris")
    host.write("iris.yaml", manifest)
    (host.bin / "kubectl-seldon_trace").symlink_to(host.program)
    done = host.run("kubectl", "seldon-trace", "enable", "--backend", "jaeger", "iris.yaml")
    host.equal("the plugin prints what the program does", host.enable(manifest), done.stdout)
    done = host.run("kubectl", "seldon-trace", "enable", "iris.yaml")
    host.refuses("the plugin without a backend", done, "--backend")
    patch(host, manifest)
    build(host, manifest)


def patch(host, manifest):
    patch = host.enable(manifest, "--json-patch")
    done = host.run("kubectl", "patch", "--local", "-f", "iris.yaml", "--type=json", "-p", patch, "-o", "json")
    host.succeeds("patch --local takes the patch", done)
    whole = host.write("traced.yaml", host.enable(manifest))
    read = host.run("kubectl", "patch", "--local", "-f", whole, "--type=json", "-p", "[]", "-o", "json")
    host.equal("the patched resource is the printed one", json.loads(read.stdout or "1"), json.loads(done.stdout or "2"))


def build(host, manifest):
    plugins = host.home / "kustomize"
    folder = plugins / "seldon-trace.dev" / "v1" / "seldontrace"
    folder.mkdir(parents=True)
    (folder / "SeldonTrace").symlink_to(host.program)
    host.write("app/iris.yaml", manifest)
    host.write("app/kustomization.yaml", "resources: [iris.yaml]\ntransformers: [trace.yaml]\n")
    host.write("app/trace.yaml", CONFIG % "")
    host.write("plain/iris.yaml", manifest)
    host.write("plain/kustomization.yaml", "resources: [iris.yaml]\n")

    def run(path):
        return host.run("kubectl", "kustomize", "--enable-alpha-plugins", path, KUSTOMIZE_PLUGIN_HOME=str(plugins))

    done = run("app")
    host.succeeds("kustomize runs the plugin", done)
    host.write("again/all.yaml", host.enable(run("plain").stdout))
    host.write("again/kustomization.yaml", "resources: [all.yaml]\n")
    host.equal("kustomize builds what a pipe gives", run("again").stdout, done.stdout)
    host.write("app/iris.yaml", REFUSED)
    host.refuses("kustomize with a refused manifest", run("app"), "SeldonDeployment prod/wrong", "expected a list")
    host.write("app/iris.yaml", manifest)
    host.write("app/trace.yaml", CONFIG % ", bakcend: x")
    host.refuses("kustomize with a fault in the settings", run("app"), "SeldonTrace tracing", "bakcend")
