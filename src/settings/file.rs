//! A settings file: defaults, profiles by name, and overrides for some manifests.

use std::path::PathBuf;

use globset::GlobMatcher;

use super::input::{first_with, without_mark};
use super::layer::{read_text, unknown};
use super::resource::{CallSettings, RESOURCE_LIST};
use super::{Layer, Refused, Setting, SettingSource, Settings, Spot, fault, resource};
use crate::diagnostic::Diagnostic;
use crate::documents::refuse_control_characters;
use crate::knowledge::Scope;
use crate::manifest::glob::{glob, path_glob};
use crate::manifest::is_function_input;
use crate::manifest::selection::{Selection, label_selector};
use crate::text::LineStarts;
use crate::yaml::de::{entries, items};
use crate::yaml::{NodeId, ScalarKind, SyntaxFault, Tree};

const PROFILES: &str = "profiles";
const OVERRIDES: &str = "overrides";
const MATCH: &str = "match";

/// The most overrides of a settings file. Each is compared with every deployment.
pub const MAX_OVERRIDES: usize = 1000;

/// The keys of an override that select manifests.
pub(super) const MATCHERS: [&str; 4] = ["name", "namespace", "selector", "path"];

/// A settings file.
#[derive(Debug)]
pub(crate) struct File {
    /// The name, for display.
    pub name: String,
    /// The folder that paths in it are relative to.
    pub(super) folder: PathBuf,
    pub(super) text: String,
    pub(super) defaults: Layer,
    pub(super) profiles: Vec<NamedProfile>,
    pub(super) overrides: Vec<Override>,
}

#[derive(Debug)]
pub(super) struct NamedProfile {
    pub name: String,
    pub layer: Layer,
}

/// Settings for some manifests.
#[derive(Debug)]
pub(crate) struct Override {
    pub spot: Spot,
    /// The selector for display.
    pub title: String,
    /// The deployments that it applies to.
    pub selector: Selection,
    pub(super) path: Option<GlobMatcher>,
    pub(super) layer: Layer,
}

impl File {
    /// Reads a settings file.
    ///
    /// # Errors
    /// All errors in the file.
    pub(crate) fn parse(name: String, folder: PathBuf, text: String) -> Result<Self, Refused> {
        let text = without_mark(text);
        let mut faults = Vec::new();
        let holder = root(&text).and_then(|found| match found {
            Some((tree, root)) => Ok(resource::settings_of(&tree, root)?.map(|node| (tree, node))),
            None => Ok(None),
        });
        let read = match holder {
            Ok(found) => found.map(|(tree, node)| read(&tree, node, &mut faults)),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        Self::of(name, folder, text, read.unwrap_or_else(nothing), faults)
    }

    /// Reads the settings of a KRM function from the first document of its input; `None` if that is no call.
    ///
    /// # Errors
    /// All errors in the settings and in the call.
    pub(crate) fn of_call(name: String, folder: PathBuf, input: &str) -> Result<Option<Self>, Refused> {
        let Some(document) = first_with(input, &["functionConfig", RESOURCE_LIST]) else { return Ok(None) };
        let text = without_mark(document.to_owned());
        // Invalid YAML is an error when the manifests are read.
        let Ok(tree) = Tree::parse(&text) else { return Ok(None) };
        let Some(list) = tree.roots().first().copied().filter(|root| is_function_input(&tree, *root)) else {
            return Ok(None);
        };
        let mut faults = Vec::new();
        let read = match resource::settings_of_call(&tree, list) {
            Ok(place) => place.map(|place| match place {
                CallSettings::Settings(node) => read(&tree, node, &mut faults),
                CallSettings::Data(node) => (Layer::read_data(&tree, node, &mut faults), Vec::new(), Vec::new()),
            }),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        drop(tree);
        let overrides = read.iter().flat_map(|(.., overrides)| overrides);
        faults.extend(paths(overrides, "the settings of a function: its input has none"));
        Self::of(name, folder, text, read.unwrap_or_else(nothing), faults).map(Some)
    }

    /// Checks settings that are for resources without a file; `whose` are the settings, and the reason why it has none.
    ///
    /// # Errors
    /// Each override that selects by path.
    pub(crate) fn refuse_paths(&self, whose: &'static str) -> Result<(), Refused> {
        let faults: Vec<Diagnostic> = paths(self.overrides.iter(), whose).collect();
        if faults.is_empty() { Ok(()) } else { Err(Refused::new(&self.name, &self.text, faults)) }
    }

    fn of(
        name: String,
        folder: PathBuf,
        text: String,
        (defaults, profiles, overrides): Read,
        mut faults: Vec<Diagnostic>,
    ) -> Result<Self, Refused> {
        let file = Self { name, folder, text, defaults, profiles, overrides };
        for layer in file.layers() {
            faults.extend(Settings::of([layer]).faults());
        }
        if faults.is_empty() {
            return Ok(file);
        }
        faults.sort_by_key(|fault| fault.span.as_ref().map(|span| span.start));
        Err(Refused::new(&file.name, &file.text, faults))
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The names of its profiles, in the order of the file.
    pub(crate) fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(|profile| profile.name.as_str())
    }

    pub(crate) fn has_profile(&self, name: &str) -> bool {
        self.profiles.iter().any(|profile| profile.name == name)
    }

    /// Drops the settings of the whole run: a file beside inputs has only those of deployments. Returns a warning for
    /// each that would have counted with this profile.
    pub(crate) fn drop_run_settings(&mut self, profile: Option<&str>) -> Vec<String> {
        let mut dropped = take_run_settings(&mut self.defaults);
        for one in &mut self.profiles {
            let of_profile = take_run_settings(&mut one.layer);
            if Some(one.name.as_str()) == profile {
                dropped.extend(of_profile);
            }
        }
        let lines = LineStarts::new(&self.text);
        let warning = |setting: Setting| {
            let line = setting.spot.as_ref().map_or(1, |spot| lines.line(spot.range.start));
            format!(
                "{}:{line}: `{}` does not count here: it is for a whole run, and comes from the settings of the working \
                 folder, --config or an option",
                self.name,
                setting.key.name()
            )
        };
        dropped.into_iter().map(warning).collect()
    }

    fn layers(&self) -> impl Iterator<Item = &Layer> {
        let profiles = self.profiles.iter().map(|profile| &profile.layer);
        [&self.defaults].into_iter().chain(profiles).chain(self.overrides.iter().map(|one| &one.layer))
    }
}

/// The tree of a file and its root; `None` if the file is empty.
fn root(text: &str) -> Result<Option<(Tree<'_>, NodeId)>, Diagnostic> {
    refuse_control_characters(text)?;
    let tree = Tree::parse(text).map_err(|error| {
        error.diagnostic(text, |fault| match fault {
            SyntaxFault::Malformed(_) => "fix the syntax; text that begins with `{` or `*` needs quotes",
            SyntaxFault::KeyIsNoScalar => "put it in quotes",
            _ => "make it simpler",
        })
    })?;
    match *tree.roots() {
        [] => Ok(None),
        [root] if tree.scalar_kind(root) == ScalarKind::Null => Ok(None),
        [root] => Ok(Some((tree, root))),
        [_, second, ..] => {
            Err(tree.diagnostic(second, "a settings file is one document, and this is a second", "put it all into one"))
        }
    }
}

/// An error for each override that selects by path.
fn paths<'a>(overrides: impl Iterator<Item = &'a Override>, whose: &'static str) -> impl Iterator<Item = Diagnostic> {
    let help = "match by name, namespace or selector";
    let message = move || format!("a `path` in {whose}");
    overrides.filter(|one| one.path.is_some()).map(move |one| fault(Some(&one.spot), message(), help))
}

fn take_run_settings(layer: &mut Layer) -> Vec<Setting> {
    let (kept, dropped) = std::mem::take(&mut layer.settings)
        .into_iter()
        .partition(|one: &Setting| one.key.spec().scope == Scope::Deployment);
    layer.settings = kept;
    dropped
}

/// Defaults, profiles and overrides.
type Read = (Layer, Vec<NamedProfile>, Vec<Override>);

fn nothing() -> Read {
    (Layer::new(SettingSource::Defaults), Vec::new(), Vec::new())
}

fn read(tree: &Tree<'_>, root: NodeId, faults: &mut Vec<Diagnostic>) -> Read {
    let defaults = Layer::read(tree, root, SettingSource::Defaults, &[PROFILES, OVERRIDES], faults);
    let (mut profiles, mut overrides) = (Vec::new(), Vec::new());
    // The caller reports errors of the mapping itself.
    for (key, value) in entries(tree, root).unwrap_or_default() {
        match tree.scalar_text(key) {
            Some(PROFILES) => match entries(tree, value) {
                Ok(entries) => {
                    for (key, value) in entries {
                        let name = tree.scalar_text(key).unwrap_or_default().to_owned();
                        profiles.push(NamedProfile {
                            name,
                            layer: Layer::read(tree, value, SettingSource::Profile, &[], faults),
                        });
                    }
                }
                Err(error) => faults.push(error),
            },
            Some(OVERRIDES) => match items(tree, value) {
                Ok(items) if items.len() > MAX_OVERRIDES => faults.push(tree.diagnostic(
                    items[MAX_OVERRIDES],
                    format!("more than {MAX_OVERRIDES} overrides"),
                    "match several deployments by one, with a glob or a label selector",
                )),
                Ok(items) => {
                    for (at, item) in items.iter().enumerate() {
                        overrides.extend(read_override(tree, at, *item, faults));
                    }
                }
                Err(error) => faults.push(error),
            },
            _ => {}
        }
    }
    (defaults, profiles, overrides)
}

fn read_override(tree: &Tree<'_>, at: usize, item: NodeId, faults: &mut Vec<Diagnostic>) -> Option<Override> {
    let known = faults.len();
    let layer = Layer::read(tree, item, SettingSource::Override(at), &[MATCH], faults);
    let is_match = |(key, _): &(NodeId, NodeId)| tree.scalar_text(*key) == Some(MATCH);
    let found = entries(tree, item).ok()?.into_iter().find(is_match);
    let spot = Spot::of(tree, item);
    let mut one = Override { spot, title: String::new(), selector: Selection::default(), path: None, layer };
    let read = found.map_or(Ok(()), |(_, mapping)| {
        let said = entries(tree, mapping)?;
        said.into_iter().try_for_each(|entry| one.read_matcher(tree, entry))
    });
    match read {
        Err(fault) => faults.push(fault),
        Ok(()) if one.title.is_empty() => faults.push(tree.diagnostic(
            item,
            "an override needs a `match`",
            "say by name, namespace, selector or path which manifests it is for",
        )),
        Ok(()) => {}
    }
    (faults.len() == known).then_some(one)
}

impl Override {
    fn read_matcher(&mut self, tree: &Tree<'_>, (key, node): (NodeId, NodeId)) -> Result<(), Diagnostic> {
        let name = tree.scalar_text(key).unwrap_or_default();
        if !MATCHERS.contains(&name) {
            return Err(unknown(tree, key, MATCHERS.into_iter()));
        }
        let text = read_text(tree, node)?;
        let fault = |words: String| tree.diagnostic(node, format!("`{name}`: {words}"), "");
        match name {
            "name" => self.selector.name = Some(glob(&text).map_err(fault)?),
            "namespace" => self.selector.namespace = Some(text.clone()),
            "selector" => self.selector.labels = label_selector(&text).map_err(fault)?.into_iter().collect(),
            _ => self.path = Some(path_glob(&text).map_err(fault)?),
        }
        let comma = if self.title.is_empty() { "" } else { ", " };
        self.title.push_str(&format!("{comma}{name} {text}"));
        Ok(())
    }

    /// The settings in the override.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.layer.settings
    }
}
