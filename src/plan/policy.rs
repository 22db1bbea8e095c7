//! The task, the selection, and the exceptions from the task.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Diagnostic;
use crate::knowledge::{Backend, Profile};
use crate::lint::Rule;
use crate::manifest::Deployment;
use crate::manifest::glob::{GlobIndex, NameSet};
use crate::manifest::selection::Selection;
use crate::yaml::Tree;

/// The properties of an input besides its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The indexes of the policy's exceptions that may apply to its deployments.
    pub exceptions: &'a [usize],
    /// True for the input of a KRM function, which gets `results`.
    pub is_call: bool,
}

/// The task and the deployments that it applies to.
#[derive(Debug)]
pub struct Policy {
    /// The treatment of deployments without an exception.
    pub treatment: Arc<Treatment>,
    /// The selected deployments.
    pub selection: Selection,
    /// The lint rules whose findings are counted before and after.
    pub rules: Vec<&'static Rule>,
    /// True if the report has the values of changed variables.
    pub shows_values: bool,
    /// The deployments with another treatment.
    pub exceptions: Option<Exceptions<Treatment>>,
}

/// The task for one deployment.
#[derive(Debug)]
pub struct Treatment {
    /// The command.
    pub task: Task,
    /// The variables that are never changed or removed.
    pub keep: NameSet,
}

/// The command to carry out.
#[allow(clippy::large_enum_variant, reason = "a run has few tasks")]
#[derive(Debug)]
pub enum Task {
    /// `enable`
    Enable(Profile),
    /// `disable`
    Disable(Disable),
    /// `lint --fix`, by these rules
    Fix(Vec<&'static Rule>),
}

/// The options of `disable`.
#[derive(Debug, Default)]
pub struct Disable {
    /// The backend whose variables are removed; both if `None`.
    pub backend: Option<Backend>,
    /// Keep the settings, and switch tracing off.
    pub keep_config: bool,
    /// More variables to remove.
    pub unset: HashSet<String>,
}

/// Exceptions for some deployments. Several may match one deployment; each combination is decided when it first
/// occurs, because most combinations never do.
pub struct Exceptions<T> {
    /// In ascending precedence.
    selectors: Vec<Selection>,
    /// The name globs of the selectors.
    names: GlobIndex,
    decide: Box<Decide<T>>,
    decided: Mutex<HashMap<Vec<usize>, PolicyResult<T>>>,
}

/// The value for the exceptions at these indexes, or the contradiction between them.
type Decide<T> = dyn Fn(&[usize]) -> Result<T, Diagnostic> + Send + Sync;

type PolicyResult<T> = Result<Arc<T>, Diagnostic>;

impl Policy {
    /// A policy without exceptions and lint counts.
    pub fn new(task: Task, selection: Selection) -> Self {
        let treatment = Arc::new(Treatment { task, keep: NameSet::default() });
        Self { treatment, selection, rules: Vec::new(), shows_values: false, exceptions: None }
    }

    /// The treatment of a deployment. `exceptions` are those that may apply to its input.
    pub(super) fn treatment(
        &self,
        tree: &Tree<'_>,
        deployment: &Deployment<'_>,
        exceptions: &[usize],
    ) -> Result<Arc<Treatment>, Diagnostic> {
        match &self.exceptions {
            Some(all) => all.choose(&self.treatment, tree, deployment, exceptions),
            None => Ok(Arc::clone(&self.treatment)),
        }
    }
}

impl Treatment {
    /// Returns true if `--keep` has the variable.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.keep.has(name)
    }
}

impl Task {
    /// The settings of `enable`.
    pub(super) fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Enable(profile) => Some(profile),
            Self::Disable(_) | Self::Fix(_) => None,
        }
    }

    /// The task in a word or two, for reports.
    pub(super) fn title(&self) -> Cow<'static, str> {
        match self {
            Self::Enable(profile) => profile.backend().to_string().into(),
            Self::Disable(Disable { backend: Some(backend), .. }) => format!("{backend} off").into(),
            Self::Disable(_) => "off".into(),
            Self::Fix(_) => "fixed".into(),
        }
    }
}

impl<T> Exceptions<T> {
    /// Exceptions for these selectors, in ascending precedence.
    ///
    /// # Errors
    /// If the globs are too large together.
    pub fn new(
        selectors: Vec<Selection>,
        decide: impl Fn(&[usize]) -> Result<T, Diagnostic> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let names = GlobIndex::new(selectors.iter().map(|selector| selector.name.as_ref()))?;
        Ok(Self { selectors, names, decide: Box::new(decide), decided: Mutex::default() })
    }

    /// The value for a deployment. `among` are the sorted indexes of the exceptions that may apply to its input.
    ///
    /// # Errors
    /// If the matching exceptions contradict each other, or a selector needs labels that are invalid.
    pub fn choose(
        &self,
        otherwise: &Arc<T>,
        tree: &Tree<'_>,
        deployment: &Deployment<'_>,
        among: &[usize],
    ) -> Result<Arc<T>, Diagnostic> {
        let labels = OnceCell::new();
        let mut matching = Vec::new();
        for at in self.names.matches(Some(Path::new(deployment.name()))) {
            let is_among = among.binary_search(&at).is_ok();
            if is_among && self.selectors[at].selects_beside_name(tree, deployment, &labels)? {
                matching.push(at);
            }
        }
        if matching.is_empty() {
            return Ok(Arc::clone(otherwise));
        }
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = decided.entry(matching).or_insert_with_key(|matching| (self.decide)(matching).map(Arc::new));
        decision.clone().map_err(|clash| tree.locate(clash, deployment.node))
    }
}

impl<T> fmt::Debug for Exceptions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exceptions").field("selectors", &self.selectors).finish_non_exhaustive()
    }
}
