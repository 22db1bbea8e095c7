//! What `agent webhook` prints: objects that fit each other and the program's own options.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_yaml::Value;
use tempfile::TempDir;

use crate::{KEY, documents, items, of_kind, printed, run, texts};

/// A text in which nothing may be quoted or trimmed.
const SETTINGS: &str = "# on: yes\n\nbackend: jaeger\nservice: yes\nkeep:\n- no\n\n";

/// A file beside the command line.
fn folder(files: &[(&str, &str)]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        fs::write(folder.path().join(name), text)?;
    }
    Ok(folder)
}

const PEM: &str = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";

/// The options for files in a folder.
fn line(folder: &TempDir, options: &str) -> String {
    let path = folder.path().display();
    format!(
        "webhook --image registry.example.com/a:1 --config {path}/settings.yaml {}",
        options.replace('@', &format!("{path}/"))
    )
}

fn one<'a>(documents: &'a [Value], kind: &str) -> Result<&'a Value> {
    let [one] = of_kind(documents, kind)[..] else { anyhow::bail!("not one {kind}") };
    Ok(one)
}

#[test]
fn the_parts_of_the_webhook_fit_each_other() -> Result<()> {
    let folder = folder(&[("settings.yaml", SETTINGS), ("ca.crt", PEM)])?;
    for (options, namespace) in
        [("", "seldon-trace"), ("-n on --scope all", "on"), ("--tls-secret own --ca-bundle @ca.crt", "seldon-trace")]
    {
        let text = printed(&line(&folder, options))?;
        check(&documents(&text)?, namespace, options).with_context(|| format!("{options}:\n{text}"))?;
    }
    Ok(())
}

fn check(documents: &[Value], namespace: &str, options: &str) -> Result<()> {
    let (hook, deployment) = (one(documents, "MutatingWebhookConfiguration")?, one(documents, "Deployment")?);
    ensure!(one(documents, "Namespace")?["metadata"]["name"] == namespace, "another namespace");
    let others = documents.iter().filter(|one| one["kind"] != "Namespace" && one["kind"] != hook["kind"]);
    for document in others {
        ensure!(document["metadata"]["namespace"] == namespace, "another namespace: {document:?}");
    }
    let pod = &deployment["spec"]["template"]["spec"];
    let labels = texts(&deployment["spec"]["template"]["metadata"]["labels"])?;
    let (service, budget) = (one(documents, "Service")?, one(documents, "PodDisruptionBudget")?);
    let network = one(documents, "NetworkPolicy")?;
    for selector in [
        &deployment["spec"]["selector"]["matchLabels"],
        &service["spec"]["selector"],
        &budget["spec"]["selector"]["matchLabels"],
        &network["spec"]["podSelector"]["matchLabels"],
        &pod["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ] {
        let selector = texts(selector)?;
        let selects = selector.iter().all(|(key, value)| labels.get(key) == Some(value));
        ensure!(!selector.is_empty() && selects, "the pods are not selected by {selector:?}");
    }
    ensure!(pod["serviceAccountName"] == one(documents, "ServiceAccount")?["metadata"]["name"], "another account");

    let [container] = items(&pod["containers"]) else { anyhow::bail!("not one container") };
    let [port] = items(&container["ports"]) else { anyhow::bail!("not one port") };
    let [served] = items(&service["spec"]["ports"]) else { anyhow::bail!("not one port") };
    ensure!(served["targetPort"] == port["name"] && network["spec"]["ingress"][0]["ports"][0]["port"] == port["name"]);
    ensure!(items(&network["spec"]["egress"]).is_empty() && items(&network["spec"]["policyTypes"]).len() == 2);
    for (probe, path) in [("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")] {
        let get = &container[probe]["httpGet"];
        ensure!(get["path"] == path && get["port"] == port["name"] && get["scheme"] == "HTTPS", "{probe}: {get:?}");
    }
    let security = &container["securityContext"];
    ensure!(security["readOnlyRootFilesystem"] == true && security["allowPrivilegeEscalation"] == false);
    ensure!(pod["securityContext"]["runAsNonRoot"] == true && pod["automountServiceAccountToken"] == false);
    let resources = &container["resources"];
    ensure!(!resources["requests"]["cpu"].is_null() && !resources["limits"]["memory"].is_null(), "{resources:?}");
    ensure!(deployment["spec"]["replicas"] == 2 && budget["spec"]["maxUnavailable"] == 1);

    // Each option names a file of a volume.
    let config_map = one(documents, "ConfigMap")?;
    let data = texts(&config_map["data"])?;
    ensure!(data.values().eq([SETTINGS]), "{data:?}");
    let arguments: Vec<&str> = items(&container["args"]).iter().filter_map(Value::as_str).collect();
    ensure!(arguments[0] == "webhook", "{arguments:?}");
    let listens = format!("--listen=0.0.0.0:{}", port["containerPort"].as_u64().context("no port")?);
    ensure!(arguments.contains(&listens.as_str()), "{arguments:?}");
    let (settings_key, secret) = (data.keys().next().context("no key")?, secret(documents, options)?);
    for (option, key) in [("--config=", settings_key.as_str()), ("--cert=", "tls.crt"), ("--key=", "tls.key")] {
        let path = arguments.iter().find_map(|argument| argument.strip_prefix(option)).context(option)?;
        let folder = path.strip_suffix(&format!("/{key}")).context(option)?;
        let mount = items(&container["volumeMounts"]).iter().find(|mount| mount["mountPath"] == folder);
        let name = &mount.with_context(|| format!("no mount {folder}"))?["name"];
        let volume = items(&pod["volumes"]).iter().find(|volume| volume["name"] == *name).context("no volume")?;
        let is_there = match option {
            "--config=" => volume["configMap"]["name"] == config_map["metadata"]["name"],
            _ => volume["secret"]["secretName"] == secret.as_str(),
        };
        ensure!(is_there, "{volume:?} has no {key}");
    }
    check_hook(hook, service, options)
}

/// The Secret with the certificate: the one that is named, or that of a Certificate for the Service's name.
fn secret(documents: &[Value], options: &str) -> Result<String> {
    let certificates = of_kind(documents, "Certificate");
    if options.contains("--tls-secret") {
        ensure!(certificates.is_empty() && of_kind(documents, "Issuer").is_empty(), "cert-manager");
        return Ok("own".to_owned());
    }
    let service = &one(documents, "Service")?["metadata"];
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let host = format!("{}.{}.svc", name(&service["name"]), name(&service["namespace"]));
    let is_for = |one: &&&Value| items(&one["spec"]["dnsNames"]) == [Value::from(host.as_str())];
    let own = certificates.iter().find(is_for).context("no certificate for the Service")?;
    // Its issuer has the Secret of the authority, whose own issuer signs itself.
    let issuer = |one: &Value| -> Result<&Value> {
        let issuers = of_kind(documents, "Issuer").into_iter();
        let mut named = issuers.filter(|issuer| issuer["metadata"]["name"] == one["spec"]["issuerRef"]["name"]);
        named.next().context("no such issuer")
    };
    let of_authority = &issuer(own)?["spec"]["ca"]["secretName"];
    let authority =
        certificates.iter().find(|one| one["spec"]["secretName"] == *of_authority).context("no authority")?;
    ensure!(authority["spec"]["isCA"] == true && issuer(authority)?["spec"]["selfSigned"].is_mapping());
    let hook = &one(documents, "MutatingWebhookConfiguration")?["metadata"]["annotations"];
    let trusted = format!("{}/{}", name(&service["namespace"]), name(&authority["metadata"]["name"]));
    ensure!(hook["cert-manager.io/inject-ca-from"] == trusted.as_str(), "{hook:?}");
    Ok(name(&own["spec"]["secretName"]))
}

fn check_hook(hook: &Value, service: &Value, options: &str) -> Result<()> {
    let [webhook] = items(&hook["webhooks"]) else { anyhow::bail!("not one webhook") };
    let client = &webhook["clientConfig"];
    ensure!(client["service"]["name"] == service["metadata"]["name"] && client["service"]["path"] == "/mutate");
    ensure!(client["service"]["namespace"] == service["metadata"]["namespace"], "{client:?}");
    ensure!(client["service"]["port"] == service["spec"]["ports"][0]["port"], "{client:?}");
    let is_own = options.contains("--ca-bundle");
    ensure!(client["caBundle"].is_string() == is_own, "{client:?}");
    for (field, value) in [("failurePolicy", "Ignore"), ("sideEffects", "None"), ("reinvocationPolicy", "IfNeeded")] {
        ensure!(webhook[field] == value, "{field}");
    }
    ensure!(webhook["timeoutSeconds"] == 5 && webhook["admissionReviewVersions"][0] == "v1", "{webhook:?}");
    let selector = &webhook["namespaceSelector"];
    let is_for_all = options.contains("--scope all");
    ensure!(selector["matchLabels"]["seldon-trace/inject"].is_string() != is_for_all, "{selector:?}");
    let left_out = items(&selector["matchExpressions"][0]["values"]);
    ensure!(!is_for_all || left_out.contains(&service["metadata"]["namespace"]), "{selector:?}");
    let rule = &webhook["rules"][0];
    ensure!(items(&rule["apiVersions"]).len() == 3 && rule["resources"][0] == "seldondeployments", "{rule:?}");
    let condition = webhook["matchConditions"][0]["expression"].as_str().context("no condition")?;
    ensure!(condition.contains("'seldon-trace/skip'"), "{condition}");
    Ok(())
}

#[test]
fn a_bad_option_of_the_webhook_prints_nothing() -> Result<()> {
    let private = format!("{PEM}-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n");
    let folder = folder(&[
        ("settings.yaml", SETTINGS),
        ("ca.crt", PEM),
        ("wrong.yaml", "backend: jager\n"),
        ("none.yaml", "service: a\n"),
        ("path.yaml", "{backend: jaeger, overrides: [{match: {path: a}, service: b}]}\n"),
        (
            "both.yaml",
            "{backend: jaeger, overrides: [{match: {name: a}, sampler-type: probabilistic, sampler-param: 5}]}",
        ),
        ("private.crt", &private),
        ("no.crt", "MA==\n"),
    ])?;
    for (options, word) in [
        ("--scope some", "labelled"),
        ("-n A", "lower-case"),
        ("--tls-secret a", "--ca-bundle"),
        ("--ca-bundle @ca.crt", "--tls-secret"),
        ("--tls-secret a --ca-bundle @missing", "missing"),
        ("--tls-secret a --ca-bundle @no.crt", "no certificate"),
        ("--tls-secret a --ca-bundle @private.crt", "private key"),
    ] {
        refuses(&line(&folder, options), word)?;
    }
    for (file, word) in [("wrong", "jaeger"), ("none", "`backend`"), ("path", "`path`"), ("both", "override")] {
        refuses(&line(&folder, "").replace("settings.yaml", &format!("{file}.yaml")), word)?;
    }
    let path = folder.path().display();
    refuses(&format!("webhook --config {path}/settings.yaml"), "--image")?;
    refuses(&format!("webhook --image 'a b' --config {path}/settings.yaml"), "REPOSITORY")
}

fn refuses(line: &str, word: &str) -> Result<()> {
    let done = run(line)?;
    let said = String::from_utf8(done.stderr)?;
    ensure!(done.status.code() == Some(2) && done.stdout.is_empty(), "{line}: {}", done.status);
    ensure!(said.contains(word) && !said.contains(KEY), "{line}: {said}");
    Ok(())
}
