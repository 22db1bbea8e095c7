//! `$(NAME)` in the values of an env list, as Kubernetes replaces it.

use crate::credentials::is_shown_variable;
use crate::manifest::{Container, Env, HOST_IP, Reference, Variable};
use crate::yaml::Tree;

/// The maximum length of an expanded value, since a few variables can make one of any length.
const MAX_LENGTH: usize = 64 * 1024;

/// A value after Kubernetes replaced `$(NAME)` in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expansion {
    Shown {
        text: String,
        /// True if it contains a credential of another variable.
        is_secret: bool,
    },
    /// The address of the node: a single reference to a variable with a `fieldRef` to `status.hostIP`.
    NodeAddress,
    /// The manifest does not show what a reference refers to.
    Hidden,
}

/// The variables outside the list to which `$(NAME)` may refer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExternalVariables {
    Nothing,
    /// The variables that the operator gives its executor, before the list.
    Operators,
    /// Any variable, as from an envFrom.
    Any,
}

impl ExternalVariables {
    /// The variables of a container, or of the executor that the operator adds.
    pub(crate) fn of(tree: &Tree<'_>, container: Option<&Container<'_>>, has_secret: bool, is_made: bool) -> Self {
        match container {
            _ if has_secret => Self::Any,
            Some(container) if container.has_env_from(tree) => Self::Any,
            _ if is_made => Self::Operators,
            _ => Self::Nothing,
        }
    }

    fn may_define(self, name: &str) -> bool {
        // Kubernetes defines variables for each Service of the namespace.
        let is_service = || name.contains("_SERVICE_") || name.contains("_PORT");
        match self {
            Self::Any => true,
            // Seldon Core 1.0 to 1.18.2, operator/controllers/seldondeployment_engine.go (createExecutorContainer).
            Self::Operators if name == "ENGINE_PREDICTOR" || name.starts_with("REQUEST_LOGGER_") => true,
            Self::Operators | Self::Nothing => is_service(),
        }
    }
}

/// Returns true if Kubernetes changes a text.
pub(crate) fn is_expanded(text: &str) -> bool {
    text.contains('$') && (text.contains("$(") || text.contains("$$"))
}

/// A text at an index of the list, or after it, after Kubernetes replaced references to the variables before it. Other
/// references stay as `$(NAME)`, unless another source such as envFrom may define them.
pub(crate) fn expand_text(env: &Env<'_>, text: &str, index: Option<usize>, beside: ExternalVariables) -> Expansion {
    let only = text.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
    let referred = only.and_then(|name| env.last_before(name, index));
    if referred
        .is_some_and(|referred| referred.reference == Some(Reference::Field(HOST_IP)) && referred.text().is_none())
    {
        return Expansion::NodeAddress;
    }
    let mut rest = text;
    let mut expanded = Expanded { text: String::new(), is_secret: false };
    while let Some(at) = rest.find('$') {
        expanded.text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            expanded.text.push('$');
            rest = after;
            continue;
        }
        match rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            None => expanded.text.push('$'),
            Some((name, after)) => {
                rest = after;
                if !expanded.add(env, index, name, beside) {
                    return Expansion::Hidden;
                }
            }
        }
        if expanded.text.len() > MAX_LENGTH {
            return Expansion::Hidden;
        }
    }
    expanded.text.push_str(rest);
    Expansion::Shown { text: expanded.text, is_secret: expanded.is_secret }
}

struct Expanded {
    text: String,
    is_secret: bool,
}

impl Expanded {
    /// Adds the value of a variable. Returns false if the manifest does not show it.
    fn add(&mut self, env: &Env<'_>, index: Option<usize>, name: &str, beside: ExternalVariables) -> bool {
        match env.last_before(name, index) {
            // Its name is a valid host, and `status` shows it.
            Some(Variable { reference: Some(Reference::Field(HOST_IP)), .. }) if !self.text.ends_with('[') => {
                self.text.push_str(HOST_IP);
                true
            }
            Some(variable) => {
                let is_shown = !variable.is_reference() && !variable.is_placeholder() && !is_expanded(variable.value);
                self.text.push_str(variable.value);
                self.is_secret |= variable.is_secret || !is_shown_variable(name);
                is_shown
            }
            None if beside.may_define(name) => false,
            None => {
                self.text.push_str(&format!("$({name})"));
                true
            }
        }
    }
}
