//! What a user asks for: each value checked against those who would read it, then spread over the variables it sets.

use super::clients::{find, table};
use super::service::Template;
use super::tags::Tags;
use super::unread::UNREAD;
use super::usage::{Origin, UsageError};
use super::values::{SAMPLER_TYPES, Value, check_sampler_pair, nearest, read};
use super::variables::{Readers, Setting, Takes, Variable};
use super::{Backend, Content, Names, Place, Reader, Strength, Wanted, tags};
use crate::credentials::without;

/// `enable`'s options on variables, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `--backend`
    pub backend: Backend,
    /// `--agent-host`
    pub agent_host: Option<String>,
    /// `--agent-port`
    pub agent_port: Option<String>,
    /// `--service`
    pub service: Option<String>,
    /// `--set`, each `VAR=VALUE`
    pub set: Vec<String>,
    /// `--sampler-type`
    pub sampler_type: Option<String>,
    /// `--sampler-param`
    pub sampler_param: Option<String>,
    /// `--orchestrator-sampler-param`
    pub orchestrator_sampler_param: Option<String>,
    /// `--sample-rate`
    pub sample_rate: Option<String>,
    /// `--orchestrator-sample-rate`
    pub orchestrator_sample_rate: Option<String>,
    /// `--tag`, each `KEY:VALUE`
    pub tag: Vec<String>,
    /// `--tags`
    pub tags: Option<String>,
    /// `--names`
    pub names: Option<Names>,
    /// `--reset`
    pub reset: bool,
}

/// A value that the user gave for one variable in the env lists of one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub variable: &'static Variable,
    pub reader: Reader,
    pub value: Value,
    origin: Origin,
    /// Given for this reader alone, so that it outranks what is given for every reader.
    is_specific: bool,
}

impl Request {
    /// A request for the defaults of a backend.
    pub fn new(backend: Backend) -> Self {
        Self {
            backend,
            agent_host: None,
            agent_port: None,
            service: None,
            set: Vec::new(),
            sampler_type: None,
            sampler_param: None,
            orchestrator_sampler_param: None,
            sample_rate: None,
            orchestrator_sample_rate: None,
            tag: Vec::new(),
            tags: None,
            names: None,
            reset: false,
        }
    }
}

impl Given {
    /// What the env list of one place is to hold of it.
    pub(super) fn wanted(&self, place: &Place<'_>) -> Wanted {
        let content = match &self.value {
            Value::Text(text) => Content::Literal(text.clone().into()),
            Value::Service(template) => Content::Literal(Template::fill(template, place).into()),
            Value::Tags(tags) => Content::Tags(tags.clone()),
        };
        Wanted { name: self.variable.name, content, strength: Strength::Given }
    }

    fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) => text,
            Value::Service(_) | Value::Tags(_) => "",
        }
    }
}

/// An option that holds one value.
struct Choice {
    option: &'static str,
    /// None: of every backend.
    backend: Option<Backend>,
    setting: Setting,
    takes: Takes,
    /// None: every reader.
    reader: Option<Reader>,
    value: fn(&Request) -> Option<&str>,
}

const CHOICES: &[Choice] = &[
    Choice {
        option: "--agent-host",
        backend: None,
        setting: Setting::Host,
        takes: Takes::Host,
        reader: None,
        value: |request| request.agent_host.as_deref(),
    },
    Choice {
        option: "--agent-port",
        backend: None,
        setting: Setting::Port,
        takes: Takes::Port,
        reader: None,
        value: |request| request.agent_port.as_deref(),
    },
    Choice {
        option: "--service",
        backend: None,
        setting: Setting::Service,
        takes: Takes::Service,
        reader: None,
        value: |request| request.service.as_deref(),
    },
    Choice {
        option: "--sampler-type",
        backend: Some(Backend::Jaeger),
        setting: Setting::SamplerType,
        takes: Takes::Word(SAMPLER_TYPES),
        reader: None,
        value: |request| request.sampler_type.as_deref(),
    },
    Choice {
        option: "--sampler-param",
        backend: Some(Backend::Jaeger),
        setting: Setting::SamplerParam,
        takes: Takes::Number,
        reader: None,
        value: |request| request.sampler_param.as_deref(),
    },
    Choice {
        option: "--orchestrator-sampler-param",
        backend: Some(Backend::Jaeger),
        setting: Setting::SamplerParam,
        takes: Takes::Number,
        reader: Some(Reader::Orchestrator),
        value: |request| request.orchestrator_sampler_param.as_deref(),
    },
    Choice {
        option: "--sample-rate",
        backend: Some(Backend::Datadog),
        setting: Setting::Rate,
        takes: Takes::Rate,
        reader: None,
        value: |request| request.sample_rate.as_deref(),
    },
    Choice {
        option: "--orchestrator-sample-rate",
        backend: Some(Backend::Datadog),
        setting: Setting::Rate,
        takes: Takes::Rate,
        reader: Some(Reader::Orchestrator),
        value: |request| request.orchestrator_sample_rate.as_deref(),
    },
    Choice {
        option: "--tags",
        backend: Some(Backend::Datadog),
        setting: Setting::Tags,
        takes: Takes::Tags,
        reader: None,
        value: |request| request.tags.as_deref(),
    },
];

/// The options that set a variable: those of its setting, and `--set`.
pub fn options_of(backend: Backend, variable: &Variable) -> Vec<&'static str> {
    let setting = variable.entry.map(|entry| entry.setting);
    let tag = (setting == Some(Setting::Tags)).then_some("--tag");
    let is_for = |choice: &&Choice| {
        let is_read = choice.reader.is_none_or(|reader| variable.readers.include(reader));
        Some(choice.setting) == setting && choice.backend.is_none_or(|only| only == backend) && is_read
    };
    let choices = CHOICES.iter().filter(is_for).map(|choice| choice.option);
    tag.into_iter().chain(choices).chain(["--set"]).collect()
}

const SAMPLER: &[&str] = &[
    "--sampler-type",
    "--sampler-param",
    "--orchestrator-sampler-param",
    "JAEGER_SAMPLER_TYPE",
    "JAEGER_SAMPLER_PARAM",
];

const CREDENTIALS: &[&str] = &["JAEGER_USER", "JAEGER_PASSWORD"];

/// The setting of an option, checked.
struct Chosen {
    origin: Origin,
    setting: Setting,
    reader: Option<Reader>,
    value: Value,
}

/// The values that a request gives, variable by variable; those of `--set` last, in their order.
///
/// # Errors
/// Every fault, in the order of the options.
pub(super) fn resolve(request: &Request) -> Result<Vec<Given>, Vec<UsageError>> {
    let mut faults = Vec::new();
    let chosen = chosen(request, &mut faults);
    let assigned = assigned(request, &mut faults);
    let mut given = spread(request, &chosen);
    let mut contradictions = Vec::new();
    for (variable, value) in assigned {
        assign(&mut given, variable, &value, &mut contradictions);
    }
    faults.extend(contradictions);
    // A value that was refused is not missing: what hangs on it is judged once it is right.
    if !faults.iter().any(|fault| fault.concerns(SAMPLER)) {
        check_sampler(&given, &mut faults);
    }
    if !faults.iter().any(|fault| fault.concerns(CREDENTIALS)) {
        check_credentials(&given, &mut faults);
    }
    if faults.is_empty() { Ok(given) } else { Err(faults) }
}

/// The options that hold a value, checked one by one.
fn chosen(request: &Request, faults: &mut Vec<UsageError>) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    for choice in CHOICES {
        let Some(text) = (choice.value)(request) else { continue };
        let origin = Origin::Option(choice.option);
        if let Some(fault) = of_other_backend(&origin, choice.backend, request.backend) {
            faults.push(fault);
            continue;
        }
        match read(choice.takes, text) {
            Ok(value) => chosen.push(Chosen { origin, setting: choice.setting, reader: choice.reader, value }),
            Err(problem) => faults.push(UsageError::Value { origin, value: Some(text.to_owned()), problem }),
        }
    }
    if request.names.is_some() {
        let origin = Origin::Option("--names");
        faults.extend(of_other_backend(&origin, Some(Backend::Datadog), request.backend));
    }
    chosen.extend(chosen_tags(request, faults));
    chosen
}

/// `--tag`, whose values make one setting together.
fn chosen_tags(request: &Request, faults: &mut Vec<UsageError>) -> Option<Chosen> {
    let origin = Origin::Option("--tag");
    if request.tag.is_empty() {
        return None;
    }
    if let Some(fault) = of_other_backend(&origin, Some(Backend::Datadog), request.backend) {
        faults.push(fault);
        return None;
    }
    if request.tags.is_some() {
        let second = Origin::Option("--tags");
        faults.push(UsageError::Contradiction { first: origin.clone(), second, name: "DD_TAGS" });
        return None;
    }
    let mut tags = Tags::default();
    for text in &request.tag {
        let tag = read(Takes::Text, text).and_then(|_| tags::parse(text));
        match tag.and_then(|tag| tags.add(tag)) {
            Ok(()) => {}
            Err(problem) => {
                faults.push(UsageError::Value { origin: origin.clone(), value: Some(text.clone()), problem });
            }
        }
    }
    Some(Chosen { origin, setting: Setting::Tags, reader: None, value: Value::Tags(tags.list) })
}

/// The variables of `--set`, checked one by one.
fn assigned(request: &Request, faults: &mut Vec<UsageError>) -> Vec<(&'static Variable, Value)> {
    let mut assigned = Vec::new();
    for text in &request.set {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            faults.push(UsageError::NoAssignment { text: text.clone() });
            continue;
        };
        let Some(variable) = find(request.backend, name) else {
            faults.push(no_such_variable(name, request.backend));
            continue;
        };
        match read(variable.takes, value) {
            Ok(value) => assigned.push((variable, value)),
            Err(problem) => {
                let value = (variable.takes != Takes::Secret).then(|| without(value));
                faults.push(UsageError::Value { origin: Origin::Set(name.to_owned()), value, problem });
            }
        }
    }
    assigned
}

fn no_such_variable(name: &str, asked_for: Backend) -> UsageError {
    let belongs_to = asked_for.other();
    if find(belongs_to, name).is_some() {
        return UsageError::OtherBackend { origin: Origin::Set(name.to_owned()), belongs_to, asked_for };
    }
    let why_unread = UNREAD.iter().find(|unread| unread.name == name).map(|unread| unread.why().to_owned());
    let names = || table(asked_for).iter().map(|variable| variable.name);
    let nearest = || nearest(name, names());
    let hint = why_unread
        .or_else(|| nearest().map(|name| format!("did you mean {name}?")))
        .unwrap_or_else(|| format!("{asked_for}'s clients read {}", names().collect::<Vec<_>>().join(", ")));
    UsageError::Unknown { name: name.to_owned(), hint }
}

fn of_other_backend(origin: &Origin, belongs_to: Option<Backend>, asked_for: Backend) -> Option<UsageError> {
    let belongs_to = belongs_to.filter(|backend| *backend != asked_for)?;
    Some(UsageError::OtherBackend { origin: origin.clone(), belongs_to, asked_for })
}

/// Puts each setting into the variables that hold it under the names asked for.
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
                Value::Text(text) => Value::Text(variable.spell(text).into_owned()),
                value => value.clone(),
            };
            let is_specific = chosen.reader.is_some();
            given.push(Given { variable, reader, value, origin: chosen.origin.clone(), is_specific });
        }
    }
    given
}

/// Adds a variable of `--set` to what is given. It speaks for all who read it: an option for the orchestrator alone
/// outranks it there, unless the orchestrator alone reads the variable. A contradiction is a fault once.
fn assign(given: &mut Vec<Given>, variable: &'static Variable, value: &Value, contradictions: &mut Vec<UsageError>) {
    let origin = Origin::Set(variable.name.to_owned());
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
                let fault = UsageError::Contradiction { first, second, name: variable.name };
                if !contradictions.contains(&fault) {
                    contradictions.push(fault);
                }
            }
        }
    }
}

/// A sampler's type that is given needs a param that fits it; a param alone is checked once it is known what type it
/// meets in the manifest.
fn check_sampler(given: &[Given], faults: &mut Vec<UsageError>) {
    for reader in [Reader::Container, Reader::Orchestrator] {
        let of = |name: &str| given.iter().find(|given| given.variable.name == name && given.reader == reader);
        let Some(kind) = of("JAEGER_SAMPLER_TYPE") else { continue };
        let fault = match of("JAEGER_SAMPLER_PARAM") {
            Some(param) => check_sampler_pair(kind.text(), param.text()).err().map(|problem| UsageError::Value {
                origin: param.origin.clone(),
                value: Some(param.text().to_owned()),
                problem,
            }),
            None => (kind.text() != "const").then(|| UsageError::Missing {
                origin: kind.origin.clone(),
                needed: Origin::Option("--sampler-param"),
                reason: format!("the default of 1 is a const sampler's, not a {} one's", kind.text()),
            }),
        };
        faults.extend(fault.filter(|fault| !faults.contains(fault)));
    }
}

/// The executor does not start with one of the two (jaeger-client-go, `config/config_env.go`).
fn check_credentials(given: &[Given], faults: &mut Vec<UsageError>) {
    let stands = |name: &str| given.iter().any(|given| given.variable.name == name);
    for (name, other) in [("JAEGER_USER", "JAEGER_PASSWORD"), ("JAEGER_PASSWORD", "JAEGER_USER")] {
        if stands(name) && !stands(other) {
            faults.push(UsageError::Missing {
                origin: Origin::Set(name.to_owned()),
                needed: Origin::Set(other.to_owned()),
                reason: "the executor does not start with one of the two".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests;
