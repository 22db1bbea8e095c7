//! Parts of pods beside variables: what options add to a predictor, and what is removed again.

use std::collections::{BTreeMap, BTreeSet};

use super::Planner;
use super::env::own_key;
use super::ports::names;
use crate::changes::{MapKey, Part, Value};
use crate::diagnostic::Diagnostic;
use crate::manifest::{FirstPod, PredictorTargets, text_of, value_of};
use crate::yaml::sharing::{effective_value, merges};
use crate::yaml::{Kind, NodeId, ScalarKind, Tree};

/// Additions to a predictor, gathered so that each list and mapping changes once.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub labels: Vec<(MapKey, Value)>,
    pub annotations: Vec<(MapKey, Value)>,
    /// By the pod's `spec`.
    pods: BTreeMap<NodeId, PodAdditions>,
    /// To the first pod, if its `spec` is to be made.
    first: PodAdditions,
    /// By the container.
    mounts: BTreeMap<NodeId, Vec<Value>>,
    /// The keys of mappings whose collection may be left empty.
    emptied: BTreeSet<(NodeId, &'static str)>,
}

/// Additions to a pod.
#[derive(Debug, Default)]
pub(super) struct PodAdditions {
    pub containers: Vec<Value>,
    pub init_containers: Vec<Value>,
    pub volumes: Vec<Value>,
}

impl PodAdditions {
    fn lists(self) -> impl Iterator<Item = (&'static str, Vec<Value>)> {
        let lists =
            [("containers", self.containers), ("initContainers", self.init_containers), ("volumes", self.volumes)];
        lists.into_iter().filter(|(_, items)| !items.is_empty())
    }
}

impl Additions {
    /// The additions to the pod with this `spec`, or to the first pod if it has none yet.
    pub(super) fn pod(&mut self, spec: Option<NodeId>) -> &mut PodAdditions {
        match spec {
            Some(spec) => self.pods.entry(spec).or_default(),
            None => &mut self.first,
        }
    }

    /// Adds a volume mount to a container.
    pub(super) fn mount(&mut self, container: NodeId, mount: Value) {
        self.mounts.entry(container).or_default().push(mount);
    }
}

impl<'t> Planner<'t, '_> {
    /// Plans what was gathered for a predictor.
    pub(super) fn add_parts(&mut self, found: &PredictorTargets<'t>) -> Result<(), Diagnostic> {
        let Additions { labels, annotations, pods, first, mounts, emptied } =
            std::mem::take(&mut self.current.additions);
        self.add_entries(found.node, "labels", labels)?;
        self.add_entries(found.node, "annotations", annotations)?;
        for (container, mounts) in mounts {
            self.add_items(container, "volumeMounts", mounts)?;
        }
        let made = pods.iter().map(|(spec, pod)| (Some(*spec), names(&pod.containers)));
        self.current.added_containers = made.chain([(None, names(&first.containers))]).collect();
        for (spec, pod) in pods {
            for (key, items) in pod.lists() {
                self.add_items(spec, key, items)?;
            }
        }
        // What is inside comes later in the text.
        for (holder, key) in emptied.into_iter().rev() {
            self.prune_key(holder, key);
        }
        let entries: Vec<_> = first.lists().map(|(key, items)| (key.into(), Value::List(items))).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let pod = Value::Map(entries);
        match found.pods.first {
            FirstPod { component_spec: Some(first), .. } => self.draft.entry(first, "spec", pod),
            FirstPod { component_specs: Some(list), .. } => self.draft.items(list, vec![Value::map([("spec", pod)])]),
            _ => self.draft.entry(found.node, "componentSpecs", Value::List(vec![Value::map([("spec", pod)])])),
        }
        Ok(())
    }

    /// Plans items at the end of a list, which is made if it is missing.
    pub(super) fn add_items(&mut self, holder: NodeId, key: &'static str, items: Vec<Value>) -> Result<(), Diagnostic> {
        if items.is_empty() {
            return Ok(());
        }
        match self.place(holder, key, |kind| matches!(kind, Kind::Sequence { .. }), "a list")? {
            Some(list) => self.draft.items(list, items),
            None => self.draft.entry(holder, key, Value::List(items)),
        }
        Ok(())
    }

    /// Plans entries at the end of a mapping, which is made if it is missing.
    pub(super) fn add_entries(
        &mut self,
        holder: NodeId,
        key: &'static str,
        entries: Vec<(MapKey, Value)>,
    ) -> Result<(), Diagnostic> {
        if entries.is_empty() {
            return Ok(());
        }
        match self.place(holder, key, |kind| matches!(kind, Kind::Mapping { .. }), "a mapping")? {
            Some(mapping) => entries.into_iter().for_each(|(key, value)| self.draft.entry(mapping, key, value)),
            None => self.draft.entry(holder, key, Value::Map(entries)),
        }
        Ok(())
    }

    /// The collection that a key has, or the null that becomes one.
    ///
    /// # Errors
    /// It is something else.
    fn place(
        &self,
        holder: NodeId,
        key: &str,
        is_kind: fn(&Kind<'_>) -> bool,
        what: &str,
    ) -> Result<Option<NodeId>, Diagnostic> {
        let Some(node) = effective_value(self.tree, holder, key) else { return Ok(None) };
        match &self.tree.node(node).kind {
            kind if is_kind(kind) || self.tree.scalar_kind(node) == ScalarKind::Null => Ok(Some(node)),
            _ => Err(self.tree.mismatch(node, what, "write it as Kubernetes reads it")),
        }
    }

    /// Removes an item or entry, and the list or mapping from its holder if that empties it.
    pub(super) fn remove_part(&mut self, holder: NodeId, key: &'static str, (list, index): (NodeId, usize)) {
        self.draft.part(list, index, Part::Remove);
        self.may_empty(holder, key);
    }

    /// Plans to remove a list or mapping from its holder if this run leaves nothing in it.
    pub(super) fn may_empty(&mut self, holder: NodeId, key: &'static str) {
        self.current.additions.emptied.insert((holder, key));
    }

    /// Removes a list or mapping from its holder if this run leaves nothing in it.
    pub(super) fn prune_key(&mut self, holder: NodeId, key: &str) {
        let emptied = effective_value(self.tree, holder, key).filter(|list| self.is_emptied(Some(*list)));
        let own = emptied.and_then(|list| {
            let brought = || self.tree.parent(list).filter(|parent| own_key(self.tree, *parent, key).is_some());
            let is_own = own_key(self.tree, holder, key).is_some();
            let mapping = if is_own { Some(holder) } else { brought() }?;
            Some((mapping, own_key(self.tree, mapping, key)?))
        });
        if let Some((mapping, index)) = own.filter(|(mapping, _)| !merges(self.tree, *mapping, key)) {
            self.draft.part(mapping, index, Part::Remove);
        }
    }

    /// The error of a part with a name that an option needs.
    pub(super) fn taken(&self, node: NodeId, what: &str) -> Diagnostic {
        let message = format!("{what} exists, and is not the one that this option adds");
        self.tree.diagnostic(node, message, "rename it, or make it the same")
    }
}

/// The item of a list with this `name`, with its index.
pub(super) fn named_item(tree: &Tree<'_>, holder: NodeId, key: &str, name: &str) -> Option<(NodeId, usize, NodeId)> {
    let list = effective_value(tree, holder, key)?;
    let is_named = |item: &NodeId| text_of(tree, *item, "name") == Some(name);
    let index = tree.items(list).iter().position(is_named)?;
    Some((list, index, tree.resolve(tree.items(list)[index])))
}

/// Returns true if a node has the shape of a part: the same keys and texts. An empty text of the shape is any text: one
/// that an option gives.
pub(super) fn is_shape(tree: &Tree<'_>, node: NodeId, shape: &Value) -> bool {
    let node = tree.resolve(node);
    match shape {
        Value::Text(text) | Value::InStyle(text) => {
            tree.scalar_kind(node) == ScalarKind::String && (text.is_empty() || tree.scalar_text(node) == Some(text))
        }
        Value::Plain(text) => tree.scalar_kind(node) != ScalarKind::String && tree.scalar_text(node) == Some(&**text),
        Value::List(items) => {
            let own = tree.items(node);
            own.len() == items.len() && own.iter().zip(items).all(|(item, shape)| is_shape(tree, *item, shape))
        }
        Value::Map(entries) => {
            let is_mapping = matches!(tree.node(node).kind, Kind::Mapping { .. });
            let has =
                |key: &str, shape: &Value| value_of(tree, node, key).is_some_and(|own| is_shape(tree, own, shape));
            is_mapping && tree.length(node) == entries.len() && entries.iter().all(|(key, shape)| has(key, shape))
        }
    }
}
