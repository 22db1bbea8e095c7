//! Settings in a resource, as a KRM function and kustomize's plugins are given them: a SeldonTrace with the
//! settings for its `spec`, or a ConfigMap with them for its `data`.

use super::input::{first_with, without_mark};
use super::layer::unknown;
use super::{File, Refused};
use crate::credentials::without_found;
use crate::diagnostic::Diagnostic;
use crate::documents::syntax_problem;
use crate::manifest::value_of;
use crate::yaml::de::{entries, items};
use crate::yaml::{NodeId, ScalarKind, Tree};

const API_VERSION: &str = "seldon-trace.dev/v1";
const KIND: &str = "SeldonTrace";

/// The kind of the input of a KRM function.
pub(super) const RESOURCE_LIST: &str = "ResourceList";

/// The fields of a SeldonTrace.
const FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];

/// The node with the settings of a file, if any: the `spec` of a SeldonTrace, else the root.
pub(super) fn settings_of(tree: &Tree<'_>, root: NodeId) -> Result<Option<NodeId>, Diagnostic> {
    if tree.entries(root).next().is_none() {
        return Ok(Some(root));
    }
    let [version, kind] = ["apiVersion", "kind"].map(|key| field(tree, root, key));
    let (version, kind) = (version?, kind?);
    match says(tree, kind) {
        Some(KIND) => of_seldon_trace(tree, root),
        Some(_) if version.is_some() => {
            let message = "a resource, and no settings";
            let help = format!("manifests are given as PATH; a resource with settings is a {KIND}");
            Err(tree.diagnostic(kind.unwrap_or(root), message, help))
        }
        _ => Ok(Some(root)),
    }
}

/// The node with the settings of a KRM function.
pub(super) enum CallSettings {
    /// In a mapping like that of a file.
    Settings(NodeId),
    /// In a ConfigMap's `data`, which holds texts alone.
    Data(NodeId),
}

/// The settings of the KRM function that is called with this ResourceList, if any.
pub(super) fn settings_of_call(tree: &Tree<'_>, list: NodeId) -> Result<Option<CallSettings>, Diagnostic> {
    if let Some(resources) = field(tree, list, "items")? {
        // They are manifests, of which less is shown than of settings.
        let of_manifest = |fault: Diagnostic| Diagnostic { message: without_found(&fault.message), ..fault };
        let resources = items(tree, resources).map_err(of_manifest)?;
        resources.iter().try_for_each(|resource| check_resource(tree, *resource)).map_err(of_manifest)?;
    }
    let Some(config) = field(tree, list, "functionConfig")? else { return Ok(None) };
    match says(tree, field(tree, config, "kind")?) {
        Some(KIND) => Ok(of_seldon_trace(tree, config)?.map(CallSettings::Settings)),
        // What `kustomize fn run … -- backend=jaeger` makes of its arguments.
        Some("ConfigMap") => Ok(field(tree, config, "data")?.map(CallSettings::Data)),
        _ => {
            let node = field(tree, config, "kind")?.unwrap_or(config);
            let message = "a functionConfig that is neither a SeldonTrace nor a ConfigMap";
            let help = format!("write `apiVersion: {API_VERSION}`, `kind: {KIND}`, and the settings under `spec`");
            Err(tree.diagnostic(node, message, help))
        }
    }
}

impl File {
    /// The error of a functionConfig that has no backend, at its kind, so that the resource is named.
    pub(crate) fn without_backend(&self) -> Refused {
        let help = "add `backend: jaeger` or `backend: datadog` to its `spec`, or --backend to `args`";
        let fault = Diagnostic::new("the functionConfig has no backend", help);
        let fault = match self.text.find(KIND) {
            Some(start) => fault.at(start..start + KIND.len()),
            None => fault,
        };
        Refused::new(&self.name, &self.text, vec![fault])
    }

    /// The error of an input that is meant as the call of a KRM function, and has no settings that can be read: it is
    /// invalid YAML, or lacks a functionConfig.
    pub(crate) fn fault_of_call(name: &str, input: &str) -> Option<Refused> {
        let text = without_mark(first_with(input, &[RESOURCE_LIST])?.to_owned());
        let fault = match Tree::parse(&text) {
            Err(error) => Some(syntax_problem(&text, &error)),
            Ok(tree) => tree.roots().first().and_then(|root| without_config(&tree, *root)),
        };
        // Less is shown of manifests than of settings.
        fault.map(|fault| Refused { name: name.to_owned(), text, faults: vec![fault] })
    }
}

/// The error of a ResourceList without a functionConfig.
fn without_config(tree: &Tree<'_>, root: NodeId) -> Option<Diagnostic> {
    let kind = value_of(tree, root, "kind").filter(|kind| tree.scalar_text(*kind) == Some(RESOURCE_LIST))?;
    let help = "add one with `backend: jaeger` or `backend: datadog`, or give --backend";
    let fault = || tree.diagnostic(kind, "a ResourceList without a functionConfig, and no backend is given", help);
    value_of(tree, root, "functionConfig").is_none().then(fault)
}

/// Checks that an item of the list is a resource.
fn check_resource(tree: &Tree<'_>, item: NodeId) -> Result<(), Diagnostic> {
    let [version, kind] = ["apiVersion", "kind"].map(|key| field(tree, item, key));
    if says(tree, version?).is_some() && says(tree, kind?).is_some() {
        return Ok(());
    }
    let message = "an item without `apiVersion` and `kind`, which is no resource";
    Err(tree.diagnostic(item, message, "put resources alone into `items`"))
}

fn of_seldon_trace(tree: &Tree<'_>, resource: NodeId) -> Result<Option<NodeId>, Diagnostic> {
    let version = field(tree, resource, "apiVersion")?;
    if says(tree, version) != Some(API_VERSION) {
        let node = version.unwrap_or(resource);
        let message = format!("a {KIND} of another version than {API_VERSION}");
        return Err(tree.diagnostic(node, message, format!("write `apiVersion: {API_VERSION}`")));
    }
    for (key, _) in tree.entries(resource) {
        if !tree.scalar_text(key).is_some_and(|name| FIELDS.contains(&name)) {
            return Err(unknown(tree, key, FIELDS.into_iter()));
        }
    }
    field(tree, resource, "spec")
}

/// The value of a key, unless it is null. A duplicate key is an error, as in the settings themselves.
fn field(tree: &Tree<'_>, mapping: NodeId, key: &str) -> Result<Option<NodeId>, Diagnostic> {
    let all = entries(tree, mapping)?;
    let found = all.into_iter().find(|(name, _)| tree.scalar_text(*name) == Some(key));
    let value = found.map(|(_, value)| tree.resolve(value));
    Ok(value.filter(|value| tree.scalar_kind(*value) != ScalarKind::Null))
}

fn says<'t>(tree: &'t Tree<'_>, node: Option<NodeId>) -> Option<&'t str> {
    node.and_then(|node| tree.scalar_text(node))
}
