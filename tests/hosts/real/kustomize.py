"""kustomize: transformers by exec, and `fn run`."""

from host import DEPLOYMENT, OTHER, REFUSED

CONFIG = """\
apiVersion: seldon-trace.dev/v1
kind: SeldonTrace
metadata:
  name: tracing
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: %s
        args: [%s]
spec:
  backend: jaeger
"""

PATCH = """\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris}
spec: {oauth_key: a}
"""


def build(host, path):
    return host.run("kustomize", "build", "--enable-alpha-plugins", "--enable-exec", path)


def again(host, text):
    """A text in the form in which kustomize prints it."""
    host.write("again/all.yaml", text)
    host.write("again/kustomization.yaml", "resources: [all.yaml]\n")
    return build(host, "again").stdout


def check(host):
    manifest = DEPLOYMENT.format(name="iris")
    # name: the files of an application, but for its kustomization
    for name, kustomization in {
        "a base": "resources: [iris.yaml, other.yaml]\n",
        "an overlay": "resources: [../base]\nnamePrefix: prod-\npatches: [{path: patch.yaml}]\n",
        "a component": "resources: [../base]\ncomponents: [../component]\n",
        "a generator": "resources: [iris.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n",
        "no deployment": "resources: [other.yaml]\n",
    }.items():
        host.write("base/kustomization.yaml", "resources: [iris.yaml]\n")
        host.write("base/iris.yaml", manifest)
        host.write("component/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: c-\n")
        for folder, transformers in [("plain", ""), ("traced", "transformers: [trace.yaml]\n")]:
            host.write(f"{folder}/iris.yaml", manifest)
            host.write(f"{folder}/other.yaml", OTHER)
            host.write(f"{folder}/patch.yaml", PATCH)
            host.write(f"{folder}/trace.yaml", CONFIG % ("seldon-trace", "enable"))
            host.write(f"{folder}/kustomization.yaml", kustomization + transformers)
        plain, traced = build(host, "plain"), build(host, "traced")
        host.succeeds(f"{name} is built", traced)
        host.equal(f"{name} is what a pipe gives", again(host, host.enable(plain.stdout)), traced.stdout)
    many = "---\n".join(DEPLOYMENT.format(name=f"m{number}") for number in range(3000))
    host.write("traced/iris.yaml", many)
    host.write("traced/kustomization.yaml", "resources: [iris.yaml]\ntransformers: [trace.yaml]\n")
    done = build(host, "traced")
    host.equal("3,000 deployments trace", 24_000, done.stdout.count("JAEGER_"))
    refusals(host)
    function(host, manifest)


def refusals(host):
    host.write("traced/iris.yaml", REFUSED)
    host.refuses("a refused manifest", build(host, "traced"), "SeldonDeployment prod/wrong", "expected a list")
    host.write("traced/iris.yaml", DEPLOYMENT.format(name="iris"))
    host.write("traced/trace.yaml", (CONFIG % ("seldon-trace", "enable")).replace("backend: jaeger", "bakcend: jaeger"))
    host.refuses("a fault in the settings", build(host, "traced"), "SeldonTrace tracing", "bakcend", "backend")
    # kustomize takes a name without a slash from the PATH; a link with another name has no command.
    (host.bin / "tracer").symlink_to(host.program)
    host.write("traced/trace.yaml", (CONFIG % ("tracer", "")).replace("        args: []\n", ""))
    host.refuses("no arguments", build(host, "traced"), "no command: give one, such as `enable --backend")


def function(host, manifest):
    (host.bin / "SeldonTrace").symlink_to(host.program)
    host.write("files/iris.yaml", manifest)
    host.write("files/other.yaml", OTHER)
    command = ["kustomize", "fn", "run", "--enable-exec", "--exec-path", host.bin / "SeldonTrace", "files", "--", "backend=jaeger"]
    host.succeeds("fn run", host.run(*command))
    found = (host.folder / "files/iris.yaml").read_text()
    host.check("fn run edits the file and keeps a comment", "JAEGER_AGENT_HOST" in found and "team: a # stays" in found.replace("a  #", "a #"), found)
    once = found
    host.succeeds("fn run again", host.run(*command))
    host.equal("fn run again changes nothing", once, (host.folder / "files/iris.yaml").read_text())
