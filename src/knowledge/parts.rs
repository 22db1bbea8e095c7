//! The parts of pods that options add beside variables: their names and shapes, and the check of these options.
//!
//! A part that only serves tracing is recognized by its whole shape, whoever wrote it. A part that may have other uses
//! is removed only if the annotation [`ADDED_ANNOTATION`] lists it.

use super::clients::ddtrace;
use super::names::{LABEL_VALUE, is_label_value, is_subdomain, is_tag, split_image};
use super::options::usage::{GivenBy, UsageError};
use super::options::{Key, Request};
use super::otlp::Otlp;
use super::receivers::{ApiKeySecret, Endpoint, check_image, check_site};
use super::{BACKENDS, Backend, Names};
use crate::changes::Value;

/// The annotation of a SeldonDeployment that lists the parts that were added to it.
pub(crate) const ADDED_ANNOTATION: &str = "seldon-trace/added";

/// A volume that only serves tracing, and the folder where containers mount it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MountedVolume {
    pub name: &'static str,
    pub folder: &'static str,
}

impl MountedVolume {
    /// The mount in a container.
    pub(crate) fn mount(&self) -> Value {
        Value::map([("name", self.name.into()), ("mountPath", self.folder.into())])
    }
}

/// The volume with Datadog's library (datadog-agent, `pkg/clusteragent/admission/mutate/autoinstrumentation`).
pub(crate) const LIBRARY_VOLUME: MountedVolume =
    MountedVolume { name: "datadog-auto-instrumentation", folder: "/datadog-lib" };

/// The volume with the config files of the Python wrapper.
pub(crate) const CONFIG_VOLUME: MountedVolume =
    MountedVolume { name: "seldon-trace-jaeger", folder: "/etc/seldon-trace" };

/// The variable with the config file of the Python wrapper.
pub(crate) const CONFIG_PATH: &str = "JAEGER_CONFIG_PATH";

/// The entry of PYTHONPATH by which Datadog's library starts before the program.
pub(crate) const LIBRARY_PATH: &str = "/datadog-lib/";

const LIBRARY_IMAGE: &str = "gcr.io/datadoghq/dd-lib-python-init";

/// The end of the repository of an image with Datadog's library: some mirrors put a prefix before it.
const LIBRARY_REPOSITORY: &str = "dd-lib-python-init";

/// The last release of 2 runs on the Python of all stock images (Seldon Core 1.17 to 1.19).
const LIBRARY_VERSION: &str = "v2";

/// The switch of Datadog's library, which reads neither TRACING nor DD_ENABLED.
pub(crate) const LIBRARY_SWITCH: &str = "DD_TRACE_ENABLED";

/// The start of the keys that Datadog's admission controller reads.
pub(crate) const ADMISSION_PREFIX: &str = "admission.datadoghq.com/";

/// The end of the annotations with the version of the library for Python.
const LIBRARY_ANNOTATION: &str = "python-lib.version";

/// The label that asks Datadog's admission controller for a library.
pub(crate) const ADMISSION_LABEL: &str = "admission.datadoghq.com/enabled";

/// The method of injecting Datadog's library for Python into containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub(crate) enum Inject {
    /// By an init container
    Init,
    /// By Datadog's admission controller, which the cluster has to have
    Admission,
}

/// The form of the tags of unified service tagging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub(crate) enum Tagging {
    /// As labels, with variables that refer to them
    Labels,
}

/// The place of the agent that receives spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub(crate) enum AgentPlace {
    /// On each node
    Node,
    /// In each pod
    Sidecar,
}

/// The options of a sidecar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SidecarOptions {
    /// `--agent-image`
    pub image: Option<String>,
    /// `--native-sidecar`
    pub is_native: bool,
    pub collector: Option<Endpoint>,
    pub collector_tls: bool,
    pub secret: Option<ApiKeySecret>,
    pub site: Option<String>,
    /// `--fargate`
    pub on_fargate: bool,
}

/// The headers with which Jaeger's clients propagate a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub(crate) enum Propagation {
    /// Zipkin's
    B3,
}

/// The parts that options request, beside variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub inject: Option<Inject>,
    /// `--library-version`
    pub library_version: Option<String>,
    /// `--library-image`, without a tag
    pub library_image: Option<String>,
    pub tagging: Option<Tagging>,
    pub config_map: Option<String>,
    pub agent: Option<AgentPlace>,
    pub sidecar: SidecarOptions,
    pub otlp: Option<Otlp>,
}

impl Parts {
    /// The parts of a request.
    pub(super) fn of(request: &Request, errors: &mut Vec<UsageError>) -> Self {
        let text = |key: Key| request.value(key).map(str::to_owned);
        let otlp = request.value(Key::Otlp).and_then(|text| {
            let problem = match Otlp::read(text) {
                Ok(otlp) => return otlp,
                Err(problem) => problem,
            };
            let (origin, value) = (GivenBy::Option(Key::Otlp), Some(text.to_owned()));
            errors.push(UsageError::Value { origin, value, problem });
            None
        });
        let parts = Self {
            inject: word(request.value(Key::Inject)),
            library_version: text(Key::LibraryVersion),
            library_image: text(Key::LibraryImage),
            tagging: word(request.value(Key::Tagging)),
            config_map: text(Key::ConfigMap),
            agent: word(request.value(Key::Agent)),
            sidecar: SidecarOptions::of(request, errors),
            otlp,
        };
        let mut needs = |key: Key, needed: Key, is_there: bool, reason: &str| {
            if request.value(key).is_some() && !is_there {
                let (origin, needed) = (GivenBy::Option(key), GivenBy::Option(needed));
                errors.push(UsageError::Missing { origin, needed, reason: reason.to_owned() });
            }
        };
        let is_injected = parts.inject.is_some();
        needs(Key::LibraryVersion, Key::Inject, is_injected, "no library is injected without it");
        let is_init = parts.inject == Some(Inject::Init);
        needs(Key::LibraryImage, Key::Inject, is_init, "it is the image of the init container of --inject init");
        let has_tag =
            [Key::Environment, Key::Service, Key::ServiceVersion].iter().any(|key| request.value(*key).is_some());
        needs(
            Key::Tagging,
            Key::Environment,
            has_tag,
            "give at least one of --environment, --service, --service-version",
        );
        let has_config = parts.config_map.is_some();
        needs(Key::Propagation, Key::ConfigMap, has_config, "the containers take it only from their config files");
        let is_sidecar = parts.agent == Some(AgentPlace::Sidecar);
        for key in SIDECAR_KEYS {
            needs(key, Key::Agent, is_sidecar, "it is an option of --agent sidecar");
        }
        needs(Key::CollectorTls, Key::Collector, parts.sidecar.collector.is_some(), "it is how that is reached");
        if request.backend.is_jaeger() && is_sidecar {
            let has_collector = request.value(Key::Collector).is_some();
            needs(Key::Agent, Key::Collector, has_collector, "the sidecar sends what it receives to HOST:PORT");
        }
        let excluded = [(Key::AgentHost, "the agent's host"), (Key::AgentPort, "the agent's port")];
        // The node's agent may have another port.
        let excluded = excluded.into_iter().filter(|(key, _)| is_sidecar || *key == Key::AgentHost);
        for (key, name) in excluded.filter(|(key, _)| parts.agent.is_some() && request.value(*key).is_some()) {
            let (first, second) = (GivenBy::Option(Key::Agent), GivenBy::Option(key));
            errors.push(UsageError::Contradiction { first, second, name });
        }
        parts.check(request, errors);
        parts
    }

    /// Returns true if a sidecar is requested.
    pub(crate) fn wants_sidecar(&self) -> bool {
        self.agent == Some(AgentPlace::Sidecar)
    }

    /// Returns true if parts are requested that are removed only if the annotation lists them.
    pub(crate) fn is_listed(&self) -> bool {
        self.tagging.is_some() || self.inject == Some(Inject::Admission) || self.otlp.is_some()
    }

    fn check(&self, request: &Request, errors: &mut Vec<UsageError>) {
        let mut refuse = |key: Key, value: &str, problem: &str| {
            let (origin, value) = (GivenBy::Option(key), Some(value.to_owned()));
            errors.push(UsageError::Value { origin, value, problem: problem.to_owned() });
        };
        if let Some(name) = self.config_map.as_deref().filter(|name| !is_subdomain(name)) {
            refuse(Key::ConfigMap, name, "it is the name of a ConfigMap: lower-case letters, digits, `-` and `.`");
        }
        if let Some(version) = self.library_version.as_deref().filter(|version| !is_tag(version)) {
            refuse(Key::LibraryVersion, version, "it is the tag of an image, such as v2 or v2.21.12");
        }
        let image = self.library_image.as_deref();
        if let Some(image) = image.filter(|image| !is_image_without_tag(image)) {
            refuse(Key::LibraryImage, image, "it is an image without a tag, which --library-version gives");
        }
        if let Some(image) = image.filter(|image| is_image_without_tag(image) && !is_library_image(image)) {
            let problem =
                "its name ends in dd-lib-python-init, by which `disable` recognizes it: give the mirror that name";
            refuse(Key::LibraryImage, image, problem);
        }
        let names = request.names.filter(|names| self.inject.is_some() && *names != Names::Standard);
        if let Some(names) = names {
            refuse(Key::Names, &names.to_string(), "Datadog's library reads the standard names only");
        }
        if self.tagging.is_some() {
            for key in [Key::Environment, Key::ServiceVersion] {
                if let Some(value) = request.value(key).filter(|value| !is_label_value(value)) {
                    refuse(key, value, LABEL_VALUE);
                }
            }
            if let Some(service) = request.value(Key::Service).filter(|service| service.contains("{container}")) {
                refuse(Key::Service, service, "a predictor has one label for all containers: leave out {container}");
            }
        }
    }

    /// The library's version for an annotation of the admission controller.
    pub(crate) fn version(&self) -> &str {
        self.library_version.as_deref().unwrap_or(LIBRARY_VERSION)
    }

    /// The version of the library that is injected, if it is.
    pub(super) fn injected_version(&self) -> Option<ddtrace::LibraryVersion> {
        self.inject.map(|_| ddtrace::LibraryVersion::of_tag(self.version()))
    }

    /// The image of the init container. What is not given is kept from `existing`.
    pub(crate) fn image(&self, existing: Option<&str>) -> String {
        let (old, old_version) = existing.map(split_image).unzip();
        let repository = self.library_image.as_deref().or(old).unwrap_or(LIBRARY_IMAGE);
        match old_version.filter(|_| self.library_version.is_none()) {
            Some(version) => format!("{repository}{version}"),
            None => format!("{repository}:{}", self.version()),
        }
    }
}

/// Returns true for an image of Datadog's library, in any registry.
pub(crate) fn is_library_image(image: &str) -> bool {
    split_image(image).0.ends_with(LIBRARY_REPOSITORY)
}

/// The options that only a sidecar has.
const SIDECAR_KEYS: [Key; 7] = [
    Key::AgentImage,
    Key::NativeSidecar,
    Key::Collector,
    Key::CollectorTls,
    Key::ApiKeySecret,
    Key::Site,
    Key::Fargate,
];

impl SidecarOptions {
    fn of(request: &Request, errors: &mut Vec<UsageError>) -> Self {
        let is_on = |key: Key| request.value(key).is_some();
        // A value may be an API key, so none is shown.
        let mut refuse = |key: Key, problem: String| {
            errors.push(UsageError::Value { origin: GivenBy::Option(key), value: None, problem });
        };
        let mut checked = |key: Key, check: fn(&str) -> Result<String, String>| {
            check(request.value(key)?).map_err(|problem| refuse(key, problem)).ok()
        };
        let (image, site) = (checked(Key::AgentImage, check_image), checked(Key::Site, check_site));
        let collector = request.value(Key::Collector).and_then(|text| {
            let read = text.parse::<Endpoint>();
            read.map_err(|problem| refuse(Key::Collector, problem)).ok()
        });
        let secret = request.value(Key::ApiKeySecret).and_then(|text| {
            let read = text.parse::<ApiKeySecret>();
            read.map_err(|problem| refuse(Key::ApiKeySecret, problem)).ok()
        });
        Self {
            image,
            is_native: is_on(Key::NativeSidecar),
            collector,
            collector_tls: is_on(Key::CollectorTls),
            secret,
            site,
            on_fargate: is_on(Key::Fargate),
        }
    }
}

/// The init container that copies Datadog's library into the volume.
pub(crate) fn library_container(image: String) -> Value {
    let command = ["sh", "copy-lib.sh", LIBRARY_VOLUME.folder].map(Value::from);
    Value::map([
        ("name", LIBRARY_CONTAINER.into()),
        ("image", image.into()),
        ("command", Value::List(command.into())),
        ("volumeMounts", Value::List(vec![LIBRARY_VOLUME.mount()])),
    ])
}

/// The name of the init container with Datadog's library.
pub(crate) const LIBRARY_CONTAINER: &str = "datadog-lib-python-init";

/// The volume with Datadog's library.
pub(crate) fn library_volume() -> Value {
    Value::map([("name", LIBRARY_VOLUME.name.into()), ("emptyDir", Value::Map(Vec::new()))])
}

/// The annotation with the library version that the admission controller injects into a container.
pub(crate) fn admission_annotation(container: &str) -> String {
    format!("{ADMISSION_PREFIX}{container}.{LIBRARY_ANNOTATION}")
}

/// The annotations with which the admission controller injects a library into a container: its own, and that of all.
pub(crate) fn admission_annotations(container: &str) -> [String; 2] {
    [admission_annotation(container), format!("{ADMISSION_PREFIX}{LIBRARY_ANNOTATION}")]
}

/// Returns true if an annotation asks Datadog's admission controller for its library for Python.
pub(crate) fn is_library_annotation(name: &str) -> bool {
    name.starts_with(ADMISSION_PREFIX) && name.ends_with(LIBRARY_ANNOTATION)
}

/// The container that such an annotation names; `None` if it is for all.
pub(crate) fn library_annotation_container(name: &str) -> Option<&str> {
    name.strip_prefix(ADMISSION_PREFIX)?.strip_suffix(LIBRARY_ANNOTATION)?.strip_suffix('.')
}

/// The labels of unified service tagging with their variables.
pub(crate) const TAG_LABELS: [TagLabel; 3] = [
    TagLabel {
        variable: "DD_ENV",
        label: "tags.datadoghq.com/env",
        field: "metadata.labels['tags.datadoghq.com/env']",
    },
    TagLabel {
        variable: "DD_SERVICE",
        label: "tags.datadoghq.com/service",
        field: "metadata.labels['tags.datadoghq.com/service']",
    },
    TagLabel {
        variable: "DD_VERSION",
        label: "tags.datadoghq.com/version",
        field: "metadata.labels['tags.datadoghq.com/version']",
    },
];

/// A label of unified service tagging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TagLabel {
    pub variable: &'static str,
    pub label: &'static str,
    /// The field of the pod that is its value.
    pub field: &'static str,
}

/// The backend of a part that the annotation lists; `None` if it belongs to neither.
pub(crate) fn backend_of_part(part: &str) -> Option<Backend> {
    let name = match part.split_once('/') {
        Some(("label" | "annotation", name)) => name,
        _ => part,
    };
    BACKENDS.into_iter().find(|backend| match backend {
        Backend::Jaeger => part.starts_with("JAEGER_"),
        Backend::Datadog => {
            part.starts_with("container/") || name.starts_with("DD_") || name.contains("datadoghq.com/")
        }
    })
}

fn is_image_without_tag(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':');
    let name = text.rsplit('/').next().unwrap_or_default();
    text.bytes().all(is_inner) && !name.is_empty() && !name.contains(':')
}

fn word<T: clap::ValueEnum>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| T::from_str(text, false).ok())
}

/// The key of a container's config file in the ConfigMap of `--config-map`.
pub(crate) fn config_key(deployment: &str, predictor: &str, container: &str) -> String {
    format!("{deployment}.{predictor}.{container}.yaml")
}

/// The file of a container in [`CONFIG_VOLUME`].
pub(crate) fn config_file(key: &str) -> String {
    format!("{}/{key}", CONFIG_VOLUME.folder)
}

/// The volume with the config files.
pub(crate) fn config_volume(config_map: &str) -> Value {
    let map = Value::map([("name", config_map.to_owned().into())]);
    Value::map([("name", CONFIG_VOLUME.name.into()), ("configMap", map)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_of_an_image_stays() {
        let image = |image: Option<&str>, version: Option<&str>, existing| {
            let [library_image, library_version] = [image, version].map(|text| text.map(str::to_owned));
            Parts { library_image, library_version, ..Parts::default() }.image(existing)
        };
        assert_eq!(image(None, None, None), "gcr.io/datadoghq/dd-lib-python-init:v2");
        assert_eq!(image(None, Some("v3"), Some("a:1/dd-lib-python-init:v2")), "a:1/dd-lib-python-init:v3");
        assert_eq!(image(Some("b/c"), None, Some("a/dd-lib-python-init:v2.1")), "b/c:v2.1");
        assert_eq!(image(None, Some("v3"), Some("a@sha256:0")), "a:v3");
        assert_eq!(image(Some("b"), None, Some("a:v1@sha256:0")), "b:v1@sha256:0");
        assert_eq!(image(Some("b"), None, Some("a")), "b");
    }

    #[test]
    fn the_library_is_known_in_any_registry() {
        for known in ["dd-lib-python-init", "a:1/b/dd-lib-python-init@sha256:0", "a/datadoghq-dd-lib-python-init:v2"] {
            assert!(is_library_image(known), "{known}");
        }
        for other in ["dd-lib-python-init2", "dd-lib-python-init/a", "a:dd-lib-python-init", ""] {
            assert!(!is_library_image(other), "{other}");
        }
    }
}
