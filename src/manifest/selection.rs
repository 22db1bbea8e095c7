//! Which deployments, and what in them, a user wants edited.

use globset::{Glob, GlobMatcher};

use super::{Deployment, Role, Unit};
use crate::yaml::Tree;
use crate::yaml::de::Error;

/// How many bytes a glob may have: braces in each other take the stack, and a long one is more than is compiled.
pub const MAX_GLOB_LENGTH: usize = 1000;

/// What is selected; everything by default.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `--name`
    pub name: Option<GlobMatcher>,
    /// `--namespace`
    pub namespace: Option<String>,
    /// `--selector`
    pub labels: Vec<Requirement>,
    /// `--predictor`
    pub predictor: Option<GlobMatcher>,
    /// `--container`, by which the orchestrator is [`super::ORCHESTRATOR`].
    pub container: Option<GlobMatcher>,
    /// `--only`
    pub only: Only,
    /// `--all-containers`: sidecars too.
    pub all_containers: bool,
}

/// Which kind of target is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Only {
    /// Both kinds.
    #[default]
    #[value(skip)]
    Everything,
    /// Containers of graph nodes.
    Containers,
    /// Orchestrators.
    Orchestrator,
}

/// A term of a label selector, as kubectl takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// `k=v`, `k==v`, `k in (v, …)`
    In(String, Vec<String>),
    /// `k!=v`, `k notin (v, …)`: true where the label is missing, too.
    NotIn(String, Vec<String>),
    /// `k`
    Exists(String),
    /// `!k`
    Missing(String),
}

impl Selection {
    /// Whether a deployment is selected.
    ///
    /// # Errors
    /// Where labels decide and can't be read.
    pub fn selects<'t>(&self, tree: &'t Tree<'_>, deployment: &Deployment<'t>) -> Result<bool, Error> {
        let named = self.name.as_ref().is_none_or(|glob| glob.is_match(deployment.name()))
            && self.namespace.as_ref().is_none_or(|namespace| namespace == deployment.namespace());
        if !named || self.labels.is_empty() {
            return Ok(named);
        }
        let labels = deployment.labels(tree)?;
        let label = |key: &str| labels.get(key).and_then(|value| value.as_text());
        Ok(self.labels.iter().all(|requirement| requirement.holds(label)))
    }

    /// Whether a predictor of that name is selected.
    pub fn selects_predictor(&self, name: &str) -> bool {
        self.predictor.as_ref().is_none_or(|glob| glob.is_match(name))
    }

    /// Whether a unit is selected. Those that no container stands for are only where none is asked for by its name.
    pub fn selects_unit(&self, unit: &Unit<'_>) -> bool {
        let of_kind = match unit.role {
            Role::NoName => true,
            _ if unit.is_orchestrator() => self.only != Only::Containers,
            _ => self.only != Only::Orchestrator,
        };
        of_kind
            && match unit.role {
                Role::NoName | Role::InitContainer | Role::Explainer => self.container.is_none(),
                _ => self.selects_container(unit.name),
            }
    }

    fn selects_container(&self, name: &str) -> bool {
        self.container.as_ref().is_none_or(|glob| glob.is_match(name))
    }
}

impl Requirement {
    fn holds<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        match self {
            Self::In(key, values) => label(key).is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Self::NotIn(key, values) => label(key).is_none_or(|value| values.iter().all(|refused| refused != value)),
            Self::Exists(key) => label(key).is_some(),
            Self::Missing(key) => label(key).is_none(),
        }
    }
}

/// A glob as the shell knows it.
///
/// # Errors
/// What is wrong with it.
pub fn glob(text: &str) -> Result<GlobMatcher, String> {
    if text.len() > MAX_GLOB_LENGTH {
        return Err(format!("a glob of more than {MAX_GLOB_LENGTH} bytes"));
    }
    Glob::new(text).map(|glob| glob.compile_matcher()).map_err(|error| error.to_string())
}

/// Reads a label selector: `k=v,k2!=v2,k3 in (a, b),k4 notin (c),k5,!k6`.
///
/// # Errors
/// The term that is none, and what one looks like.
pub fn label_selector(text: &str) -> Result<Vec<Requirement>, String> {
    terms(text).into_iter().map(|term| requirement(term.trim())).collect()
}

/// Splits at the commas that stand outside parentheses.
fn terms(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut terms) = (0_i32, 0, Vec::new());
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => {
                terms.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(&text[start..]);
    terms
}

fn requirement(term: &str) -> Result<Requirement, String> {
    let no_term = || format!("`{term}` is no label selector: write k=v, k!=v, k in (v, …), k notin (v, …), k or !k");
    let key = |key: &str| {
        let key = key.trim();
        let fits = |character: char| character.is_ascii_alphanumeric() || "-_./".contains(character);
        if !key.is_empty() && key.chars().all(fits) { Ok(key.to_owned()) } else { Err(no_term()) }
    };
    let value = |value: &str| {
        let value = value.trim();
        if value.contains(['=', '!', ' ', '(', ')']) { Err(no_term()) } else { Ok(value.to_owned()) }
    };
    if let Some((head, values)) = term.strip_suffix(')').and_then(|term| term.split_once('(')) {
        let values: Vec<String> = values.split(',').map(value).collect::<Result<_, _>>()?;
        match head.split_whitespace().collect::<Vec<_>>()[..] {
            [name, "in"] => Ok(Requirement::In(key(name)?, values)),
            [name, "notin"] => Ok(Requirement::NotIn(key(name)?, values)),
            _ => Err(no_term()),
        }
    } else if let Some((name, refused)) = term.split_once("!=") {
        Ok(Requirement::NotIn(key(name)?, vec![value(refused)?]))
    } else if let Some((name, wanted)) = term.split_once("==").or_else(|| term.split_once('=')) {
        Ok(Requirement::In(key(name)?, vec![value(wanted)?]))
    } else if let Some(name) = term.strip_prefix('!') {
        Ok(Requirement::Missing(key(name)?))
    } else {
        Ok(Requirement::Exists(key(term)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_reads_as_kubectl_reads_it() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            label_selector("app=x, tier!=db,env in (a, b),zone notin(c),team,!old,k==v"),
            Ok(vec![
                Requirement::In("app".into(), list(&["x"])),
                Requirement::NotIn("tier".into(), list(&["db"])),
                Requirement::In("env".into(), list(&["a", "b"])),
                Requirement::NotIn("zone".into(), list(&["c"])),
                Requirement::Exists("team".into()),
                Requirement::Missing("old".into()),
                Requirement::In("k".into(), list(&["v"])),
            ])
        );
        for wrong in ["", "a b", "=x", "a in b", "a=b=c", ","] {
            assert!(label_selector(wrong).is_err(), "{wrong}");
        }
    }
}
