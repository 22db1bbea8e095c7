//! The blocks of shell in the documents, with their expected results.

/// The expected result of a block. A path is one in the folder, or [`PRINTED`] or [`APPLIED`].
pub enum Wanted {
    /// All deployments of it trace, and there is one.
    Traced(&'static str),
    /// None does.
    Off(&'static str),
    /// It has these words.
    Holds(&'static str, &'static str),
}

/// The output of the block.
pub const PRINTED: &str = "printed";
/// The manifests that the stand-ins got for the cluster.
pub const APPLIED: &str = "applied";

use Wanted::{Holds, Off, Traced};

pub enum Plan {
    /// Why it can't be run.
    Skip(&'static str),
    Run {
        /// The programs that have to be real.
        needs: &'static [&'static str],
        /// The script that runs in the folder before.
        before: &'static str,
        wanted: &'static [Wanted],
    },
}

const fn run(needs: &'static [&'static str], before: &'static str, wanted: &'static [Wanted]) -> Plan {
    Plan::Run { needs, before, wanted }
}

const ON: &str = "seldon-trace enable --quiet --backend jaeger --in-place deploy iris.yaml";

/// A value without its quotes, which `lint --fix` puts back.
const BROKEN: &str = "seldon-trace enable --quiet --backend jaeger --agent-port 6831 --in-place deploy
    sed \"s/'6831'/6831/\" deploy/iris.yaml > broken
    mv broken deploy/iris.yaml";

/// A repository and one that it is pushed to.
const REPOSITORY: &str = "git init --quiet --bare \"$CLUSTER/origin.git\"
    git init --quiet
    git remote add origin \"$CLUSTER/origin.git\"
    git add deploy
    git commit --quiet --message Models";

const IN_CLUSTER: &str = "it is for the pods of a cluster";
const OF_CLUSTER: &str = "tests/cluster does the same in a cluster";

/// The blocks in their order: the file, the heading, how the first line begins, and the expected result.
pub const BLOCKS: &[(&str, &str, &str, Plan)] = &[
    ("README.md", "Install", "cargo install", Plan::Skip("it takes minutes")),
    (
        "README.md",
        "Try it",
        "cargo run --quiet -- enable",
        Plan::Skip("it builds the program; tests/docs.rs runs what is built"),
    ),
    (
        "README.md",
        "Jaeger, with a service name, tags and a rate",
        "seldon-trace enable --backend jaeger",
        run(&[], "", &[Off("iris.yaml"), Holds(PRINTED, "JAEGER_SERVICE_NAME")]),
    ),
    (
        "README.md",
        "Datadog, with a service name, tags and a rate",
        "seldon-trace enable --backend datadog",
        run(&[], "", &[Off("iris.yaml"), Holds(PRINTED, "DD_SERVICE")]),
    ),
    (
        "README.md",
        "Off again",
        "seldon-trace disable --in-place deploy/",
        run(&[], ON, &[Off("deploy"), Traced("iris.yaml")]),
    ),
    (
        "README.md",
        "Deploy",
        "seldon-trace enable --backend jaeger deploy/ | kubectl apply -f -",
        run(&[], "", &[Off("deploy"), Traced(APPLIED), Holds(APPLIED, "kind: Service")]),
    ),
    (
        "README.md",
        "Deploy",
        "seldon-trace enable --backend jaeger --in-place base/",
        run(&["kubectl"], "", &[Traced("base"), Traced(APPLIED), Holds(APPLIED, "namespace: prod")]),
    ),
    ("README.md", "Deploy", "helm upgrade --install models ./chart", run(&[], "", &[Traced(APPLIED)])),
    (
        "README.md",
        "Deploy",
        "git switch --quiet --create tracing",
        run(&["git"], REPOSITORY, &[Traced("deploy"), Holds("pushed", "Switch tracing on")]),
    ),
    (
        "README.md",
        "Deploy",
        "seldon-trace enable --backend jaeger --check --require-match deploy/",
        run(&[], ON, &[Traced("deploy")]),
    ),
    (
        "docs/agents.md",
        "collector",
        "kubectl create namespace tracing",
        run(&[], "", &[Off("deploy"), Traced(APPLIED)]),
    ),
    (
        "docs/agents.md",
        "collector",
        "kubectl create secret generic datadog-secret",
        run(&[], "", &[Off("deploy"), Traced(APPLIED)]),
    ),
    (
        "docs/agents.md",
        "jaeger",
        "seldon-trace agent jaeger",
        run(&[], "", &[Traced(APPLIED), Holds(APPLIED, "jaeger.tracing")]),
    ),
    (
        "docs/agents.md",
        "datadog-values",
        "seldon-trace agent datadog-values",
        run(&[], "", &[Holds("values.yaml", "datadoghq.eu")]),
    ),
    (
        "docs/agents.md",
        "datadog-values",
        "kubectl create secret generic datadog-secret",
        Plan::Skip("it installs a chart from the internet"),
    ),
    (
        "docs/agents.md",
        "jaeger-config",
        "seldon-trace agent jaeger-config",
        run(&[], "", &[Holds(APPLIED, "kind: ConfigMap")]),
    ),
    ("docs/agents.md", "compose", "seldon-trace agent compose", run(&[], "", &[Holds("compose.yaml", "jaeger")])),
    ("docs/agents.md", "compose", "docker compose up", Plan::Skip("it needs Docker")),
    (
        "docs/agents.md",
        "A sidecar in each pod",
        "seldon-trace enable --backend jaeger --agent sidecar",
        run(&[], "", &[Holds(APPLIED, "datadog-agent-injected")]),
    ),
    (
        "docs/architecture.md",
        "Tests",
        "mkdir -p tests/fuzz/corpus/TARGET",
        Plan::Skip("it needs cargo-fuzz, and takes ten minutes; tests/fuzzed.rs runs what it found"),
    ),
    ("docs/cluster.md", "Install", "skopeo copy oci-archive:", Plan::Skip("it pushes to a registry")),
    (
        "docs/cluster.md",
        "Install",
        "seldon-trace agent webhook --image",
        run(&[], "", &[Holds(APPLIED, "kind: MutatingWebhookConfiguration"), Holds(APPLIED, "tracing=off")]),
    ),
    ("docs/cluster.md", "Roll it out", "kubectl label namespace", Plan::Skip(OF_CLUSTER)),
    ("docs/cluster.md", "Take it out", "kubectl delete mutatingwebhookconfiguration", Plan::Skip(OF_CLUSTER)),
    ("docs/cluster.md", "Take it out", "kubectl get seldondeployments -n models", Plan::Skip(OF_CLUSTER)),
    (
        "docs/hosts.md",
        "kubectl",
        "seldon-trace enable --backend jaeger --in-place deploy/",
        run(&[], "", &[Traced("deploy"), Traced(APPLIED), Holds(APPLIED, "kind: Service")]),
    ),
    (
        "docs/hosts.md",
        "kubectl",
        "seldon-trace enable --backend jaeger deploy/ | kubectl apply -f -",
        run(&[], "", &[Off("deploy"), Traced(APPLIED), Holds(APPLIED, "kind: Service")]),
    ),
    (
        "docs/hosts.md",
        "kubectl",
        "ln -s \"$(command -v seldon-trace)\" ~/.local/bin/kubectl-seldon_trace",
        run(&[], "", &[Traced(APPLIED)]),
    ),
    (
        "docs/hosts.md",
        "kustomize",
        "seldon-trace enable --backend jaeger --in-place base/",
        run(&["kubectl"], "", &[Traced("base"), Traced(APPLIED), Holds(APPLIED, "namespace: prod")]),
    ),
    (
        "docs/hosts.md",
        "kustomize",
        "kustomize build overlays/prod > manifests.yaml &&",
        run(&["kustomize"], "", &[Off("base"), Traced(APPLIED), Holds(APPLIED, "namespace: prod")]),
    ),
    (
        "docs/hosts.md",
        "As a transformer",
        "kustomize build --enable-alpha-plugins --enable-exec . > traced.yaml",
        run(&["kustomize"], "", &[Traced("traced.yaml"), Holds("traced.yaml", "value: \"6831\"")]),
    ),
    (
        "docs/hosts.md",
        "As a transformer",
        "ln -s \"$(command -v seldon-trace)\" ~/.local/bin/SeldonTrace",
        run(
            &["kustomize"],
            "",
            &[
                Traced("deploy"),
                Holds("deploy/iris.yaml", "# Ours, and kept."),
                Holds("deploy/iris.yaml", "value: '6831'"),
            ],
        ),
    ),
    (
        "docs/hosts.md",
        "As a transformer",
        "export KUSTOMIZE_PLUGIN_HOME=\"$HOME/.config/kustomize/plugin\"",
        run(&["kubectl"], "", &[Traced("traced.yaml")]),
    ),
    (
        "docs/hosts.md",
        "Helm",
        "helm template models ./chart > rendered.yaml",
        run(&[], "", &[Off("rendered.yaml"), Holds(PRINTED, "1 not"), Holds(PRINTED, "+++ b/rendered.yaml")]),
    ),
    ("docs/hosts.md", "Helm", "helm template models ./chart > rendered.yaml &&", run(&[], "", &[Traced(APPLIED)])),
    (
        "docs/hosts.md",
        "Helm",
        "helm get manifest models | seldon-trace status",
        run(&[], "", &[Holds(PRINTED, "1 not")]),
    ),
    (
        "docs/hosts.md",
        "As a post-renderer",
        "# Helm 3, with seldon-trace on the PATH",
        run(&[], "", &[Traced(APPLIED)]),
    ),
    (
        "docs/hosts.md",
        "As a post-renderer",
        "# Helm 4, with the plugin's archive of a release",
        run(&[], "", &[Traced(APPLIED)]),
    ),
    (
        "docs/hosts.md",
        "Argo CD",
        "git switch --quiet --create tracing",
        run(&["git"], REPOSITORY, &[Traced("deploy"), Holds("pushed", "Switch tracing on")]),
    ),
    (
        "docs/hosts.md",
        "CI",
        "seldon-trace enable --backend jaeger --check --require-match deploy/",
        run(&[], ON, &[Traced("deploy")]),
    ),
    ("docs/hosts.md", "CI", "helm template models ./chart > rendered.yaml &&", run(&[], "", &[Traced("traced.yaml")])),
    ("docs/no-traces.md", "1. What the manifest decides", "seldon-trace status FILE", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "2. What the pod has", "kubectl get pod", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "3. Jaeger: the orchestrator exits at start", "kubectl logs POD", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "4. Jaeger: a container exits at start", "kubectl logs POD", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "5. Jaeger: no span is made", "kubectl logs POD", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "6. Jaeger: spans are made and do not arrive", "kubectl get pods", Plan::Skip(IN_CLUSTER)),
    (
        "docs/no-traces.md",
        "8. Datadog: no agent, or it refuses connections",
        "kubectl get pods -A",
        Plan::Skip(IN_CLUSTER),
    ),
    ("docs/no-traces.md", "9. Datadog: no library in the image", "kubectl exec POD", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "10. Datadog: the library does not start", "kubectl get pod", Plan::Skip(IN_CLUSTER)),
    ("docs/no-traces.md", "11. Datadog: the agent does not send on", "kubectl logs POD", Plan::Skip(IN_CLUSTER)),
    (
        "docs/no-traces.md",
        "13. Datadog: traces have another name, or no environment",
        "kubectl get pod",
        Plan::Skip(IN_CLUSTER),
    ),
    ("docs/no-traces.md", "14. Not Seldon's Python wrapper", "kubectl get pod", Plan::Skip(IN_CLUSTER)),
    (
        "docs/options.md",
        "Options",
        "# An agent elsewhere",
        run(&[], "", &[Traced("deploy"), Holds("iris.yaml", "DD_ENABLED"), Holds("iris.yaml", "DD_TAGS")]),
    ),
    (
        "docs/options.md",
        "Options",
        "# Off",
        run(&[], ON, &[Off("deploy"), Traced("iris.yaml"), Off(PRINTED), Holds(PRINTED, "JAEGER_AGENT_HOST")]),
    ),
    (
        "docs/output.md",
        "status",
        "seldon-trace status --format json deploy/ | jq -r '.deployments[] | select(.tracing != \"traced\") | .name'",
        run(&["jq"], "", &[Holds(PRINTED, "tracing-example\n")]),
    ),
    (
        "docs/output.md",
        "JSON Patch",
        "kubectl get seldondeployment iris -o json | seldon-trace enable --backend jaeger --json-patch --output patch.json",
        run(
            &["kubectl"],
            "",
            &[Traced(APPLIED), Holds("patch.json", "{\"op\": \"test\", \"path\": \"/metadata/name\"")],
        ),
    ),
    (
        "docs/rules.md",
        "Fix",
        "seldon-trace lint --fix --diff deploy/ || true",
        run(
            &[],
            BROKEN,
            &[Holds(PRINTED, "-            value: 6831"), Holds("deploy/iris.yaml", "value: '6831'"), Traced("deploy")],
        ),
    ),
    (
        "docs/settings.md",
        "Schema for editors",
        "seldon-trace config --schema > seldon-trace.schema.json",
        run(&[], "", &[Holds("seldon-trace.schema.json", "\"$schema\"")]),
    ),
];
