//! The effective settings: layers merged by precedence.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use clap::ValueEnum;

use super::{Layer, Setting, SettingSource, SettingValue, Spot, fault};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{BACKENDS, Backend, GivenBy, Key, Profile, Request, Takes, UsageError, table};
use crate::lint::{Rule, RuleSet};
use crate::manifest::glob::{NameSet, NameSetBuilder, glob};
use crate::manifest::selection::{LabelSelector, Selection, label_selector};
use crate::source::{Excludes, ExcludesBuilder};

/// The name of a deployment in the name of a service.
const NAME_PLACEHOLDER: &str = "{name}";

const SAMPLER_TYPE: &str = "JAEGER_SAMPLER_TYPE";
const DEFAULT_SAMPLER: &str = "const";

/// The effective settings, each from the layer of highest precedence.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    settings: Vec<Setting>,
}

impl Settings {
    /// Merges layers in ascending precedence.
    pub(crate) fn of<'a>(layers: impl IntoIterator<Item = &'a Layer>) -> Self {
        let mut all = Self::default();
        for layer in layers {
            all.cover(&layer.settings);
        }
        all
    }

    fn cover(&mut self, new: &[Setting]) {
        let kind = |settings: &[Setting]| text_of(settings, Key::SamplerType).unwrap_or(DEFAULT_SAMPLER).to_owned();
        let gives = |key: Key| new.iter().any(|setting| setting.key == key);
        // Another type does not inherit the param, as it does not in a manifest.
        let is_other_type = gives(Key::SamplerType) && kind(new) != kind(&self.settings);
        let replaces_tags = gives(Key::Tag) || gives(Key::Tags);
        let replaces_tag = gives(Key::Tags);
        let replaced: HashSet<(Key, &str)> = new.iter().map(Setting::id).collect();
        self.settings.retain(|existing| match existing.key {
            Key::SamplerParam | Key::OrchestratorSamplerParam if is_other_type => false,
            Key::Tags if replaces_tags => false,
            Key::Tag if replaces_tag => false,
            _ => !replaced.contains(&existing.id()),
        });
        self.settings.extend(new.iter().cloned());
    }

    /// The same for a deployment whose name is not known yet, without the settings that are made from it.
    pub(crate) fn without_name(&self) -> Self {
        let is_service = |name: &str| {
            BACKENDS.into_iter().flat_map(table).any(|one| one.name == name && one.takes == Takes::Service)
        };
        let needs_name = |setting: &Setting| match setting.key {
            Key::ConfigMap => true,
            Key::Service => setting.text().is_some_and(|text| text.contains(NAME_PLACEHOLDER)),
            Key::Set if is_service(&setting.name) => setting.text().is_some_and(|text| text.contains(NAME_PLACEHOLDER)),
            _ => false,
        };
        Self { settings: self.settings.iter().filter(|setting| !needs_name(setting)).cloned().collect() }
    }

    /// The settings of a key; for a mapping one for each name.
    pub(crate) fn said(&self, key: Key) -> impl Iterator<Item = &Setting> {
        self.settings.iter().filter(move |setting| setting.key == key)
    }

    /// The text of a setting.
    pub(crate) fn text(&self, key: Key) -> Option<&str> {
        text_of(&self.settings, key)
    }

    /// One of the words of an option.
    pub(crate) fn word<T: ValueEnum>(&self, key: Key) -> Option<T> {
        self.text(key).and_then(|word| T::from_str(word, false).ok())
    }

    /// Returns true if a setting is switched on.
    pub(crate) fn is_on(&self, key: Key) -> bool {
        self.said(key).any(|setting| setting.value == SettingValue::Switch(true))
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, key: Key) -> Vec<String> {
        self.items(key).map(|(_, text, _)| text.to_owned()).collect()
    }

    fn items(&self, key: Key) -> impl Iterator<Item = (&Setting, &str, Option<&Spot>)> {
        self.said(key).flat_map(|setting| {
            let items = match &setting.value {
                SettingValue::List(items) => items.as_slice(),
                SettingValue::Text(_) | SettingValue::Switch(_) => &[],
            };
            items.iter().map(move |(text, spot)| (setting, text.as_str(), spot.as_ref()))
        })
    }

    /// The profile of `enable`. Settings of a file for the other backend are ignored.
    ///
    /// # Errors
    /// All errors in the settings.
    pub(crate) fn profile(&self, backend: Backend) -> Result<Profile, Vec<Diagnostic>> {
        self.checked(backend).map_err(|(standing, errors)| standing.faults_of(errors.iter()).collect())
    }

    /// The profile for objects that are not known yet: what they don't have is the default.
    ///
    /// # Errors
    /// All errors in the settings, also with a default.
    pub(crate) fn profile_of_any(&self, backend: Backend) -> Result<Profile, Vec<Diagnostic>> {
        let profile = self.profile(backend)?;
        let is_type = |setting: &Setting| setting.key == Key::SamplerType || setting.name == SAMPLER_TYPE;
        if !self.settings.iter().any(is_type) {
            let mut with_default = self.clone();
            with_default.settings.push(Setting {
                key: Key::SamplerType,
                name: String::new(),
                value: SettingValue::Text(DEFAULT_SAMPLER.to_owned()),
                source: SettingSource::Defaults,
                spot: None,
            });
            let help = format!("add `sampler-type`, which is {DEFAULT_SAMPLER} by default");
            let with_help = |fault: Diagnostic| Diagnostic { help: help.clone(), ..fault };
            with_default.profile(backend).map_err(|faults| faults.into_iter().map(with_help).collect::<Vec<_>>())?;
        }
        Ok(profile)
    }

    fn checked(&self, backend: Backend) -> Result<Profile, (Self, Vec<UsageError>)> {
        let mut standing = self.clone();
        loop {
            match Profile::new(standing.request(backend)) {
                Ok(profile) => return Ok(profile),
                Err(errors) if standing.drop_conflicting(&errors) => {}
                Err(errors) => return Err((standing, errors)),
            }
        }
    }

    fn request(&self, backend: Backend) -> Request {
        let is_of_enable =
            |key: Key| key.spec().sets.is_some() || key.spec().is_part || matches!(key, Key::Set | Key::Tag);
        let text = |setting: &Setting| match &setting.value {
            SettingValue::Switch(is_on) => is_on.then(|| "true".to_owned()),
            _ => setting.text().map(str::to_owned),
        };
        let settings = self.settings.iter().filter(|setting| is_of_enable(setting.key));
        let values = settings.filter_map(|setting| Some((setting.key, text(setting)?))).collect();
        Request { backend, names: self.word(Key::Names), reset: self.is_on(Key::Reset), values }
    }

    /// Drops settings of the other backend, except typed ones if no override sets the backend, and the one of lower
    /// precedence of two that exclude each other. Returns true if there was any.
    fn drop_conflicting(&mut self, errors: &[UsageError]) -> bool {
        let before = self.settings.len();
        let is_overridden = self.said(Key::Backend).any(|backend| matches!(backend.source, SettingSource::Override(_)));
        let is_typed = |setting: &Setting| setting.source == SettingSource::Options && !is_overridden;
        // Any number of errors may be about one option or variable; of those there are as many as the tables have.
        let mut seen = HashSet::new();
        for error in errors {
            match error {
                UsageError::OtherBackend { origin, .. } if seen.insert(origin) => {
                    self.settings.retain(|setting| is_typed(setting) || !setting.is_from(origin));
                }
                UsageError::Contradiction { first, second, .. } => {
                    let is_party = |setting: &Setting| setting.is_from(first) || setting.is_from(second);
                    let highest =
                        self.settings.iter().filter(|setting| is_party(setting)).map(|setting| setting.source).max();
                    self.settings.retain(|setting| !is_party(setting) || Some(setting.source) == highest);
                }
                // An option of a sidecar, below one that asks for another agent.
                UsageError::Missing { origin: GivenBy::Option(key), needed: GivenBy::Option(Key::Agent), .. } => {
                    let is_choice = |setting: &&Setting| AGENT_CHOICES.contains(&setting.key);
                    let chosen = self.settings.iter().filter(is_choice).map(|setting| setting.source).max();
                    self.settings.retain(|setting| setting.key != *key || Some(setting.source) >= chosen);
                }
                _ => {}
            }
        }
        self.settings.len() < before
    }

    fn faults_of<'a>(&self, errors: impl Iterator<Item = &'a UsageError>) -> impl Iterator<Item = Diagnostic> {
        let (mut options, mut variables, mut tags) = (HashMap::new(), HashMap::new(), HashMap::new());
        for setting in &self.settings {
            options.entry(setting.key).or_insert(setting);
            match setting.key {
                Key::Set => drop(variables.entry(setting.name.as_str()).or_insert(setting)),
                Key::Tag => drop(tags.entry(setting.text().unwrap_or_default()).or_insert(setting)),
                _ => {}
            }
        }
        let from = move |origin: &GivenBy| match origin {
            GivenBy::Option(option) => options.get(option).copied(),
            GivenBy::Set(name) => variables.get(name.as_str()).copied(),
        };
        let tag = move |text: &str| tags.get(text).copied();
        errors.map(move |error| Self::fault(error, &from, &tag))
    }

    fn fault<'a>(
        error: &UsageError,
        from: impl Fn(&GivenBy) -> Option<&'a Setting>,
        tag: impl Fn(&str) -> Option<&'a Setting>,
    ) -> Diagnostic {
        let at_fault = match error {
            UsageError::Value { origin: GivenBy::Option(Key::Tag), value: Some(value), .. } => tag(value),
            UsageError::Value { origin, .. }
            | UsageError::OtherBackend { origin, .. }
            | UsageError::Missing { origin, .. }
            | UsageError::Contradiction { second: origin, .. } => from(origin),
            UsageError::Unknown { name, .. } => from(&GivenBy::Set(name.clone())),
            UsageError::NoAssignment { .. } | UsageError::UnknownName { .. } => None,
        };
        let Some(spot) = at_fault.and_then(|setting| setting.spot.as_ref()) else {
            return Diagnostic::new(error.to_string(), "");
        };
        let itself = |origin: &GivenBy| at_fault.filter(|setting| setting.is_from(origin));
        let called = |origin: &GivenBy| match (itself(origin).or_else(|| from(origin)), origin) {
            (Some(setting), _) => setting.called(),
            (None, GivenBy::Option(option)) => format!("`{}`", option.name()),
            (None, GivenBy::Set(name)) => format!("`set.{name}`"),
        };
        fault(Some(spot), error.words(called), "")
    }

    /// The selection.
    ///
    /// # Errors
    /// All errors in it.
    pub(crate) fn selection(&self) -> Result<Selection, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut globbed = |key: Key| {
            let setting = self.said(key).next()?;
            glob(setting.text()?).map_err(|words| faults.push(setting.fault(&words))).ok()
        };
        let (name, predictor, container) = (globbed(Key::Name), globbed(Key::Predictor), globbed(Key::Container));
        let labels = |setting: &Setting| -> Result<LabelSelector, Diagnostic> {
            let requirements = label_selector(setting.text().unwrap_or_default());
            Ok(requirements.map_err(|words| setting.fault(&words))?.into_iter().collect())
        };
        let labels = self.said(Key::Selector).next().map_or(Ok(LabelSelector::default()), labels);
        match labels {
            Ok(labels) if faults.is_empty() => Ok(Selection {
                name,
                namespace: self.text(Key::Namespace).map(str::to_owned),
                labels,
                predictor,
                container,
                only: self.word(Key::Only).unwrap_or_default(),
                all_containers: self.is_on(Key::AllContainers),
            }),
            labels => Err(faults.into_iter().chain(labels.err()).collect()),
        }
    }

    /// The variables that are never changed or removed.
    ///
    /// # Errors
    /// Each invalid glob, or that there are too many.
    pub(crate) fn keep(&self) -> Result<NameSet, Vec<Diagnostic>> {
        let mut names = NameSetBuilder::default();
        self.each(Key::Keep, |setting, text| names.add(text).map_err(|words| setting.fault(&words)))?;
        let too_many = |words: String| self.said(Key::Keep).map(|setting| setting.fault(&words)).collect::<Vec<_>>();
        names.build().map_err(too_many)
    }

    fn rules(&self, key: Key) -> Result<Vec<&'static Rule>, Vec<Diagnostic>> {
        self.each(key, |_, id| Rule::find(id).ok_or_else(|| Diagnostic::new(Rule::unknown(id), "")))
    }

    /// The rules of `lint`.
    ///
    /// # Errors
    /// Each unknown rule.
    pub(crate) fn rule_set(&self) -> Result<RuleSet, Vec<Diagnostic>> {
        match (self.rules(Key::Allow), self.rules(Key::Deny)) {
            (Ok(allowed), Ok(denied)) => Ok(RuleSet::new(&allowed, &denied)),
            (allowed, denied) => Err(allowed.err().into_iter().chain(denied.err()).flatten().collect()),
        }
    }

    fn each<T>(
        &self,
        key: Key,
        mut read: impl FnMut(&Setting, &str) -> Result<T, Diagnostic>,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let (mut done, mut faults) = (Vec::new(), Vec::new());
        for (setting, text, spot) in self.items(key) {
            match read(setting, text) {
                Ok(one) => done.push(one),
                Err(wrong) => faults.push(fault(spot, wrong.message, wrong.help)),
            }
        }
        if faults.is_empty() { Ok(done) } else { Err(faults) }
    }

    /// The paths that a walk skips, by globs relative to the folder of the file or, of the command line, to the working folder.
    ///
    /// # Errors
    /// Each invalid glob, or that there are too many.
    pub(crate) fn excludes(&self, working_folder: &Path, folder_of_file: &Path) -> Result<Excludes, Vec<Diagnostic>> {
        let is_typed = self.said(Key::Exclude).any(|setting| setting.source == SettingSource::Options);
        let mut globs = ExcludesBuilder::new(if is_typed { working_folder } else { folder_of_file });
        self.each(Key::Exclude, |setting, text| globs.add(text).map_err(|words| setting.fault(&words)))?;
        let too_large =
            |words: String| self.said(Key::Exclude).map(|setting| setting.fault(&words)).collect::<Vec<_>>();
        globs.build().map_err(too_large)
    }

    /// All errors in the values of one layer, for any other layers and any command.
    pub(crate) fn faults(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for backend in BACKENDS {
            let Err((standing, errors)) = self.checked(backend) else { continue };
            let is_by_itself = |error: &&UsageError| !matches!(error, UsageError::Missing { .. });
            faults.extend(standing.faults_of(errors.iter().filter(is_by_itself)));
        }
        faults.extend(self.selection().err().into_iter().flatten());
        faults.extend(self.keep().err().into_iter().flatten());
        faults.extend(self.excludes(Path::new(""), Path::new("")).err().into_iter().flatten());
        faults.extend(self.rule_set().err().into_iter().flatten());
        // Of the errors for both backends the shorter counts: it suggests one name where the other lists all.
        faults.sort_by_key(|fault| (fault.span.as_ref().map(|span| span.start), fault.message.len()));
        faults.dedup_by(|later, kept| later.span == kept.span);
        faults
    }
}

/// The settings of which each chooses an agent.
const AGENT_CHOICES: [Key; 3] = [Key::Agent, Key::AgentHost, Key::AgentPort];

fn text_of(settings: &[Setting], key: Key) -> Option<&str> {
    settings.iter().find(|setting| setting.key == key)?.text()
}

impl Setting {
    /// The text; of a mapping with the name before it.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            SettingValue::Text(text) => Some(text),
            SettingValue::Switch(_) | SettingValue::List(_) => None,
        }
    }

    fn is_from(&self, origin: &GivenBy) -> bool {
        match origin {
            GivenBy::Option(option) => *option == self.key,
            GivenBy::Set(name) => self.key == Key::Set && self.name == *name,
        }
    }
}
