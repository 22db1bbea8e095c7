//! What is to be done, to what, and where something else is.

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

/// What is known of an input beside its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Input<'a> {
    /// The exceptions of the policy that may hold for its deployments, by their places in its list.
    pub exceptions: &'a [usize],
    /// Whether it is a call of a KRM function, in which is said what was done.
    pub is_call: bool,
}

/// What is to be done, and to what.
#[derive(Debug)]
pub struct Policy {
    /// What is done where no exception says otherwise.
    pub treatment: Arc<Treatment>,
    /// What is selected.
    pub selection: Selection,
    /// The rules by which the result is looked at, for a word on it.
    pub rules: Vec<&'static Rule>,
    /// Whether the report has the values of the variables that change.
    pub shows_values: bool,
    /// Where something else is done.
    pub exceptions: Option<Exceptions<Treatment>>,
}

/// What is done to a deployment.
#[derive(Debug)]
pub struct Treatment {
    /// Switch on or off.
    pub task: Task,
    /// The variables that are never changed or taken out.
    pub keep: NameSet,
}

/// What is to be done.
#[derive(Debug)]
pub enum Task {
    /// `enable`
    Enable(Profile),
    /// `disable`
    Disable(Disable),
    /// `lint --fix`, by these rules
    Fix(Vec<&'static Rule>),
}

/// What `disable` takes out.
#[derive(Debug, Default)]
pub struct Disable {
    /// One backend's variables, or both's.
    pub backend: Option<Backend>,
    /// Leave the settings, and switch off.
    pub keep_config: bool,
    /// More variables that go.
    pub unset: HashSet<String>,
}

/// Deployments for which something else holds. Several exceptions may be for one; what they come to together is asked
/// for where it happens, for most of what could is never met.
pub struct Exceptions<T> {
    /// Whom each is for, in the order in which they come to count.
    whom: Vec<Selection>,
    /// Their globs of a deployment's name.
    names: GlobIndex,
    decide: Box<Decide<T>>,
    decided: Mutex<HashMap<Vec<usize>, Decision<T>>>,
}

/// What holds by the exceptions at these places of the list, or why they don't go together.
type Decide<T> = dyn Fn(&[usize]) -> Result<T, Diagnostic> + Send + Sync;

type Decision<T> = Result<Arc<T>, Diagnostic>;

impl Policy {
    /// To do this to these, without exceptions, and without a word on the result.
    pub fn new(task: Task, selection: Selection) -> Self {
        let treatment = Arc::new(Treatment { task, keep: NameSet::default() });
        Self { treatment, selection, rules: Vec::new(), shows_values: false, exceptions: None }
    }

    /// What is done to a deployment, of whose input these exceptions are.
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
    /// Whether the user wants a variable left as it is.
    pub(super) fn keeps(&self, name: &str) -> bool {
        self.keep.has(name)
    }
}

impl Task {
    /// What is done, in a word or two.
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
    /// Exceptions for these, of which those that come later may outrank those before.
    ///
    /// # Errors
    /// That their globs are too large together.
    pub fn new(
        whom: Vec<Selection>,
        decide: impl Fn(&[usize]) -> Result<T, Diagnostic> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let names = GlobIndex::new(whom.iter().map(|whom| whom.name.as_ref()))?;
        Ok(Self { whom, names, decide: Box::new(decide), decided: Mutex::default() })
    }

    /// What holds for a deployment, of whose input the exceptions at these places of the list are, in order.
    ///
    /// # Errors
    /// Where those that are for it don't go together, or labels decide and can't be read.
    pub fn choose(
        &self,
        otherwise: &Arc<T>,
        tree: &Tree<'_>,
        deployment: &Deployment<'_>,
        among: &[usize],
    ) -> Result<Arc<T>, Diagnostic> {
        let labels = OnceCell::new();
        let mut holding = Vec::new();
        for at in self.names.matches(Some(Path::new(deployment.name()))) {
            let is_among = among.binary_search(&at).is_ok();
            if is_among && self.whom[at].selects_beside_name(tree, deployment, &labels)? {
                holding.push(at);
            }
        }
        if holding.is_empty() {
            return Ok(Arc::clone(otherwise));
        }
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = decided.entry(holding).or_insert_with_key(|holding| (self.decide)(holding).map(Arc::new));
        decision.clone().map_err(|clash| tree.locate(clash, deployment.node))
    }
}

impl<T> fmt::Debug for Exceptions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exceptions").field("whom", &self.whom).finish_non_exhaustive()
    }
}
