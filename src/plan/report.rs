//! The value of a variable before and after a change, in words.

use std::borrow::Cow;

use super::{Action, VariableChange};
use crate::credentials::{is_credential, without};
use crate::knowledge::{Content, merge_tags};
use crate::manifest::Variable;

/// What is shown in place of a credential.
const HIDDEN: &str = "(hidden)";

/// Makes changes of variables, with their values only where these are asked for: they take memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reporter {
    pub shows_values: bool,
}

impl Reporter {
    pub(super) fn added(self, name: impl Into<Cow<'static, str>>, content: &Content) -> VariableChange {
        let name = name.into();
        let after = self.shows_values.then(|| of_content(&name, content).into());
        VariableChange { name, action: Action::Added, before: None, after }
    }

    pub(super) fn changed(self, variable: &Variable<'_>, after: &Content) -> VariableChange {
        let after = self.shows_values.then(|| match variable.is_secret {
            true => HIDDEN.into(),
            false => of_content(variable.name, after).into(),
        });
        VariableChange { after, ..self.with_before(variable, Action::Changed) }
    }

    /// The same where it becomes a variable of another name.
    pub(super) fn renamed(self, variable: &Variable<'_>, name: &str, after: &Content) -> VariableChange {
        let after = self.shows_values.then(|| format!("{name} {}", of_content(name, after)).into());
        VariableChange { after, ..self.with_before(variable, Action::Changed) }
    }

    pub(super) fn removed(self, variable: &Variable<'_>) -> VariableChange {
        self.with_before(variable, Action::Removed)
    }

    fn with_before(self, variable: &Variable<'_>, action: Action) -> VariableChange {
        let before = self.shows_values.then(|| of_variable(variable).into());
        VariableChange { name: variable.name.to_owned().into(), action, before, after: None }
    }
}

fn of_content(name: &str, content: &Content) -> String {
    match content {
        _ if is_credential(name) => HIDDEN.to_owned(),
        Content::Literal(text) => literal(text),
        Content::Field(field) => (*field).to_owned(),
        Content::Folder(folder) => format!("`{folder}` before the rest"),
        Content::Tags(tags) => literal(&merge_tags("", tags)),
    }
}

fn of_variable(variable: &Variable<'_>) -> String {
    match (variable.reference, variable.text()) {
        (Some(reference), _) => reference.to_string(),
        _ if variable.is_secret || is_credential(variable.name) => HIDDEN.to_owned(),
        (None, Some(text)) => literal(text),
        (None, None) => "(no value)".to_owned(),
    }
}

fn literal(text: &str) -> String {
    format!("`{}`", without(text))
}
