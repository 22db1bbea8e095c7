//! What else may switch an orchestrator on: the annotations of `spec`, which `enable` and `disable` do not change, and what
//! stays in its env list.

use std::collections::HashSet;

use super::after::After;
use super::{Disable, Planner, Remark, TargetOutcome};
use crate::knowledge::{Backend, Profile, Reader, host_variable, overridden_by};
use crate::manifest::{Env, Site, Target};
use crate::survey::{AnnotatedExecutor, Tracing, Verdict};

/// The only variable that stops an executor, which always builds a tracer.
const SWITCH: &str = "JAEGER_DISABLED";

impl<'t> Planner<'t, '_> {
    /// The executor of a target, if it has variables from annotations.
    fn annotated(&self, target: &Target<'t>) -> Option<&AnnotatedExecutor<'t>> {
        self.current.executor.as_ref().filter(|_| matches!(target.site, Site::SvcOrchSpec(_)))
    }

    /// Returns true if annotations switch an orchestrator on whose env list loses these variables.
    pub(super) fn is_on_by_annotations(&self, target: &Target<'t>, env: &Env<'t>, gone: &HashSet<&str>) -> bool {
        let Some(executor) = self.annotated(target) else { return false };
        let tracing = executor.tracing(self.tree, &without(env, gone));
        tracing.is_on || may_trace(&tracing)
    }

    /// Keeps the variables without which annotations, or what stays, would switch the orchestrator on, and names the
    /// annotations by which it still traces.
    pub(super) fn keep_what_overrides(
        &self,
        disable: &Disable,
        (target, env): (&Target<'t>, &Env<'t>),
        gone: &mut HashSet<&'t str>,
        outcome: &mut TargetOutcome,
    ) {
        if let (Some(switch), false) = (env.last(SWITCH), disable.unset.contains(SWITCH))
            && gone.contains(SWITCH)
            && let Some(other) = self.may_switch_on(target, &without(env, gone))
        {
            gone.remove(SWITCH);
            let text = format!("{SWITCH} stays: without it, {other} may switch the orchestrator on");
            outcome.remarks.push(Remark::new(switch.node, text));
        }
        let Some(executor) = self.annotated(target) else { return };
        let traces = |gone: &HashSet<&str>| {
            let tracing = executor.tracing(self.tree, &without(env, gone));
            may_trace(&tracing) && disable.backend.is_none_or(|backend| tracing.backend == Some(backend))
        };
        if !traces(gone) {
            return;
        }
        // Spans that do not arrive are made all the same.
        let now = executor.tracing(self.tree, env);
        if !now.is_on && !may_trace(&now) {
            let is_kept_off_by = |name: &str| {
                let others = gone.iter().copied().filter(|other| *other != name).collect();
                !traces(&others)
            };
            let overriding =
                env.effective().filter(|variable| gone.contains(variable.name) && executor.has(variable.name));
            let overriding: Vec<_> = overriding.filter(|variable| !disable.unset.contains(variable.name)).collect();
            let alone: Vec<_> = overriding.iter().copied().filter(|variable| is_kept_off_by(variable.name)).collect();
            let kept = if alone.is_empty() { overriding } else { alone };
            for variable in kept {
                gone.remove(variable.name);
                let name = variable.name;
                let text = format!("{name} stays: without it, annotations of `spec` would switch the orchestrator on");
                outcome.remarks.push(Remark::new(variable.node, text));
            }
            if !traces(gone) {
                return;
            }
        }
        let env = without(env, gone);
        let in_effect: Vec<_> = executor.in_effect(&env).collect();
        if let Some(first) = in_effect.first() {
            let names: Vec<&str> = in_effect.iter().map(|variable| variable.name.as_str()).collect();
            let tracing = executor.tracing(self.tree, &env);
            let still = if tracing.verdict == Verdict::Yes { "still traces" } else { "may still trace" };
            // No other switch is written where the list has none.
            let jaeger = tracing.backend.filter(|backend| backend.is_jaeger());
            let advice = if jaeger.is_some() { "remove them, or use --keep-config" } else { "remove them" };
            let text = format!("annotations of `spec` still set {}, so that it {still}: {advice}", names.join(", "));
            outcome.remarks.push(Remark::new(first.annotation, text));
        }
    }

    /// What may make an orchestrator with this env list sample, in words.
    fn may_switch_on(&self, target: &Target<'t>, env: &Env<'t>) -> Option<String> {
        if !target.site.is_orchestrator() {
            return None;
        }
        let annotations = || {
            let mut in_effect = self.annotated(target)?.in_effect(env);
            in_effect.any(|variable| decides_sampling(&variable.name)).then(|| "annotations of `spec`".to_owned())
        };
        let env_from = || target.container.and_then(|container| container.filled_env_from(self.tree));
        let unnamed = || env.has_placeholder_name().then(|| "a variable whose name is a placeholder".to_owned());
        let variable = env.variables.iter().find(|variable| decides_sampling(variable.name));
        let listed = variable.map(|variable| variable.name.to_owned());
        listed.or_else(annotations).or_else(|| env_from().map(|_| "envFrom".to_owned())).or_else(unnamed)
    }

    /// The remarks on annotations that override what `enable` writes, or by which the orchestrator still does not trace.
    pub(super) fn annotations_against(&self, profile: &Profile, target: &Target<'t>, env: &Env<'t>) -> Vec<Remark> {
        let Some(executor) = self.annotated(target) else { return Vec::new() };
        let after = After { tree: self.tree, draft: &self.draft };
        let env = after.env(target.node, without(env, &HashSet::new()));
        let is_off = |tracing: Tracing| !may_trace(&tracing);
        let is_held = is_off(executor.tracing(self.tree, &env));
        let mut remarks = Vec::new();
        if profile.backend().is_datadog() {
            remarks.extend(self.jaeger_by_annotations(executor, &env));
        }
        for variable in executor.in_effect(&env) {
            let name = &*variable.name;
            let key = self.tree.scalar_text(variable.annotation).unwrap_or_default();
            let sets = format!("the annotation {key} sets {name}");
            let mut overrides = overridden_by(profile.backend()).iter();
            let over = overrides.find(|over| {
                over.name == name && over.readers.include(Reader::Orchestrator) && over.applies(Some(variable.text))
            });
            let text = if is_held && !is_off(executor.tracing_without(self.tree, &env, name)) {
                format!("{sets}, by which it does not trace: remove the annotation, or set {name} in svcOrchSpec")
            } else if let Some(over) = over {
                format!("{sets}, which {}", over.words)
            } else {
                continue;
            };
            remarks.push(Remark::new(variable.annotation, text));
        }
        remarks
    }
}

impl<'t> Planner<'t, '_> {
    /// The remark on annotations by which an executor without Datadog's client, that of each release, traces to Jaeger.
    fn jaeger_by_annotations(&self, executor: &AnnotatedExecutor<'t>, env: &Env<'_>) -> Option<Remark> {
        let stock = executor.tracing(self.tree, &without(env, &HashSet::from(["DD_ENABLED"])));
        if !may_trace(&stock) || !stock.backend.is_some_and(Backend::is_jaeger) {
            return None;
        }
        let set: Vec<_> = executor.in_effect(env).filter(|variable| variable.name.starts_with("JAEGER_")).collect();
        let names: Vec<&str> = set.iter().map(|variable| variable.name.as_str()).collect();
        let text = format!(
            "annotations of `spec` set {}, by which an executor without Datadog's client traces to Jaeger: remove them",
            names.join(", ")
        );
        Some(Remark::new(set.first()?.annotation, text))
    }
}

/// Returns true for the variables that decide what an executor samples: those of its sampler and of the server that a
/// remote one asks, which is the host of the agent by default.
fn decides_sampling(name: &str) -> bool {
    name.starts_with("JAEGER_SAMPL") || name == host_variable(Backend::Jaeger)
}

fn may_trace(tracing: &Tracing) -> bool {
    matches!(tracing.verdict, Verdict::Yes | Verdict::Unknown)
}

/// An env list without these variables.
fn without<'t>(env: &Env<'t>, names: &HashSet<&str>) -> Env<'t> {
    let left = env.variables.iter().filter(|variable| !names.contains(variable.name)).copied().collect();
    Env::of(env.list, left, env.command_line.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{Input, Policy, Task};
    use super::*;
    use crate::knowledge::{Backend, Key, Request};
    use crate::manifest::selection::Selection;
    use crate::pipeline::Transformer;

    const ANNOTATED: &str = "\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris}
spec:
  annotations:
    seldon.io/engine-jaeger-agent-host: jaeger
    seldon.io/engine-jaeger-sampler-type: const
    seldon.io/engine-jaeger-sampler-param: '1'
  predictors:
  - name: main
    graph: {name: c, implementation: SKLEARN_SERVER}
";

    fn done(text: &str, task: Task) -> (String, Vec<String>) {
        let done = Transformer::new(&Policy::new(task, Selection::default())).transform(text, Input::default());
        let done = done.expect("a manifest");
        let remarks = done.deployments.iter().flat_map(|deployment| &deployment.report.remarks);
        let remarks = remarks.map(|remark| remark.text.clone()).collect();
        (done.edits.apply(text), remarks)
    }

    fn off() -> Task {
        Task::Disable(Disable::default())
    }

    #[test]
    fn disable_restores_what_enable_wrote_beside_annotations() {
        for values in [vec![], vec![(Key::AgentHost, "localhost")], vec![(Key::AgentHost, "other")]] {
            let values = values.into_iter().map(|(key, value)| (key, value.to_owned())).collect();
            let request = Request { values, ..Request::new(Backend::Jaeger) };
            let on = done(ANNOTATED, Task::Enable(Profile::new(request).expect("a request"))).0;
            assert_eq!(done(&on, off()).0, ANNOTATED);
        }
    }

    #[test]
    fn an_entry_that_keeps_the_orchestrator_off_stays() {
        let with = |env: &str| format!("{ANNOTATED}    svcOrchSpec: {{env: [{env}]}}\n");
        let zero = "{name: JAEGER_SAMPLER_PARAM, value: '0'}";
        assert_eq!(done(&with(zero), off()).0, with(zero));
        // Either of the two is enough.
        let two = "{name: JAEGER_SAMPLER_PARAM, value: '0'}, {name: JAEGER_SAMPLER_TYPE, value: none}";
        assert_eq!(done(&with(two), off()).0, with(two));
        let third = with(&format!("{zero}, {{name: JAEGER_AGENT_PORT, value: '6831'}}"));
        assert_eq!(done(&third, off()).0, with(zero));
        let unset = Disable { unset: ["JAEGER_SAMPLER_PARAM".to_owned()].into(), ..Disable::default() };
        let (after, remarks) = done(&with(zero), Task::Disable(unset));
        assert_eq!(after, ANNOTATED);
        assert!(remarks.concat().contains("so that it still traces"), "{remarks:?}");
        let datadog = Disable { backend: Some(Backend::Datadog), ..Disable::default() };
        assert_eq!(done(ANNOTATED, Task::Disable(datadog)), (ANNOTATED.to_owned(), Vec::new()));
    }
}
