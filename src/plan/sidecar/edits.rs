//! The edits of a sidecar: it is added, removed, or gets other settings.

use std::collections::BTreeMap;

use super::{NamedContainer, PodKey, SidecarPod, listed_part};
use crate::changes::{Part, Value};
use crate::diagnostic::Diagnostic;
use crate::knowledge::sidecar::{HOST_VARIABLES, Sidecar, sidecar_name, sidecar_port};
use crate::knowledge::{BACKENDS, Backend, Profile};
use crate::manifest::{PredictorTargets, text_of, value_of};
use crate::plan::env::own_key;
use crate::plan::parts::{is_shape, named_item};
use crate::plan::report::Action;
use crate::plan::{Planner, RunNote};
use crate::survey::{agents_of, declares_port, native_sidecars};
use crate::yaml::NodeId;
use crate::yaml::sharing::effective_items;

impl<'t> Planner<'t, '_> {
    /// Plans the sidecar that is asked for in a pod. Returns the change if there is any.
    pub(super) fn ensure_sidecar(
        &mut self,
        profile: &Profile,
        found: &PredictorTargets<'t>,
        (key, pod): (PodKey, &SidecarPod),
        pods: &BTreeMap<PodKey, SidecarPod>,
    ) -> Result<Option<(Action, &'static str)>, Diagnostic> {
        let backend = profile.backend();
        let name = sidecar_name(backend);
        // The list has no pods: another container of this name would be taken for one that was added.
        let elsewhere = || pods.values().find_map(|pod| pod.foreign(backend)).filter(|_| backend.is_datadog());
        if let Some(named) = pod.foreign(backend).or_else(elsewhere) {
            return Err(self.taken(named.node, &format!("a container with the name {name}")));
        }
        if found.pods.has_node(name) {
            return Err(self.taken(found.node, &format!("a graph node with the name {name}")));
        }
        let mut own = pod.own(backend);
        let old = own.next();
        let kept = old.map(|(_, sidecar)| sidecar).filter(|_| !profile.reset());
        let Some(wanted) = profile.parts().sidecar.over(backend, kept) else { return Ok(None) };
        for (named, _) in own {
            self.remove_sidecar(key, named);
        }
        if wanted.is_native {
            self.plan.notes.insert(RunNote::NativeSidecar);
        }
        match old {
            Some((named, sidecar)) if sidecar.is_native == wanted.is_native => {
                return Ok(self.update_sidecar(named.node, &wanted)?.then_some((Action::Changed, name)));
            }
            Some((named, _)) => self.remove_sidecar(key, named),
            None => {}
        }
        if let Some((node, port)) = self.other_agent((key, pod), backend) {
            let message = format!("this container listens on {port}, and so would the container {name} beside it");
            let help = "send to it by --agent-host localhost instead of --agent sidecar, or remove it";
            return Err(self.tree.diagnostic(node, message, help));
        }
        let additions = self.current.additions.pod(key);
        let list = if wanted.is_native { &mut additions.init_containers } else { &mut additions.containers };
        list.push(wanted.container());
        if !wanted.is_native {
            self.current.sidecars.resized.push(key);
        }
        if backend.is_datadog() {
            self.current.listed.add("", listed_part(backend));
        }
        Ok(Some((if old.is_some() { Action::Changed } else { Action::Added }, name)))
    }

    /// A container of the author's that runs in a pod and listens on the port of a sidecar, and that port.
    fn other_agent(&self, (key, pod): (PodKey, &SidecarPod), backend: Backend) -> Option<(NodeId, &'static str)> {
        let (spec, port) = (key?, sidecar_port(backend));
        let number = port.parse().ok()?;
        let listens = |container: &NodeId| {
            let name = text_of(self.tree, *container, "name").unwrap_or_default();
            let mut agents = agents_of(self.tree, name, *container);
            declares_port(self.tree, *container, port)
                || agents.any(|(of, ports)| of == backend && ports.takes(number) == Some(true))
        };
        let containers = effective_items(self.tree, spec, "containers");
        let containers = containers.iter().map(|container| self.tree.resolve(*container));
        let mut others = containers
            .chain(native_sidecars(self.tree, spec))
            .filter(|node| pod.named.iter().all(|named| named.node != *node));
        others.find(listens).map(|container| (container, port))
    }

    /// Returns true if a pod keeps a sidecar beside its containers, so that it has to have one of them.
    pub(in crate::plan) fn keeps_native_sidecar(&self, spec: NodeId) -> bool {
        let stays = |(named, sidecar): (&NamedContainer, &Sidecar)| {
            sidecar.is_native && self.draft.of_part(named.list, named.index) != Some(&Part::Remove)
        };
        let pod = self.current.sidecars.pods.get(&Some(spec));
        pod.is_some_and(|pod| BACKENDS.into_iter().any(|backend| pod.own(backend).any(stays)))
    }

    pub(super) fn remove_sidecar(&mut self, key: PodKey, named: &NamedContainer) {
        self.draft.part(named.list, named.index, Part::Remove);
        match (named.key, key) {
            ("containers", _) => self.current.sidecars.resized.push(key),
            (key, Some(spec)) => self.may_empty(spec, key),
            (_, None) => {}
        }
    }

    /// Sets the image and the variables of a sidecar. Returns true if they change.
    fn update_sidecar(&mut self, node: NodeId, wanted: &Sidecar) -> Result<bool, Diagnostic> {
        let before = self.draft.count();
        self.set_part_text(node, "image", wanted.image.clone());
        let mut new = Vec::new();
        let env = wanted.env();
        for entry in env {
            let name = entry.get("name").and_then(Value::text).unwrap_or_default();
            match named_item(self.tree, node, "env", name) {
                None => new.push(entry),
                Some((.., existing)) => self.set_source(existing, &entry),
            }
        }
        for name in HOST_VARIABLES.into_iter().filter(|name| !wanted.has_variable(name)) {
            if let Some((list, index, _)) = named_item(self.tree, node, "env", name) {
                self.draft.part(list, index, Part::Remove);
            }
        }
        self.add_items(node, "env", new)?;
        Ok(self.draft.count() > before)
    }

    /// Gives an entry of an env list the value or the reference of another one.
    fn set_source(&mut self, existing: NodeId, entry: &Value) {
        for (key, other) in [("value", "valueFrom"), ("valueFrom", "value")] {
            let Some(wanted) = entry.get(key) else { continue };
            match (own_key(self.tree, existing, key), own_key(self.tree, existing, other)) {
                (Some(own), _) => {
                    let is_same =
                        value_of(self.tree, existing, key).is_some_and(|own| is_shape(self.tree, own, wanted));
                    if !is_same {
                        self.draft.part(existing, own, Part::Set(wanted.clone()));
                    }
                }
                (None, Some(own)) => self.draft.part(existing, own, Part::Replace(key, wanted.clone())),
                (None, None) => self.draft.entry(existing, key, wanted.clone()),
            }
        }
    }
}
