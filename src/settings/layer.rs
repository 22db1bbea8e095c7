//! A mapping of settings from a file or the command line.

use super::{COMMAND_LINE_ONLY, Spot, fault};
use crate::credentials::{is_credential, masked_value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Form, Key, Scope, nearest};
use crate::yaml::de::{Scalar, entries, from_node, items};
use crate::yaml::{NodeId, ScalarKind, Tree};

/// The source of a setting, in ascending precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingSource {
    /// The defaults of a file.
    Defaults,
    /// The selected profile.
    Profile,
    /// The override at this index of the file's list.
    Override(usize),
    /// The command line.
    Options,
}

/// A given setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub key: Key,
    /// The name in a mapping; else empty.
    pub name: String,
    pub value: SettingValue,
    pub source: SettingSource,
    /// `None` if it was typed.
    pub spot: Option<Spot>,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SettingValue {
    /// Text; of a mapping with the name before it, as an option has it.
    Text(String),
    /// On or off.
    Switch(bool),
    /// Several texts with their positions.
    List(Vec<(String, Option<Spot>)>),
}

/// A mapping of settings.
#[derive(Debug, Clone)]
pub struct Layer {
    source: SettingSource,
    pub(super) settings: Vec<Setting>,
}

impl Layer {
    /// An empty layer.
    pub fn new(source: SettingSource) -> Self {
        Self { source, settings: Vec::new() }
    }

    /// The same without lists and mappings.
    pub(super) fn without_items(&self) -> Self {
        let is_one = |setting: &&Setting| !setting.key.spec().repeats() || setting.key == Key::Set;
        Self { source: self.source, settings: self.settings.iter().filter(is_one).cloned().collect() }
    }

    /// Adds a typed text, if any.
    pub fn type_text(&mut self, key: Key, text: Option<String>) {
        self.settings.extend(text.map(|text| self.typed(key, "", SettingValue::Text(text))));
    }

    /// Adds a typed switch. No option switches off.
    pub fn type_switch(&mut self, key: Key, is_on: bool) {
        self.settings.extend(is_on.then(|| self.typed(key, "", SettingValue::Switch(true))));
    }

    /// Adds a typed list.
    pub fn type_list(&mut self, key: Key, items: Vec<String>) {
        let items: Vec<_> = items.into_iter().map(|text| (text, None)).collect();
        self.settings.extend((!items.is_empty()).then(|| self.typed(key, "", SettingValue::List(items))));
    }

    /// Adds typed pairs of a name and a text. Invalid pairs are errors when they are used.
    pub fn type_pairs(&mut self, key: Key, pairs: Vec<String>) {
        let Form::Pairs(between) = key.spec().form else { return };
        for pair in pairs {
            let name = pair.split(between).next().unwrap_or_default();
            self.settings.push(self.typed(key, name, SettingValue::Text(pair.clone())));
        }
    }

    fn typed(&self, key: Key, name: &str, value: SettingValue) -> Setting {
        Setting { key, name: name.to_owned(), value, source: self.source, spot: None }
    }

    /// Reads the settings of a mapping. `others` are keys that are read elsewhere.
    pub fn read(
        tree: &Tree<'_>,
        mapping: NodeId,
        source: SettingSource,
        others: &[&'static str],
        faults: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut layer = Self::new(source);
        match entries(tree, mapping) {
            Ok(entries) => {
                for entry in entries {
                    let fault = layer.read_entry(tree, entry, others, faults).err();
                    faults.extend(fault);
                }
            }
            Err(error) => faults.push(error),
        }
        layer
    }

    /// Reads the settings of a ConfigMap's `data`, which has only texts: those of lists and mappings are separated by commas.
    pub fn read_data(tree: &Tree<'_>, mapping: NodeId, faults: &mut Vec<Diagnostic>) -> Self {
        let mut layer = Self::new(SettingSource::Defaults);
        match entries(tree, mapping) {
            Ok(entries) => {
                for (key, node) in entries {
                    faults.extend(layer.read_datum(tree, key, node).err());
                }
            }
            Err(error) => faults.push(error),
        }
        layer
    }

    fn read_datum(&mut self, tree: &Tree<'_>, key: NodeId, node: NodeId) -> Result<(), Diagnostic> {
        let name = tree.scalar_text(key).unwrap_or_default();
        let known = Key::find(name).ok_or_else(|| unknown(tree, key, Key::all().map(Key::name)))?;
        let text = read_text(tree, node)?;
        let spot = || Some(Spot::of(tree, node));
        let parts = || text.split(',').map(|part| part.trim().to_owned());
        let value = match known.spec().form {
            Form::Text => SettingValue::Text(text),
            Form::Word(_) => SettingValue::Text(read_word(tree, &known.spec().form.words(), node)?),
            Form::Switch => match text.as_str() {
                "true" => SettingValue::Switch(true),
                "false" => SettingValue::Switch(false),
                _ => return Err(tree.mismatch(node, "true or false", "write one of them")),
            },
            Form::List => SettingValue::List(parts().map(|part| (part, spot())).collect()),
            Form::Pairs(between) => {
                for pair in parts() {
                    let name = pair.split(between).next().unwrap_or_default().to_owned();
                    let value = SettingValue::Text(pair);
                    self.settings.push(Setting { key: known, name, value, source: self.source, spot: spot() });
                }
                return Ok(());
            }
        };
        self.settings.push(Setting { key: known, name: String::new(), value, source: self.source, spot: spot() });
        Ok(())
    }

    fn read_entry(
        &mut self,
        tree: &Tree<'_>,
        (key, node): (NodeId, NodeId),
        others: &[&'static str],
        faults: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let name = tree.scalar_text(key).unwrap_or_default();
        if others.contains(&name) {
            return Ok(());
        }
        let is_override = matches!(self.source, SettingSource::Override(_));
        let is_allowed = |key: &Key| !is_override || key.spec().scope == Scope::Deployment;
        if COMMAND_LINE_ONLY.contains(&name) {
            let message = format!("`{name}` is a command-line option, not a setting");
            return Err(tree.diagnostic(key, message, "remove it"));
        }
        let Some(known) = Key::find(name) else {
            let names = Key::all().filter(is_allowed).map(Key::name).chain(others.iter().copied());
            return Err(unknown(tree, key, names));
        };
        if !is_allowed(&known) {
            let message = format!("`{name}` is a setting of the whole run, which an override can't have");
            return Err(tree.diagnostic(key, message, "put it beside `overrides`, or into a profile"));
        }
        if let Form::Pairs(between) = known.spec().form {
            for entry in entries(tree, node)? {
                faults.extend(self.read_pair(tree, known, entry, between).err());
            }
            return Ok(());
        }
        let value = read_value(tree, known.spec().form, node)?;
        let spot = Some(Spot::of(tree, node));
        self.settings.push(Setting { key: known, name: String::new(), value, source: self.source, spot });
        Ok(())
    }

    fn read_pair(
        &mut self,
        tree: &Tree<'_>,
        key: Key,
        (name, node): (NodeId, NodeId),
        between: char,
    ) -> Result<(), Diagnostic> {
        let text = read_text(tree, node)?;
        let called = tree.scalar_text(name).unwrap_or_default();
        if called.is_empty() || called.contains(between) {
            let message = format!("expected a name without `{between}`, found `{called}`");
            return Err(tree.diagnostic(name, message, "write the name, `:`, and the value"));
        }
        let value = SettingValue::Text(format!("{called}{between}{text}"));
        let spot = Some(Spot::of(tree, node));
        self.settings.push(Setting { key, name: called.to_owned(), value, source: self.source, spot });
        Ok(())
    }
}

impl Setting {
    /// Returns true if it is a credential.
    fn is_secret(&self) -> bool {
        matches!(self.key, Key::Set | Key::Tag) && is_credential(&self.name)
    }

    /// The value for display, with credentials masked.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            _ if self.is_secret() => "(hidden)".to_owned(),
            SettingValue::Text(text) => {
                let Some(text) = text.strip_prefix(&self.name).filter(|_| !self.name.is_empty()) else {
                    return masked_value(text);
                };
                masked_value(&text.chars().skip(1).collect::<String>())
            }
            SettingValue::Switch(is_on) => is_on.to_string(),
            SettingValue::List(items) => {
                items.iter().map(|(text, _)| masked_value(text)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The identity of the setting, without its value.
    pub(super) fn id(&self) -> (Key, &str) {
        (self.key, &self.name)
    }

    /// The name in messages: in a file `set.NAME`, typed `--set NAME`.
    pub(crate) fn called(&self) -> String {
        match (self.spot.is_some(), self.name.is_empty()) {
            (true, true) => format!("`{}`", self.key.name()),
            (true, false) => format!("`{}.{}`", self.key.name(), self.name),
            (false, true) => format!("--{}", self.key.name()),
            (false, false) => format!("--{} {}", self.key.name(), self.name),
        }
    }

    /// An error in this setting.
    pub(super) fn fault(&self, words: &str) -> Diagnostic {
        fault(self.spot.as_ref(), format!("{}: {words}", self.called()), "")
    }
}

/// The error for an unknown key, with the nearest one.
pub(super) fn unknown(tree: &Tree<'_>, key: NodeId, names: impl Iterator<Item = &'static str> + Clone) -> Diagnostic {
    let name = tree.scalar_text(key).unwrap_or_default();
    // `agentPort` means `agent-port`.
    let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
    let same = names.clone().find(|known| plain(known) == plain(name));
    let help = match same.or_else(|| nearest(name, names.clone())) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the keys are {}", names.collect::<Vec<_>>().join(", ")),
    };
    tree.diagnostic(key, format!("there is no setting `{name}` here"), help)
}

fn read_value(tree: &Tree<'_>, form: Form, node: NodeId) -> Result<SettingValue, Diagnostic> {
    Ok(match form {
        Form::Text | Form::Pairs(_) => SettingValue::Text(read_text(tree, node)?),
        Form::Word(_) => SettingValue::Text(read_word(tree, &form.words(), node)?),
        Form::Switch => SettingValue::Switch(read_switch(tree, node)?),
        Form::List => {
            let items = items(tree, node)?;
            let item = |item: &NodeId| Ok((read_text(tree, *item)?, Some(Spot::of(tree, *item))));
            SettingValue::List(items.iter().map(item).collect::<Result<_, Diagnostic>>()?)
        }
    })
}

/// Text as it is written: `0.10` stays `0.10`.
pub(super) fn read_text(tree: &Tree<'_>, node: NodeId) -> Result<String, Diagnostic> {
    let scalar: Scalar<'_> = from_node(tree, node)?;
    match scalar.as_text() {
        Some(text) => Ok(text.to_owned()),
        None if scalar.is_absent() => Err(tree.mismatch(node, "text", "give it a value, or remove the key")),
        None => Err(tree.mismatch(node, "text", "text that begins with `{` or `[` needs quotes")),
    }
}

fn read_word(tree: &Tree<'_>, words: &[String], node: NodeId) -> Result<String, Diagnostic> {
    let scalar: Scalar<'_> = from_node(tree, node)?;
    if words.iter().any(|word| word == scalar.text) && scalar.as_text().is_some() {
        return Ok(scalar.text.to_owned());
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let expected = match quoted.split_last() {
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    };
    let help = match nearest(scalar.text, words.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "write one of them".to_owned(),
    };
    Err(tree.mismatch(node, &expected, &help))
}

fn read_switch(tree: &Tree<'_>, node: NodeId) -> Result<bool, Diagnostic> {
    let scalar: Scalar<'_> = from_node(tree, node)?;
    match scalar.text {
        // `yes` and `on` are text to the YAML of editors.
        "true" if scalar.kind == ScalarKind::Bool => Ok(true),
        "false" if scalar.kind == ScalarKind::Bool => Ok(false),
        _ => Err(tree.mismatch(node, "true or false", "write one of them, without quotes")),
    }
}
