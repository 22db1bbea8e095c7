"""Helm 3 and 4: the program as a post-renderer."""

import shutil
import subprocess
from pathlib import Path

from host import DEPLOYMENT, OTHER, REFUSED

REPOSITORY = Path(__file__).resolve().parents[3]

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: things, singular: thing, kind: Thing}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""

JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}
"""

# The plugin for Helm 4 that changes nothing.
SAME = """\
apiVersion: v1
type: postrenderer/v1
name: same
version: 0.1.0
runtime: subprocess
runtimeConfig:
  platformCommand: [{command: cat}]
"""


def check(host):
    is_4 = host.name == "helm-4"
    if is_4:
        install(host)
    same = "same" if is_4 else "cat"
    iris = DEPLOYMENT.format(name="iris")
    many = "---\n".join(DEPLOYMENT.format(name=f"m{number}") for number in range(3000))
    for name, files in {
        "a deployment": {"templates/iris.yaml": iris},
        "no deployment": {"templates/other.yaml": OTHER},
        "hooks": {"templates/iris.yaml": iris, "templates/job.yaml": JOB},
        "CRDs": {"templates/iris.yaml": iris, "crds/thing.yaml": CRD},
        "a subchart": {
            "templates/other.yaml": OTHER,
            "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
            "charts/sub/templates/iris.yaml": iris,
        },
        "3,000 deployments": {"templates/many.yaml": many},
    }.items():
        chart(host, files)
        done = render(host, "seldon-trace", "enable", "--backend=jaeger")
        host.succeeds(f"{name}: rendered", done)
        host.equal(f"{name}: what a pipe gives", host.enable(render(host, same).stdout), done.stdout)
    chart(host, {"templates/iris.yaml": iris.replace("  annotations:\n", "  annotations:\n    helm.sh/hook: test\n")})
    done = render(host, "seldon-trace", "enable", "--backend=jaeger")
    host.equal("a deployment that is a hook is traced", is_4, "JAEGER_AGENT_HOST" in done.stdout)
    refusals(host, is_4)


def install(host):
    folder = host.folder / "seldon-trace"
    (folder / "linux-amd64").mkdir(parents=True)
    text = (REPOSITORY / ".ci" / "hosts" / "helm-plugin.yaml").read_text()
    (folder / "plugin.yaml").write_text(text.replace("@VERSION@", "1.2.3"))
    shutil.copy(host.program, folder / "linux-amd64" / "seldon-trace")
    # As `.ci/release` names it.
    archive = host.folder / "seldon-trace-1.2.3.tgz"
    subprocess.run(["tar", "-czf", archive, "-C", host.folder, "seldon-trace"], check=True)
    host.refuses("an archive without a signature", host.run("helm", "plugin", "install", archive), "no provenance file")
    host.succeeds("the archive is installed", host.run("helm", "plugin", "install", "--verify=false", archive))
    host.write("same/plugin.yaml", SAME)
    host.succeeds("a folder is installed", host.run("helm", "plugin", "install", "--verify=false", host.folder / "same"))
    installed = host.run("helm", "env", "HELM_PLUGINS").stdout.strip()
    host.check("a folder is installed by a symlink", Path(installed, "same").is_symlink(), installed)


def chart(host, files):
    shutil.rmtree(host.folder / "models", ignore_errors=True)
    host.write("models/Chart.yaml", "apiVersion: v2\nname: models\nversion: 0.1.0\n")
    for path, text in files.items():
        host.write(f"models/{path}", text)


def render(host, renderer, *arguments):
    arguments = [word for argument in arguments for word in ("--post-renderer-args", argument)]
    return host.run("helm", "template", "models", "models", "--include-crds", "--post-renderer", renderer, *arguments)


def refusals(host, is_4):
    enable = ("enable", "--backend=jaeger")
    chart(host, {"templates/wrong.yaml": REFUSED})
    words = ["SeldonDeployment prod/wrong, models/templates/wrong.yaml", "expected a list"]
    host.refuses("a refused manifest", render(host, "seldon-trace", *enable), *words)
    chart(host, {"templates/iris.yaml": DEPLOYMENT.format(name="iris")})
    host.refuses("no arguments", render(host, "seldon-trace"), "no command: give one, such as `enable --backend", "--post-renderer-args")
    host.refuses("a wrong argument", render(host, "seldon-trace", "enable", "--bakcend=x"), "--bakcend", "--backend")
    settings = host.write(".seldon-trace.yaml", "bakcend: jaeger\n")
    host.refuses("a fault in the settings", render(host, "seldon-trace", "enable"), ".seldon-trace.yaml:1:1", "bakcend")
    settings.unlink()
    chart(host, {"templates/empty.yaml": "{{ if false }}a: b{{ end }}\n"})
    done = render(host, "seldon-trace", *enable)
    host.equal("an empty chart is taken", not is_4, done.returncode == 0)
    if is_4:
        host.check("an empty chart: the reason", "produced empty output" in done.stderr, done.stderr)
        host.check("and so with another program", render(host, "same").returncode != 0)
