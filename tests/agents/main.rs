//! What `agent` prints, read again: names that Kubernetes takes, Services that select the pods, ports that the config
//! listens on, mounts where the arguments want them.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod webhook;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_yaml::Value;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Every kind that prints manifests, with its options.
const MANIFESTS: &[&str] = &[
    "collector --to jaeger.tracing:4317",
    "collector -n tracing --to [::1]:443 --tls --name 0x1f --image registry:5000/otel:1",
    "collector -n null --to datadog --api-key-secret dd.secret/API_KEY --site datadoghq.eu --name 1e3",
    "jaeger",
    "jaeger -n tracing --name on --image jaeger@sha256:0",
];

fn run(line: &str) -> Result<Output> {
    let words = shell_words::split(line)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
    Ok(command.arg("agent").args(words).env_clear().stdin(Stdio::null()).output()?)
}

fn printed(line: &str) -> Result<String> {
    let done = run(line)?;
    ensure!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(String::from_utf8(done.stdout)?)
}

fn documents(text: &str) -> Result<Vec<Value>> {
    serde_yaml::Deserializer::from_str(text).map(|one| Ok(Value::deserialize(one)?)).collect()
}

fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents.iter().filter(|document| document["kind"] == kind).collect()
}

fn texts(value: &Value) -> Result<BTreeMap<String, String>> {
    serde_yaml::from_value(value.clone()).context("a map of texts")
}

fn items(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_mapping().into_iter().flat_map(|map| map.keys()).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn is_label(name: &str) -> bool {
    let is_end = |end: Option<char>| end.is_some_and(|end| end.is_ascii_lowercase() || end.is_ascii_digit());
    name.len() <= 63
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && is_end(name.chars().next())
        && is_end(name.chars().last())
}

/// The ports that the entries of a section listen on.
fn listens(section: &Value, found: &mut BTreeSet<u64>) -> Result<()> {
    for (key, value) in section.as_mapping().into_iter().flatten() {
        match value.as_str().filter(|_| key == "endpoint") {
            Some(endpoint) => {
                let port =
                    endpoint.strip_prefix("0.0.0.0:").with_context(|| format!("{endpoint} is not every address"))?;
                ensure!(found.insert(port.parse()?), "two listen on {port}");
            }
            None => listens(value, found)?,
        }
    }
    Ok(())
}

/// Each entry of a section is used, and each that is used exists.
fn check_pipelines(config: &Value) -> Result<()> {
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for pipeline in config["service"]["pipelines"].as_mapping().context("no pipelines")?.values() {
        for section in ["receivers", "processors", "exporters"] {
            let names = items(&pipeline[section]).iter().filter_map(Value::as_str).map(str::to_owned);
            used.entry(section).or_default().extend(names);
        }
    }
    let connectors = keys(&config["connectors"]);
    for (section, used) in used {
        let mut defined = keys(&config[section]);
        if section != "processors" {
            defined.extend(connectors.iter().cloned());
        }
        ensure!(used == defined, "{section}: {used:?} are used, {defined:?} exist");
    }
    let extensions: BTreeSet<String> =
        items(&config["service"]["extensions"]).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    ensure!(extensions == keys(&config["extensions"]), "{extensions:?}");
    Ok(())
}

#[test]
fn the_parts_of_each_manifest_fit_each_other() -> Result<()> {
    for line in MANIFESTS {
        check_manifest(&printed(line)?).with_context(|| (*line).to_owned())?;
    }
    Ok(())
}

fn check_manifest(text: &str) -> Result<()> {
    let documents = documents(text)?;
    let [config_map] = of_kind(&documents, "ConfigMap")[..] else { anyhow::bail!("not one ConfigMap") };
    let workloads = [of_kind(&documents, "DaemonSet"), of_kind(&documents, "Deployment")].concat();
    let [workload] = workloads[..] else { anyhow::bail!("not one workload") };
    for document in &documents {
        let metadata = &document["metadata"];
        ensure!(metadata["name"].as_str().is_some_and(is_label), "{metadata:?}");
        ensure!(metadata["namespace"] == config_map["metadata"]["namespace"], "another namespace: {metadata:?}");
        ensure!(
            metadata["namespace"].is_null() || metadata["namespace"].as_str().is_some_and(is_label),
            "{metadata:?}"
        );
    }
    let template = &workload["spec"]["template"];
    let (pod, labels) = (&template["spec"], texts(&template["metadata"]["labels"])?);
    let is_selected = |selector: &Value| -> Result<bool> {
        let selector = texts(selector)?;
        Ok(!selector.is_empty() && selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
    };
    ensure!(is_selected(&workload["spec"]["selector"]["matchLabels"])?, "the workload does not select its pods");

    let [container] = items(&pod["containers"]) else { anyhow::bail!("not one container") };
    let [volume] = items(&pod["volumes"]) else { anyhow::bail!("not one volume") };
    let [mount] = items(&container["volumeMounts"]) else { anyhow::bail!("not one mount") };
    ensure!(volume["configMap"]["name"] == config_map["metadata"]["name"] && volume["name"] == mount["name"]);
    let data = texts(&config_map["data"])?;
    let (file, config) = data.first_key_value().context("no config")?;
    let folder = mount["mountPath"].as_str().context("no path")?;
    ensure!(items(&container["args"]) == [Value::from(format!("--config={folder}/{file}"))]);

    let config: Value = serde_yaml::from_str(config)?;
    check_pipelines(&config)?;
    let (mut received, mut all) = Default::default();
    listens(&config["receivers"], &mut received)?;
    ensure!(received == BTreeSet::from([4317, 4318, 5775, 6831]), "{received:?}");
    listens(&config["receivers"], &mut all)?;
    listens(&config["extensions"], &mut all)?;
    let ports = items(&container["ports"]);
    let number = |port: &Value, key: &str| port[key].as_u64();
    let opened: BTreeSet<u64> = ports.iter().filter_map(|port| number(port, "containerPort")).collect();
    // Jaeger's query service has a gRPC port that nobody needs from outside.
    all.remove(&16685);
    ensure!(opened == all, "{opened:?} are open, {all:?} are listened on");
    let of_node: BTreeSet<u64> = ports.iter().filter_map(|port| number(port, "hostPort")).collect();
    ensure!(of_node == if workload["kind"] == "DaemonSet" { received.clone() } else { BTreeSet::new() });
    let is_udp = |port: &Value| port["protocol"] == "UDP";
    let udp: BTreeSet<_> =
        ports.iter().filter(|port| is_udp(port)).filter_map(|port| number(port, "containerPort")).collect();
    ensure!(udp == BTreeSet::from([5775, 6831]));

    let mut served = BTreeSet::new();
    for service in of_kind(&documents, "Service") {
        ensure!(is_selected(&service["spec"]["selector"])?, "a Service does not select the pods");
        for port in items(&service["spec"]["ports"]) {
            let own = ports.iter().find(|own| own["name"] == port["targetPort"]).context("no port of that name")?;
            ensure!(own["containerPort"] == port["port"] && own["protocol"] == port["protocol"], "{port:?}");
            served.extend(number(port, "port"));
        }
    }
    let is_single = workload["kind"] == "Deployment";
    ensure!(!is_single || served == [received, BTreeSet::from([16686])].concat_sets(), "{served:?}");

    for probe in ["livenessProbe", "readinessProbe"] {
        let name = &container[probe]["httpGet"]["port"];
        ensure!(ports.iter().any(|port| port["name"] == *name && port["containerPort"] == 13133), "{probe}");
    }
    let security = &container["securityContext"];
    ensure!(security["readOnlyRootFilesystem"] == true && security["allowPrivilegeEscalation"] == false);
    ensure!(pod["securityContext"]["runAsNonRoot"] == true && pod["enableServiceLinks"] == false);
    ensure!(!container["resources"]["limits"]["memory"].is_null());

    // The references of the config are the variables of the container.
    let variables = items(&container["env"]).iter().filter(|variable| variable["value"].is_null());
    let names: BTreeSet<_> = variables.filter_map(|variable| variable["name"].as_str()).collect();
    let referenced =
        data.values().flat_map(|text| text.split("${env:").skip(1)).filter_map(|rest| rest.split('}').next());
    ensure!(referenced.collect::<BTreeSet<_>>() == names, "{names:?}");
    Ok(())
}

trait Sets {
    fn concat_sets(self) -> BTreeSet<u64>;
}

impl Sets for [BTreeSet<u64>; 2] {
    fn concat_sets(self) -> BTreeSet<u64> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn another_config_restarts_the_pods() -> Result<()> {
    let hash = |line: &str| -> Result<Value> {
        let documents = documents(&printed(line)?)?;
        let [workload] = of_kind(&documents, "DaemonSet")[..] else { anyhow::bail!("no DaemonSet") };
        Ok(workload["spec"]["template"]["metadata"]["annotations"]["seldon-trace/config"].clone())
    };
    ensure!(hash("collector --to a:1")? == hash("collector -n b --to a:1")?);
    ensure!(hash("collector --to a:1")? != hash("collector --to a:2")?);
    Ok(())
}

#[test]
fn the_key_comes_from_the_secret() -> Result<()> {
    let documents = documents(&printed(MANIFESTS[2])?)?;
    let [workload] = of_kind(&documents, "DaemonSet")[..] else { anyhow::bail!("no DaemonSet") };
    let variables = &workload["spec"]["template"]["spec"]["containers"][0]["env"];
    let key = items(variables).iter().find(|variable| variable["name"] == "DD_API_KEY").context("no DD_API_KEY")?;
    let secret = &key["valueFrom"]["secretKeyRef"];
    ensure!(secret["name"] == "dd.secret" && secret["key"] == "API_KEY", "{secret:?}");
    Ok(())
}

#[test]
fn a_bad_option_prints_nothing() -> Result<()> {
    let cases: &[(&str, &str)] = &[
        ("collector", "--to"),
        ("collector --to jaeger", "HOST:PORT"),
        ("collector --to http://jaeger:4317", "without a scheme"),
        ("collector --to jaeger:0", "1 to 65535"),
        ("collector --to '<host>:4317'", "name"),
        ("collector --to a:1 --name A", "lower-case"),
        ("collector --to a:1 -n a.b", "lower-case"),
        ("collector --to a:1 --image 'a b'", "REPOSITORY"),
        ("collector --to a:1 --site datadoghq.eu", "--to datadog"),
        ("collector --to a:1 --api-key-secret a", "--to datadog"),
        ("collector --to datadog", "--api-key-secret"),
        ("collector --to datadog --api-key-secret a --tls", "--tls"),
        ("collector --to datadog --api-key-secret A", "lower-case"),
        ("collector --to datadog --api-key-secret a --site https://datadoghq.eu", "scheme"),
        ("jaeger --name 1a", "letter"),
        ("jaeger --name jaeger-agent", "JAEGER_AGENT_PORT"),
        ("jaeger --name dd-trace-agent", "DD_TRACE_AGENT_PORT"),
        ("datadog-values", "--api-key-secret"),
        ("datadog-values --api-key-secret a/other", "`api-key`"),
        ("compose --name A", "lower-case"),
        ("jaeger-config .", "--config-map"),
        ("jaeger-config --config-map A .", "lower-case"),
        ("jaeger-config --config-map a --sampler-type remote --sampler-param 1 fixtures/agent", "remote"),
        ("jaeger-config --config-map a --sampler-type probabilistic --sampler-param 2 fixtures/agent", "0 to 1"),
        ("jaeger-config --config-map a --only orchestrator fixtures/agent", "no container"),
        ("other", "other"),
    ];
    let keys = [
        format!("collector --to datadog --api-key-secret {KEY}"),
        format!("collector --to datadog --api-key-secret datadog/{KEY}"),
        format!("datadog-values --api-key-secret {KEY}"),
    ];
    let keys = keys.iter().map(|line| (line.as_str(), "the key itself"));
    for (line, word) in cases.iter().copied().chain(keys) {
        let done = run(line)?;
        let said = String::from_utf8(done.stderr)?;
        ensure!(done.status.code() == Some(2) && done.stdout.is_empty(), "{line}: {}", done.status);
        ensure!(said.contains(word) && !said.contains(KEY), "{line}: {said}");
    }
    Ok(())
}

/// A manifest with one deployment of this name, in this namespace.
fn deployment(name: &str, namespace: &str, container: &str) -> String {
    format!(
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {{name: '{name}', namespace: \
         '{namespace}'}}\nspec:\n  predictors:\n  - name: main\n    graph: {{name: '{container}'}}\n    \
         componentSpecs: [{{spec: {{containers: [{{name: '{container}'}}]}}}}]\n---\n"
    )
}

fn config_map(options: &str, input: &str) -> Result<Output> {
    let words = shell_words::split(options)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_seldon-trace"));
    command.args(["agent", "jaeger-config", "--no-config", "--config-map", "jaeger"]).args(words).env_clear();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    Ok(child.wait_with_output()?)
}

#[test]
fn there_is_a_config_map_for_each_namespace() -> Result<()> {
    let input = deployment("iris", "b", "model") + &deployment("iris", "a", "model") + &deployment("wine", "a", "x");
    let done = config_map("--service '{name}/{namespace}' --propagation b3", &input)?;
    ensure!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    let documents = documents(&String::from_utf8(done.stdout)?)?;
    let found: Vec<_> =
        documents.iter().map(|one| (one["metadata"]["namespace"].as_str(), keys(&one["data"]))).collect();
    let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
    let (of_a, of_b) = (set(&["iris.main.model.yaml", "wine.main.x.yaml"]), set(&["iris.main.model.yaml"]));
    ensure!(found == [(Some("a"), of_a), (Some("b"), of_b)], "{found:?}");
    let file: Value = serde_yaml::from_str(documents[0]["data"]["wine.main.x.yaml"].as_str().context("no file")?)?;
    ensure!(file["service_name"] == "wine/a" && file["propagation"] == "b3" && file["logging"] == true, "{file:?}");
    ensure!(file["sampler"]["type"] == "const" && file["sampler"]["param"] == 1, "{file:?}");
    Ok(())
}

#[test]
fn keys_are_those_of_a_config_map() -> Result<()> {
    let long = "a".repeat(300);
    for (input, word) in [
        (deployment("i ris", "a", "model"), "the name `i ris.main.model.yaml`"),
        (deployment("", "a", "model"), "none of the names is empty"),
        (deployment(&long, "a", "model"), "253"),
        // Two names with dots can have one key.
        (
            deployment("iris", "a", "model")
                + &deployment("iris", "a", "model").replace("main", "main.x").replace("model", "y")
                + &deployment("iris", "a", "x.y"),
            "`iris.main.x.y.yaml`",
        ),
    ] {
        let done = config_map("--service '{predictor}'", &input)?;
        let said = String::from_utf8(done.stderr)?;
        ensure!(done.status.code() == Some(2) && done.stdout.is_empty() && said.contains(word), "{word}: {said}");
    }
    Ok(())
}

#[test]
fn a_config_map_is_not_larger_than_kubernetes_takes() -> Result<()> {
    let input: String = (0..5000).map(|number| deployment(&format!("iris-{number}"), "a", "model")).collect();
    let done = config_map("", &input)?;
    ensure!(done.status.success() && String::from_utf8(done.stderr)?.contains("--server-side"));
    let done = config_map(&format!("--service {}", "a".repeat(200)), &input)?;
    let said = String::from_utf8(done.stderr)?;
    ensure!(done.status.code() == Some(2) && done.stdout.is_empty() && said.contains("1048576"), "{said}");
    Ok(())
}

/// Reads what is printed as Compose and Kubernetes do, without running it. Each is also spoilt, to show that it can fail.
#[test]
fn compose_and_kubernetes_know_every_field() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents/check");
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("agents-check");
    let mut build = Command::new("go");
    let built = build.args(["build", "-o"]).arg(&program).arg(".").current_dir(folder).output();
    if !built.is_ok_and(|built| built.status.success()) {
        eprintln!("skipped: the fields of Compose and Kubernetes: there is no Go on PATH, or modules can't be fetched");
        return Ok(());
    }
    let accepts = |reader: &str, text: &str| -> Result<bool> {
        let mut child = Command::new(&program).arg(reader).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        child.stdin.take().context("no standard input")?.write_all(text.as_bytes())?;
        let done = child.wait_with_output()?;
        eprint!("{}", String::from_utf8_lossy(&done.stderr));
        Ok(done.status.success())
    };
    let of_compose =
        ["compose", "compose --name 1e3 --model-image a:1"].map(|line| (line, "compose", "ports:", "port:"));
    let of_kubernetes = MANIFESTS.iter().map(|line| (*line, "kubernetes", "runAsUser:", "runAs:"));
    for (line, reader, right, wrong) in of_compose.into_iter().chain(of_kubernetes) {
        let text = printed(line)?;
        ensure!(accepts(reader, &text)?, "{line}:\n{text}");
        ensure!(!accepts(reader, &text.replace(right, wrong))?, "{line} with {wrong}");
    }
    Ok(())
}
