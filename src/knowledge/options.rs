//! The options of a request. Each value is checked against the programs that read it, then assigned to its variables.

mod clients;
mod sidecar;
mod spec;
mod table;
pub(super) mod usage;

use super::backends::{find, table};
use super::otlp::OTLP_SERVER;
use super::parts::{CONFIG_PATH, Parts};
use super::receivers::has_literal_key;
use super::service::Template;
use super::tags::Tags;
use super::values::{CheckedValue, Takes, nearest, read};
use super::variables::unread::UNREAD;
use super::variables::{KnownVariable, Purpose};
use super::{Backend, Content, Names, PlaceholderValues, Reader, Readers, Strength, Wanted, tags};
use crate::credentials::masked_value;

pub(super) use clients::{refused, written_text};
pub use spec::Key;
pub(crate) use spec::{
    AGENT, CONFIG, Commands, DISABLE, ENABLE, FailOn, Form, LINT, OptionSpec, STATUS, Scope, Sets, WebhookAction,
};
pub(crate) use table::OPTIONS;
use usage::{GivenBy, UsageError};

/// `enable`'s options on variables, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `--backend`
    pub backend: Backend,
    /// `--names`
    pub names: Option<Names>,
    /// `--reset`
    pub reset: bool,
    /// The other options, in the order in which they were given: `--set` as `VAR=VALUE`, `--tag` as `KEY:VALUE`.
    pub values: Vec<(Key, String)>,
}

/// A value that the user gave for one variable in the env lists of one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub variable: &'static KnownVariable,
    pub reader: Reader,
    pub value: CheckedValue,
    origin: GivenBy,
    /// True if it is given for this reader alone: it takes precedence over a value for every reader.
    pub is_specific: bool,
}

impl Request {
    /// A request for the defaults of a backend.
    pub fn new(backend: Backend) -> Self {
        Self { backend, names: None, reset: false, values: Vec::new() }
    }

    /// Adds this option.
    #[must_use]
    pub fn with(mut self, key: Key, value: impl Into<String>) -> Self {
        self.values.push((key, value.into()));
        self
    }

    /// The value of an option that has one.
    pub fn value(&self, key: Key) -> Option<&str> {
        self.all(key).next()
    }

    /// The values of an option that may be given several times.
    fn all(&self, key: Key) -> impl Iterator<Item = &str> {
        self.values.iter().filter(move |(given, _)| *given == key).map(|(_, value)| value.as_str())
    }
}

impl Given {
    /// The env entry for it in one place.
    pub(super) fn wanted(&self, place: &PlaceholderValues<'_>) -> Wanted {
        let content = match &self.value {
            CheckedValue::Text(text) => Content::Literal(text.clone().into()),
            CheckedValue::Service(template) => Content::Literal(Template::fill(template, place).into()),
            CheckedValue::Tags(tags) => Content::Tags(tags.clone()),
        };
        Wanted { name: self.variable.name, content, strength: Strength::Given, is_listed: false }
    }

    /// Returns true if its option affects more than tracing: it is removed only if it is listed.
    pub(super) fn is_listed(&self) -> bool {
        self.is_about_more() && matches!(self.origin, GivenBy::Option(_))
    }

    /// Returns true if `--set` gives it, so that it is written after the variables of the table.
    pub(super) fn is_last(&self) -> bool {
        self.is_about_more() && matches!(self.origin, GivenBy::Set(_))
    }

    fn is_about_more(&self) -> bool {
        let setting = self.variable.entry.map(|entry| entry.setting);
        matches!(setting, Some(Purpose::Environment | Purpose::Version | Purpose::Propagation))
    }

    /// The text of its value in one place; `None` for tags.
    pub(super) fn literal(&self, place: &PlaceholderValues<'_>) -> Option<String> {
        match &self.value {
            CheckedValue::Text(text) => Some(text.clone()),
            CheckedValue::Service(template) => Some(Template::fill(template, place)),
            CheckedValue::Tags(_) => None,
        }
    }

    pub(super) fn text(&self) -> &str {
        match &self.value {
            CheckedValue::Text(text) => text,
            CheckedValue::Service(_) | CheckedValue::Tags(_) => "",
        }
    }
}

/// The options that set a variable: those of its setting, and `--set`.
pub(crate) fn options_of(backend: Backend, variable: &KnownVariable) -> Vec<String> {
    let setting = variable.entry.map(|entry| entry.setting);
    let tag = (setting == Some(Purpose::Tags)).then_some(Key::Tag);
    let is_for = |option: &&OptionSpec| {
        let is_set = |sets: Sets| {
            Some(sets.setting) == setting && sets.reader.is_none_or(|reader| variable.readers.include(reader))
        };
        option.sets.is_some_and(is_set) && option.backend.is_none_or(|only| only == backend)
    };
    let options = OPTIONS.iter().filter(is_for).map(|option| option.key);
    let part = option_of_part(variable.name).filter(|_| setting.is_none());
    let all = tag.into_iter().chain(options).chain(part).chain([Key::Set]);
    all.map(|key| format!("--{}", key.name())).collect()
}

/// The option that adds a variable as a part, which `disable` removes if that added it.
pub(crate) fn option_of_part(variable: &str) -> Option<Key> {
    match variable {
        "DD_ENV" => Some(Key::Environment),
        "DD_VERSION" => Some(Key::ServiceVersion),
        "JAEGER_TRACE_PROPAGATION_TYPE" => Some(Key::Propagation),
        CONFIG_PATH => Some(Key::ConfigMap),
        OTLP_SERVER => Some(Key::Otlp),
        _ => None,
    }
}

/// The setting of an option, checked.
struct Chosen {
    origin: GivenBy,
    setting: Purpose,
    reader: Option<Reader>,
    value: CheckedValue,
}

/// The values that a request gives, variable by variable; those of `--set` last, in their order.
///
/// # Errors
/// All errors, in the order of the options.
pub(super) fn resolve(request: &Request) -> Result<(Vec<Given>, Parts), Vec<UsageError>> {
    let mut errors = Vec::new();
    let parts = Parts::of(request, &mut errors);
    let chosen = chosen(request, &mut errors);
    let assigned = assigned(request, &mut errors);
    errors.extend(assigned.iter().filter_map(|(variable, _)| given_by_a_part(&parts, variable)));
    let mut given = spread(request, &chosen);
    let mut contradictions = Vec::new();
    for (variable, value) in assigned {
        assign(&mut given, variable, &value, &mut contradictions);
    }
    errors.extend(contradictions);
    clients::check_clients(request.backend, &given, &parts, &mut errors);
    clients::check_config_file(&parts, &given, &mut errors);
    // An invalid value is not missing: checks that depend on it wait until it is valid.
    if errors.is_empty() {
        check_sampler(&given, &mut errors);
    }
    if errors.is_empty() { Ok((given, parts)) } else { Err(errors) }
}

/// The options with a value, checked one by one.
fn chosen(request: &Request, errors: &mut Vec<UsageError>) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    for option in OPTIONS {
        let (Some(sets), Some(text)) = (option.sets, request.value(option.key)) else { continue };
        let origin = GivenBy::Option(option.key);
        if let Some(error) = of_other_backend(&origin, option.backend, request.backend) {
            errors.push(error);
            continue;
        }
        match read(sets.takes, text) {
            Ok(value) => chosen.push(Chosen { origin, setting: sets.setting, reader: sets.reader, value }),
            Err(problem) => errors.push(UsageError::Value { origin, value: Some(text.to_owned()), problem }),
        }
    }
    if request.names.is_some() {
        let origin = GivenBy::Option(Key::Names);
        errors.extend(of_other_backend(&origin, Key::Names.spec().backend, request.backend));
    }
    for option in
        OPTIONS.iter().filter(|option| option.is_part && option.sets.is_none() && request.value(option.key).is_some())
    {
        errors.extend(of_other_backend(&GivenBy::Option(option.key), option.backend, request.backend));
    }
    chosen.extend(chosen_tags(request, errors));
    chosen
}

/// The setting that the values of `--tag` make together.
fn chosen_tags(request: &Request, errors: &mut Vec<UsageError>) -> Option<Chosen> {
    let origin = GivenBy::Option(Key::Tag);
    request.value(Key::Tag)?;
    if let Some(error) = of_other_backend(&origin, Key::Tag.spec().backend, request.backend) {
        errors.push(error);
        return None;
    }
    if request.value(Key::Tags).is_some() {
        let second = GivenBy::Option(Key::Tags);
        errors.push(UsageError::Contradiction { first: origin.clone(), second, name: "DD_TAGS" });
        return None;
    }
    let mut tags = Tags::default();
    for text in request.all(Key::Tag) {
        let tag = read(Takes::Text, text).and_then(|_| tags::parse(text));
        match tag.and_then(|tag| tags.add(tag)) {
            Ok(()) => {}
            Err(problem) => {
                errors.push(UsageError::Value { origin: origin.clone(), value: Some(text.to_owned()), problem });
            }
        }
    }
    Some(Chosen { origin, setting: Purpose::Tags, reader: None, value: CheckedValue::Tags(tags.list) })
}

/// The variables of `--set`, checked one by one.
fn assigned(request: &Request, errors: &mut Vec<UsageError>) -> Vec<(&'static KnownVariable, CheckedValue)> {
    let mut assigned = Vec::new();
    for text in request.all(Key::Set) {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            errors.push(UsageError::NoAssignment { text: text.to_owned() });
            continue;
        };
        let Some(variable) = find(request.backend, name) else {
            errors.push(no_such_variable(name, request.backend));
            continue;
        };
        let read = match variable.takes == Takes::Secret && has_literal_key(request.backend, value) {
            true => Err("this is a credential, which every reader of the result would see; put it into a Secret, and \
                         refer to that in the manifest"
                .to_owned()),
            false => read(variable.takes, value),
        };
        match read {
            Ok(value) => assigned.push((variable, value)),
            Err(problem) => {
                let value = (variable.takes != Takes::Secret).then(|| masked_value(value));
                errors.push(UsageError::Value { origin: GivenBy::Set(name.to_owned()), value, problem });
            }
        }
    }
    assigned
}

/// The contradiction of `--set` and an option of parts that gives the same variable.
fn given_by_a_part(parts: &Parts, variable: &KnownVariable) -> Option<UsageError> {
    let first = match variable.entry.map(|entry| entry.setting) {
        Some(Purpose::Host) if parts.agent.is_some() => Key::Agent,
        Some(Purpose::Port) if parts.wants_sidecar() => Key::Agent,
        _ if variable.name == CONFIG_PATH && parts.config_map.is_some() => Key::ConfigMap,
        _ => return None,
    };
    let second = GivenBy::Set(variable.name.to_owned());
    Some(UsageError::Contradiction { first: GivenBy::Option(first), second, name: variable.name })
}

fn no_such_variable(name: &str, asked_for: Backend) -> UsageError {
    let belongs_to = asked_for.other();
    if find(belongs_to, name).is_some() {
        return UsageError::OtherBackend { origin: GivenBy::Set(name.to_owned()), belongs_to, asked_for };
    }
    let why_unread = UNREAD.iter().find(|unread| unread.name == name).map(|unread| unread.why().to_owned());
    let names = || table(asked_for).iter().map(|variable| variable.name);
    let nearest = || nearest(name, names());
    let hint = why_unread
        .or_else(|| nearest().map(|name| format!("did you mean {name}?")))
        .or_else(|| {
            let name = super::nearest(name, table(belongs_to).iter().map(|variable| variable.name))?;
            Some(format!("did you mean {name}, which is for --backend {belongs_to}?"))
        })
        .unwrap_or_else(|| format!("{asked_for}'s clients read {}", names().collect::<Vec<_>>().join(", ")));
    UsageError::Unknown { name: name.to_owned(), hint }
}

fn of_other_backend(origin: &GivenBy, belongs_to: Option<Backend>, asked_for: Backend) -> Option<UsageError> {
    let belongs_to = belongs_to.filter(|backend| *backend != asked_for)?;
    Some(UsageError::OtherBackend { origin: origin.clone(), belongs_to, asked_for })
}

/// Assigns each setting to its variables under the requested names.
fn spread(request: &Request, chosen: &[Chosen]) -> Vec<Given> {
    let names = request.names.unwrap_or_default();
    let mut given = Vec::new();
    for variable in table(request.backend) {
        let Some(entry) = variable.entry_under(names) else { continue };
        for reader in variable.readers.each() {
            let of_setting = || chosen.iter().filter(|chosen| chosen.setting == entry.setting);
            let specific = of_setting().find(|chosen| chosen.reader == Some(reader));
            let Some(chosen) = specific.or_else(|| of_setting().find(|chosen| chosen.reader.is_none())) else {
                continue;
            };
            let value = match &chosen.value {
                CheckedValue::Text(text) => CheckedValue::Text(variable.spell(text).into_owned()),
                value => value.clone(),
            };
            let is_specific = chosen.reader.is_some();
            given.push(Given { variable, reader, value, origin: chosen.origin.clone(), is_specific });
        }
    }
    given
}

/// Adds a variable of `--set` to the given values. It is for all its readers. An option for the orchestrator alone
/// takes precedence there, unless only the orchestrator reads the variable. A contradiction is reported once.
fn assign(
    given: &mut Vec<Given>,
    variable: &'static KnownVariable,
    value: &CheckedValue,
    contradictions: &mut Vec<UsageError>,
) {
    let origin = GivenBy::Set(variable.name.to_owned());
    for reader in variable.readers.each() {
        let same = |given: &&Given| given.variable.name == variable.name && given.reader == reader;
        match given.iter().find(same) {
            None => {
                given.push(Given {
                    variable,
                    reader,
                    value: value.clone(),
                    origin: origin.clone(),
                    is_specific: false,
                });
            }
            Some(standing) if standing.value == *value => {}
            Some(standing) if standing.is_specific && variable.readers == Readers::Both => {}
            Some(standing) => {
                let (first, second) = (standing.origin.clone(), origin.clone());
                let error = UsageError::Contradiction { first, second, name: variable.name };
                if !contradictions.contains(&error) {
                    contradictions.push(error);
                }
            }
        }
    }
}

/// A given sampler type needs a param, since the default param is for a const sampler. The executor's function checks
/// whether the two fit each other.
fn check_sampler(given: &[Given], errors: &mut Vec<UsageError>) {
    for reader in [Reader::Container, Reader::Orchestrator] {
        let of = |name: &str| given.iter().find(|given| given.variable.name == name && given.reader == reader);
        let (Some(kind), None) = (of("JAEGER_SAMPLER_TYPE"), of("JAEGER_SAMPLER_PARAM")) else { continue };
        let error = (!kind.text().eq_ignore_ascii_case("const")).then(|| UsageError::Missing {
            origin: kind.origin.clone(),
            needed: GivenBy::Option(Key::SamplerParam),
            reason: format!("its default of 1 is for const; give the number for {}", kind.text()),
        });
        errors.extend(error.filter(|error| !errors.contains(error)));
    }
}

impl Key {
    /// All options, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        OPTIONS.iter().map(|option| option.key)
    }

    /// The option of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    /// The name, without dashes before it.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The entry in the table of options.
    pub fn spec(self) -> &'static OptionSpec {
        // A test compares the order of the table with that of the variants.
        &OPTIONS[self as usize]
    }
}

#[cfg(test)]
mod tests;
