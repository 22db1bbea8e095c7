"""Argo CD's config management plugin server, asked as the repo server does."""

import contextlib
import json
import shutil
import subprocess
import time
from pathlib import Path

from host import DEPLOYMENT, OTHER, REFUSED

REPOSITORY = Path(__file__).resolve().parents[3]

# What the server waits for its socket, in seconds.
START = 20


@contextlib.contextmanager
def server(host, plugin):
    """The name of the plugin, while its server runs."""
    config = host.folder / plugin
    config.mkdir()
    shutil.copy(REPOSITORY / ".ci" / "hosts" / f"{plugin}.yaml", config / "plugin.yaml")
    env = environment(host)
    command = [host.bin / "argocd", "server", "--config-dir-path", config]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sockets = Path(env["ARGOCD_PLUGINSOCKFILEPATH"])
    try:
        deadline = time.monotonic() + START
        while not any(sockets.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield next(sockets.iterdir()).stem
    finally:
        process.kill()
        process.wait()
        for socket in sockets.iterdir():
            socket.unlink()


def environment(host):
    sockets = host.folder / "sockets"
    sockets.mkdir(exist_ok=True)
    path = f"{host.bin}:/usr/local/bin:/usr/bin:/bin"
    return {"HOME": str(host.home), "PATH": path, "ARGOCD_PLUGINSOCKFILEPATH": str(sockets)}


def generate(host, plugin, *env):
    repository = host.folder / "repository"
    application = ["ARGOCD_APP_NAME=app", "ARGOCD_APP_NAMESPACE=prod", "KUBE_VERSION=1.34.2", "KUBE_API_VERSIONS=apps/v1"]
    command = ["argocd", "generate", repository, repository / "app", plugin, *application, *env]
    return host.run(*command, **environment(host))


def resources(done):
    """The resources that Argo CD gets, each a JSON document."""
    decoder, at, found = json.JSONDecoder(), 0, []
    while at < len(done.stdout):
        resource, at = decoder.raw_decode(done.stdout, at)
        found.append(resource)
    return found


def files(host, texts):
    shutil.rmtree(host.folder / "repository", ignore_errors=True)
    for path, text in texts.items():
        host.write(f"repository/app/{path}", text)


def same(host, what, text, plugin):
    """What is traced already comes out as it is, so both are the same resources."""
    found = []
    for manifests in [text, host.enable(text)]:
        files(host, {"all.yaml": manifests})
        found.append(resources(generate(host, plugin, "PARAM_BACKEND=jaeger")))
    host.equal(f"{what}: what a pipe gives", found[1], found[0])


def check(host):
    iris = DEPLOYMENT.format(name="iris")
    jaeger = "PARAM_BACKEND=jaeger"
    with server(host, "argocd-plugin") as plugin:
        files(host, {"iris.yaml": iris, "other.yaml": OTHER, ".hidden.yaml": DEPLOYMENT.format(name="hidden")})
        for name in [plugin, ""]:
            done = generate(host, name, jaeger)
            host.succeeds(f"manifests ({name or 'discovered'})", done)
            names = sorted(resource["metadata"]["name"] for resource in resources(done))
            host.equal("all of them are there", ["hidden", "iris", "other"], names)
            host.equal("and trace", 4, done.stdout.count("JAEGER_AGENT_HOST"))
        same(host, "a deployment", iris, plugin)
        files(host, {"other.yaml": OTHER})
        host.refuses("no deployment is no match", generate(host, "", jaeger), "could not find plugin supporting")
        files(host, {"iris.yaml": iris, "wrong.yaml": REFUSED})
        words = ["wrong.yaml", "SeldonDeployment prod/wrong", "expected a list"]
        host.refuses("a refused manifest", generate(host, "", jaeger), *words)
        files(host, {"iris.yaml": iris, "broken.yaml": REFUSED.replace("predictors:", "[")})
        host.refuses("a manifest that does not parse", generate(host, "", jaeger), "broken.yaml")
        files(host, {"iris.yaml": iris, ".seldon-trace.yaml": "bakcend: jaeger\n"})
        host.refuses("a fault in the settings", generate(host, "", jaeger), ".seldon-trace.yaml", "bakcend")
        files(host, {"iris.yaml": iris})
        host.refuses("no backend", generate(host, ""), "set the parameter `backend`")
        files(host, {"kustomization.yaml": "resources: [iris.yaml]\n", "iris.yaml": iris})
        host.refuses("a kustomization is no match", generate(host, "", jaeger), "could not find plugin supporting")
        many = "---\n".join(DEPLOYMENT.format(name=f"m{number}") for number in range(3000))
        same(host, "3,000 deployments", many, plugin)
    with server(host, "argocd-plugin-build") as plugin:
        if "kustomize" in host.tools:
            files(host, {"kustomization.yaml": "resources: [iris.yaml]\n", "iris.yaml": iris})
            done = generate(host, "", jaeger)
            host.succeeds("a kustomization", done)
            host.equal("a kustomization traces", 4, done.stdout.count("JAEGER_AGENT_HOST") * 2)
            files(host, {"kustomization.yaml": "resources: [absent.yaml]\n# SeldonDeployment\n"})
            host.refuses("a kustomization that can't be built", generate(host, plugin, jaeger), "kustomize build")
        for helm in (tool for tool in ["helm-3", "helm-4"] if tool in host.tools):
            (host.bin / "helm").unlink(missing_ok=True)
            (host.bin / "helm").symlink_to(host.tools[helm])
            chart = {"Chart.yaml": "apiVersion: v2\nname: app\nversion: 0.1.0\n", "templates/iris.yaml": iris}
            files(host, chart)
            done = generate(host, "", jaeger)
            host.succeeds(f"a chart ({helm})", done)
            host.equal(f"a chart traces ({helm})", 4, done.stdout.count("JAEGER_AGENT_HOST") * 2)
            files(host, {**chart, "templates/iris.yaml": iris.replace("name: iris", "name: {{ required }}")})
            host.refuses(f"a chart that can't be rendered ({helm})", generate(host, plugin, jaeger), "helm template")
            files(host, {**chart, "templates/iris.yaml": REFUSED})
            words = ["SeldonDeployment prod/wrong", "templates/iris.yaml", "expected a list"]
            host.refuses(f"a refused manifest of a chart ({helm})", generate(host, plugin, jaeger), *words)
