"""The programs in Go that the tests run. Each is built once, in the cache."""

from pathlib import Path

import caches

TESTS = Path(__file__).resolve().parents[1]

# One module, and not one for each: Helm, Krew and the API server are built on the same packages, which take most of the time.
TOOLS = TESTS / "hosts" / "tools"
E2E = TESTS / "e2e"

# The folder of the module, and the package in it.
PROGRAMS = {
    "executor": (TESTS / "clients" / "executor", "."),
    "datadog-agent": (E2E / "datadog_agent", "."),
    "collector": (E2E / "collector", "."),
    "kustomize": (TOOLS, "sigs.k8s.io/kustomize/kustomize/v5"),
    "helm-3": (TOOLS, "helm.sh/helm/v3/cmd/helm"),
    "helm-4": (TOOLS, "helm.sh/helm/v4/cmd/helm"),
    "krew": (TOOLS, "sigs.k8s.io/krew/cmd/krew"),
    "krew-validate": (TOOLS, "sigs.k8s.io/krew/cmd/validate-krew-manifest"),
    "apiserver": (TOOLS, "k8s.io/kubernetes/cmd/kube-apiserver"),
    "etcd": (TOOLS, "go.etcd.io/etcd/server/v3"),
    "certificates": (TESTS / "cluster" / "certificates", "."),
    "argocd": (TESTS / "hosts" / "argocd_server", "."),
    "jaeger": (E2E / "jaeger", "github.com/jaegertracing/jaeger/cmd/jaeger"),
}

# They take several minutes more: built if they are asked for, and then used always.
ON_REQUEST = {"argocd", "jaeger"}

# What takes minutes where nothing of it is in Go's own caches.
BUILD_SECONDS = 1800


def built(name, is_requested=False):
    """The program's path.

    Raises NotInstalled with the reason.
    """
    folder, package = PROGRAMS[name]
    may_build = is_requested or name not in ON_REQUEST
    return caches.go_program(name, folder, BUILD_SECONDS, package, may_build)
