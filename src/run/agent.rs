//! A run of `agent`, which prints what receives traces.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use super::colours::Colours;
use super::inputs::{AllWorked, Work};
use super::policy::{Decided, decide};
use super::settings::{RunSettings, of_webhook, webhook_settings};
use super::{RunStatus, policy, print, say, say_notes};
use crate::agent::{
    AllInOne, Compose, ConfigFile, ConfigFiles, DatadogValues, Export, MAX_APPLIED, MODEL_PORT, NodeCollector, SendTo,
    TlsSource, WebhookManifests, config_files,
};
use crate::cli::{
    AgentKind, AgentWebhookArgs, CollectorArgs, ComposeArgs, DatadogValuesArgs, JaegerArgs, JaegerConfigArgs,
};
use crate::documents::each_document;
use crate::knowledge::ports::JAEGER_UI;
use crate::knowledge::receivers::{ApiKeySecret, DEFAULT_SITE};
use crate::knowledge::{Backend, Key, Profile, known};
use crate::settings::{Settings, open};
use crate::source::{Origin, cause, display_path, read_regular};

/// The largest file of an authority, in bytes.
const MAX_CA_BUNDLE: u64 = 1 << 18;

pub(super) fn run(kind: AgentKind, colours: Colours) -> Result<RunStatus> {
    match kind {
        AgentKind::Collector(args) => print(collector(*args)?.manifests()?.as_bytes()),
        AgentKind::Jaeger(args) => jaeger(*args),
        AgentKind::DatadogValues(args) => {
            let DatadogValuesArgs { api_key_secret, site, otlp } = *args;
            let values = DatadogValues { secret: secret(&api_key_secret)?, site, otlp };
            print(values.values()?.as_bytes())
        }
        AgentKind::JaegerConfig(args) => jaeger_config(*args, colours),
        AgentKind::Webhook(args) => print(webhook(*args)?.manifests()?.as_bytes()),
        AgentKind::Compose(args) => {
            let ComposeArgs { name, image, model_image } = *args;
            let status = print(Compose { name, image, model_image }.file()?.as_bytes())?;
            say_notes(&[format!(
                "after `docker compose up`, send a request and open http://localhost:{}: curl -H 'Content-Type: \
                 application/json' -d '{{\"data\":{{\"ndarray\":[[1.0]]}}}}' localhost:{MODEL_PORT}/api/v1.0/predictions",
                JAEGER_UI.number
            )]);
            Ok(status)
        }
    }
}

/// The value is not shown: it may be a key.
fn secret(text: &str) -> Result<ApiKeySecret> {
    text.parse().map_err(|words: String| anyhow!("--api-key-secret: {words}"))
}

fn collector(args: CollectorArgs) -> Result<NodeCollector> {
    let CollectorArgs { to, tls, api_key_secret, site, name, namespace, image } = args;
    let export = match (to, api_key_secret) {
        (SendTo::Otlp(_), Some(_)) => bail!("--api-key-secret is for --to datadog"),
        (SendTo::Otlp(_), None) if site.is_some() => bail!("--site is for --to datadog"),
        (SendTo::Otlp(endpoint), None) => Export::Otlp { endpoint, tls },
        (SendTo::Datadog, _) if tls => bail!("--tls is for --to HOST:PORT; datadog always uses TLS"),
        (SendTo::Datadog, None) => bail!("--to datadog needs --api-key-secret NAME[/KEY]"),
        (SendTo::Datadog, Some(text)) => {
            Export::Datadog { secret: secret(&text)?, site: site.unwrap_or_else(|| DEFAULT_SITE.to_owned()) }
        }
    };
    Ok(NodeCollector { name, namespace, image, export })
}

fn webhook(args: AgentWebhookArgs) -> Result<WebhookManifests> {
    let AgentWebhookArgs { image, namespace, scope, tls_secret, ca_bundle, config } = args;
    let file = open(&webhook_settings(config)?)?;
    let settings = file.text().to_owned();
    let stack = Arc::new(of_webhook(file)?);
    policy::of_webhook(&stack, true)?;
    decide(&stack, Settings::rule_set)?;
    let tls = match tls_secret.zip(ca_bundle) {
        None => TlsSource::CertManager,
        Some((name, path)) => {
            let shown = display_path(&path);
            let bytes = read_regular(&path, MAX_CA_BUNDLE).map_err(|error| anyhow!("{shown}: {}", cause(&error)))?;
            let authority = String::from_utf8(bytes).unwrap_or_default();
            if authority.len() as u64 > MAX_CA_BUNDLE || !authority.contains("-----BEGIN CERTIFICATE-----") {
                bail!("--ca-bundle {shown}: no certificate in PEM");
            }
            // It would be public in the cluster.
            if authority.contains("PRIVATE KEY-----") {
                bail!("--ca-bundle {shown}: there is a private key in it; give the certificate alone");
            }
            TlsSource::Secret { name, authority }
        }
    };
    Ok(WebhookManifests { namespace, image, settings, scope, tls })
}

fn jaeger(args: JaegerArgs) -> Result<RunStatus> {
    let JaegerArgs { name, namespace, image } = args;
    let link = format!("{}_PORT", name.replace('-', "_").to_ascii_uppercase());
    if known().any(|known| known.name() == link) {
        bail!(
            "--name {name}: Kubernetes gives each pod of the namespace the variable {link} of a Service with this name, \
             and tracing clients read it as their port; use another name"
        );
    }
    print(AllInOne { name, namespace, image }.manifests()?.as_bytes())
}

fn jaeger_config(args: JaegerConfigArgs, colours: Colours) -> Result<RunStatus> {
    let JaegerConfigArgs { config_map, mut options, inputs, settings_file } = args;
    // The settings are those of `enable --config-map`.
    options.0.type_text(Key::ConfigMap, Some(config_map.clone()));
    let (settings, gathered) = RunSettings::of_files(settings_file, options.0, &inputs, true)?;
    let profiles = settings.all().map(|stack| decide(stack, |settings| settings.profile(Backend::Jaeger)));
    let profiles: Vec<Decided<Profile>> = profiles.collect::<Result<_>>()?;
    let selection = settings.run.settings(&[]).selection().map_err(|faults| settings.run.refused(faults))?;
    let files = |text: &str, origin: &Origin| {
        let (at, stack) = settings.of_input(origin);
        let Decided { for_all, exceptions, .. } = &profiles[at];
        let among = stack.overrides_of(origin.path());
        let documents = each_document(
            text,
            |tree, _| {
                config_files(tree, &selection, |deployment| match exceptions {
                    Some(all) => all.choose(for_all, tree, deployment, &among),
                    None => Ok(Arc::clone(for_all)),
                })
            },
            |_| false,
        );
        Ok(documents.done()?.flat_map(|(_, files)| files).collect::<Vec<_>>())
    };
    let work = Work {
        with_text: files,
        concerns: |files: &Vec<ConfigFile>| !files.is_empty(),
        only_manifests: true,
        colour: colours.stderr,
        shows_progress: true,
    };
    let AllWorked { done, mut notes, has_problems } = work.run(gathered);
    if has_problems {
        return Ok(RunStatus::Failed);
    }
    let mut all = ConfigFiles::default();
    for file in done.into_iter().flat_map(|worked| worked.result) {
        all.add(file)?;
    }
    if all.is_empty() {
        bail!("no container is selected: there is nothing to configure");
    }
    if all.is_mixed() {
        notes.push(
            "some deployments have no namespace, and neither has their ConfigMap: apply it in the namespace of these \
             deployments"
                .to_owned(),
        );
    }
    let manifests = all.manifests(&config_map)?;
    if manifests.len() > MAX_APPLIED {
        notes.push("a ConfigMap of this size needs `kubectl apply --server-side`".to_owned());
    }
    let status = print(manifests.as_bytes())?;
    say(&settings.warnings());
    say_notes(&notes);
    Ok(status)
}
