//! Laws about the edits of a text. Each returns a message if it is broken.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use seldon_trace::internals::diagnostic::{DiagnosticKind, Severity};
use seldon_trace::internals::lint::RuleSet;
use seldon_trace::internals::lint::findings::{Finding, lint};
use seldon_trace::internals::manifest::SKIP_ANNOTATION;
use seldon_trace::internals::output::patch::write;
use seldon_trace::internals::pipeline::{Transformed, Transformer};
use seldon_trace::internals::plan::{Input, LintCount};
use seldon_trace::internals::status::{DeploymentStatus, status};
use seldon_trace::internals::survey::Verdict as Traces;
use seldon_trace::internals::yaml::stream;

pub use super::ask::Ask;
use super::build::TRACING_VARIABLES;
use super::oracle;
use super::print::KEPT;

/// An error describes how a law is broken.
pub type Verdict = Result<(), String>;

/// A text as another parser reads it; `None` if that reports an error.
fn reading(text: &str) -> Option<Vec<serde_yaml::Value>> {
    oracle::documents(text, stream::split_json(text).is_some()).ok()
}

/// The edits of a text.
pub struct Edited<'t> {
    text: &'t str,
    ask: Ask,
    pub after: String,
    pub done: Transformed,
}

/// The laws about fixes of any text. A fix may change the meaning of a value: a number becomes a string.
pub const OF_FIXES: [Law; 4] = [settles, keeps_bytes, is_shown, is_linted];

/// The laws about it.
pub type Law = fn(&Edited<'_>) -> Verdict;

/// The laws about any text.
pub const OF_ANY_TEXT: [Law; 6] = [settles, keeps_bytes, keeps_meaning, is_patched, is_shown, is_linted];

/// The names of sidecars, of which the name of a Deployment is made too.
const SIDECAR_NAMES: [&str; 2] = ["seldon-trace-collector", "datadog-agent-injected"];

/// The edits of a text; `None` if the text has an error.
pub fn edited(text: &str, ask: Ask) -> Result<Option<Edited<'_>>, String> {
    let makes_patches = !Ask::FIXES.contains(&ask);
    match Transformer::new(&ask.policy()).with_patches(makes_patches).transform(text, Input::default()) {
        Ok(done) => Ok(Some(Edited { text, ask, after: done.edits.apply(text), done })),
        Err(problems) => match problems.iter().find(|problem| problem.kind == DiagnosticKind::Bug) {
            Some(bug) => Err(format!("{ask:?} makes a wrong edit: {bug:?}\n{text}")),
            None if problems.is_empty() => Err(format!("{ask:?} refuses without a reason\n{text}")),
            None => Ok(None),
        },
    }
}

/// Checks these laws for a text.
pub fn hold(text: &str, ask: Ask, laws: &[Law]) -> Verdict {
    match edited(text, ask)? {
        Some(edited) => laws.iter().try_for_each(|law| law(&edited)),
        None => Ok(()),
    }
}

impl Edited<'_> {
    fn breaks(&self, words: impl Display) -> Verdict {
        Err(format!("{:?} {words}\n{}\n── after\n{}", self.ask, self.text, self.after))
    }
}

/// Doing it twice is doing it once.
pub fn settles(once: &Edited<'_>) -> Verdict {
    match edited(&once.after, once.ask)? {
        Some(twice) if twice.after == once.after => Ok(()),
        Some(twice) => once.breaks(format!("twice is not once:\n{}\n── of", twice.after)),
        None => once.breaks(format!(
            "refuses its own output: {:?}",
            Transformer::new(&once.ask.policy()).transform(&once.after, Input::default()).err()
        )),
    }
}

/// All bytes outside of the edits are kept. In a text without tracing variables, only empty values that are filled are
/// replaced.
pub fn keeps_bytes(edited: &Edited<'_>) -> Verdict {
    let text = edited.text;
    let mut rest = edited.after.as_str();
    let mut at = 0;
    // An escape could hide a name.
    let is_mended = Ask::FIXES.contains(&edited.ask);
    let names_none = !is_mended && !text.contains('\\') && !TRACING_VARIABLES.iter().any(|name| text.contains(name));
    for edit in edited.done.edits.iter() {
        let kept = rest.strip_prefix(&text[at..edit.range.start]);
        match kept.and_then(|rest| rest.strip_prefix(&*edit.replacement)) {
            Some(behind) => rest = behind,
            None => return edited.breaks(format!("does not keep all before {edit:?}")),
        }
        at = edit.range.end;
        if names_none && !is_nothing(&text[edit.range.clone()]) {
            return edited.breaks(format!("removes what is no tracing variable: {edit:?}"));
        }
    }
    if rest == &text[at..] { Ok(()) } else { edited.breaks(format!("does not keep all behind byte {at}")) }
}

/// Returns true if these bytes are whitespace or an empty value.
fn is_nothing(bytes: &str) -> bool {
    let bare: String = bytes.chars().filter(|character| !character.is_whitespace()).collect();
    ["", "[]", "{}", "~", "null", "Null", "NULL"].contains(&bare.as_str())
}

/// `disable` restores the input of `enable`, if that had no tracing.
pub fn is_given_back(on: &Edited<'_>) -> Verdict {
    if let Some(edit) = on.done.edits.iter().find(|edit| !edit.range.is_empty()) {
        return on.breaks(format!("takes something out: {edit:?}"));
    }
    for &off in on.ask.undone_by() {
        let back = edited(&on.after, off)?.map(|off| off.after);
        if back.as_deref() != Some(on.text) {
            return on.breaks(format!("is not undone by {off:?}, which gives {back:?}"));
        }
    }
    Ok(())
}

/// `disable` restores the input of `enable` with parts beside variables, if that had no tracing and none of the
/// variables that an option gives a value.
pub fn is_given_back_with_parts(on: &Edited<'_>) -> Verdict {
    let is_replaced = |names: &[&str]| names.iter().any(|name| on.text.contains(name));
    let replaces_label = match on.ask {
        Ask::TagLabels => is_replaced(&["tags.datadoghq.com/"]),
        // The mixes that an option does not change are in `requests_of_an_author_are_left`.
        Ask::LibraryByAdmission => is_replaced(&["admission.datadoghq.com/"]) && is_replaced(&["mine"]),
        _ => false,
    };
    if replaces_label || is_replaced(&["DD_ENV", "DD_VERSION"]) {
        return Ok(());
    }
    keeps_comments(on)?;
    for &off in on.ask.undone_by() {
        let back = edited(&on.after, off)?.map(|off| off.after);
        if back.as_deref() != Some(on.text) {
            return on.breaks(format!("is not undone by {off:?}, which gives {}\n──", back.unwrap_or_default()));
        }
    }
    Ok(())
}

/// Another choice removes a sidecar, and `disable` then restores the input.
pub fn is_replaced(on: &Edited<'_>) -> Verdict {
    for next in [Ask::CollectorOfNode, Ask::AgentOfNode, Ask::JaegerReset, Ask::DatadogReset] {
        let Some(replaced) = edited(&on.after, next)? else { continue };
        if let Some(name) = SIDECAR_NAMES.iter().find(|name| replaced.after.contains(**name)) {
            return on.breaks(format!("leaves {name} to {next:?}, which gives\n{}\n──", replaced.after));
        }
        let back = edited(&replaced.after, Ask::Disable)?.map(|off| off.after);
        if back.as_deref() != Some(on.text) {
            return on.breaks(format!("is not undone after {next:?}, which gives {}\n──", back.unwrap_or_default()));
        }
    }
    Ok(())
}

/// A deployment whose bytes change is reported as changed.
pub fn is_reported(edited: &Edited<'_>) -> Verdict {
    let is_changed = edited.done.deployments.iter().any(|deployment| deployment.report.is_changed());
    match edited.after == edited.text || is_changed {
        true => Ok(()),
        false => edited.breaks("changes something, and reports nothing"),
    }
}

/// `disable` restores the input after a second choice of parts.
pub fn is_undone_after(text: &str, first: Ask, next: Ask) -> Verdict {
    let Some(first) = edited(text, first)?.filter(|_| ["DD_ENV", "DD_VERSION"].iter().all(|name| !text.contains(name)))
    else {
        return Ok(());
    };
    let Some(second) = edited(&first.after, next)? else { return Ok(()) };
    is_reported(&second)?;
    let back = edited(&second.after, Ask::Disable)?.map(|off| off.after);
    if back.as_deref() != Some(text) {
        let (after, back) = (&second.after, back.unwrap_or_default());
        return first.breaks(format!("then {next:?} is not undone:\n{after}\n── which gives\n{back}\n── of"));
    }
    Ok(())
}

/// `disable --keep-config` changes nothing that `disable` or the same `enable` could not restore.
pub fn is_restored_after_keep_config(on: &Edited<'_>) -> Verdict {
    // It also edits what the first one skips, such as a list that is shared.
    let Some(off) = edited(&on.after, Ask::KeepConfig)? else { return Ok(()) };
    let disabled = edited(&on.after, Ask::Disable)?.map(|off| off.after).unwrap_or_default();
    // Only `enable --otlp` switches MLServer on again.
    let is_other = on.text.contains("MLSERVER_TRACING_SERVER") && ![Ask::Otlp, Ask::OtlpGiven].contains(&on.ask);
    let cases = [(on.ask, &on.after, !is_other), (Ask::Disable, &disabled, true)];
    for (next, wanted, _) in cases.into_iter().filter(|(.., is_promised)| *is_promised) {
        let restored = edited(&off.after, next)?.map(|next| next.after);
        // A switch that changed twice may have other quotes.
        let is_same = restored.as_ref() == Some(wanted)
            || next == on.ask && restored.as_ref().is_some_and(|text| reading(text) == reading(wanted));
        if !is_same {
            let restored = restored.unwrap_or_default();
            return on.breaks(format!("and KeepConfig, then {next:?} gives\n{restored}\n──"));
        }
    }
    Ok(())
}

/// A lone option changes only its value in parts that are there.
pub fn lone_options_keep_the_rest(text: &str) -> Verdict {
    for (first, lone, change) in [
        (Ask::LibraryOfMirror, Ask::OtherVersion, ("python-init:v2.1", "python-init:v3.2")),
        (Ask::NativeCollector, Ask::OtherCollector, ("[::1]:4317", "other.example:4317")),
    ] {
        changes_alone(text, first, lone, change)?;
    }
    Ok(())
}

fn changes_alone(text: &str, first: Ask, lone: Ask, (old, new): (&str, &str)) -> Verdict {
    let Some(first) = edited(text, first)? else { return Ok(()) };
    match edited(&first.after, lone)? {
        Some(next) if next.after == first.after.replace(old, new) => Ok(()),
        // The value may have other quotes: those of most values of the document.
        Some(next) if reading(&next.after) == reading(&first.after.replace(old, new)) => Ok(()),
        Some(next) => first.breaks(format!("then {lone:?} changes more than {old}:\n{}\n──", next.after)),
        None => first.breaks(format!("is refused by {lone:?}")),
    }
}

/// The same, wherever another reader finds that it has to be so.
pub fn is_given_back_where_promised(on: &Edited<'_>) -> Verdict {
    let promised = reading(on.text).is_some_and(|documents| documents.iter().all(oracle::is_untraced));
    if promised { is_given_back(on) } else { Ok(()) }
}

/// The lines of a text are all there afterwards, in the same order: of a text without tracing of its own and without
/// brackets.
pub fn keeps_lines(edited: &Edited<'_>) -> Verdict {
    let mut after = edited.after.split(['\n', '\r']);
    match edited.text.split(['\n', '\r']).find(|line| !line.is_empty() && !after.any(|other| other == *line)) {
        Some(lost) => edited.breaks(format!("loses the line {lost:?}")),
        None => Ok(()),
    }
}

/// Comments that belong to other nodes are kept. The comments of a random text tell if they have to be.
pub fn keeps_comments(edited: &Edited<'_>) -> Verdict {
    let (was, is) = (kept_comments(edited.text), kept_comments(&edited.after));
    if was == is { Ok(()) } else { edited.breaks(format!("makes {is:?} of the comments {was:?}")) }
}

/// The comments that have to be kept, in order.
fn kept_comments(text: &str) -> Vec<&str> {
    let comments = text.split(KEPT).skip(1);
    comments
        .map(|rest| &rest[..rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len())])
        .collect()
}

/// Another reader can read the text: one that was made at random and not refused.
pub fn is_readable(edited: &Edited<'_>) -> Verdict {
    if reading(edited.text).is_some() { Ok(()) } else { edited.breaks("edits what another reader can't read") }
}

/// To another reader, if it can read the text at all, it is the same but for tracing variables.
pub fn keeps_meaning(edited: &Edited<'_>) -> Verdict {
    let Some(was) = reading(edited.text) else { return Ok(()) };
    let is = oracle::documents(&edited.after, edited.done.is_json)?;
    let [was, is] =
        [was, is].map(|documents| documents.iter().map(oracle::without_tracing).collect::<Vec<serde_yaml::Value>>());
    if is == was {
        return Ok(());
    }
    let [was, is] = [was, is].map(|documents| serde_yaml::to_string(&documents).unwrap_or_default());
    let difference = similar::TextDiff::from_lines(&was, &is).unified_diff().to_string();
    edited.breaks(format!("changes the meaning:\n{difference}── of"))
}

/// No Deployment gets another name, but for a sidecar, and no container another pod: of a text that another reader can
/// read. A sidecar comes after all others.
pub fn keeps_pods(edited: &Edited<'_>) -> Verdict {
    let Some(was) = reading(edited.text) else { return Ok(()) };
    let is = oracle::documents(&edited.after, edited.done.is_json)?;
    let pods = |documents: &[serde_yaml::Value]| {
        documents.iter().flat_map(oracle::deployments).map(oracle::pods).collect::<Vec<_>>()
    };
    let without_sidecar = |mut pods: Vec<Vec<Vec<String>>>| {
        for pod in pods.iter_mut().flatten() {
            pod.pop_if(|last| SIDECAR_NAMES.contains(&last.as_str()));
        }
        pods
    };
    let pods = |documents: &[serde_yaml::Value]| pods(documents).into_iter().map(without_sidecar).collect::<Vec<_>>();
    let (was, is) = (pods(&was), pods(&is));
    if is == was { Ok(()) } else { edited.breaks(format!("makes pods of {is:?} that were {was:?}")) }
}

/// The patch of each resource has, for another parser, the result of the edit.
pub fn is_patched(edited: &Edited<'_>) -> Verdict {
    let Some(was) = reading(edited.text) else { return Ok(()) };
    let is = oracle::documents(&edited.after, edited.done.is_json)?;
    let [was, is] = [&was, &is].map(|documents| documents.iter().flat_map(oracle::deployments).collect::<Vec<_>>());
    let mut patches = edited.done.patches.iter();
    for (was, is) in was.into_iter().zip(is).filter(|(was, _)| oracle::is_seldons(was)) {
        let Some(patch) = patches.next() else { return edited.breaks("makes too few patches") };
        let mut printed = Vec::new();
        write(&patch.operations, &mut printed).map_err(|error| error.to_string())?;
        let printed = String::from_utf8_lossy(&printed);
        match oracle::patched(was, &printed) {
            Ok(patched) if patched == *is => {}
            Ok(patched) => return edited.breaks(format!("has a patch that makes {patched:?}:\n{printed}── of")),
            Err(words) => return edited.breaks(format!("has a patch that fails, {words}:\n{printed}── of")),
        }
    }
    match patches.next() {
        Some(patch) => edited.breaks(format!("makes a patch too many: {patch:?}")),
        None => Ok(()),
    }
}

/// To another reader every target traces: of a text that it can read.
pub fn traces(on: &Edited<'_>) -> Verdict {
    let documents = oracle::documents(&on.after, on.done.is_json)?;
    let resets = matches!(on.ask, Ask::JaegerReset | Ask::DatadogReset);
    for (target, env) in documents.iter().flat_map(oracle::deployments).flat_map(oracle::targets) {
        for name in on.ask.writes() {
            let entry = oracle::variable(env, name);
            let is_filled =
                entry.is_some_and(|entry| oracle::is_filled(entry) || !resets && entry["valueFrom"].is_mapping());
            if !is_filled {
                return on.breaks(format!("makes {entry:?} of {name} of {target}"));
            }
        }
        let tracing = oracle::variable(env, "TRACING").and_then(|entry| entry["value"].as_str());
        // Python's `int()` takes `1_000`, too.
        let number = tracing.and_then(|text| text.replace('_', "").parse::<i64>().ok());
        if number.is_none_or(|number| number == 0) {
            return on.breaks(format!("does not switch {target} on"));
        }
    }
    Ok(())
}

/// Each deployment that can be edited has a status. Not with [`SKIP_ANNOTATION`], for the status reads more of skipped
/// deployments than an edit does.
pub fn is_shown(edited: &Edited<'_>) -> Verdict {
    if edited.after.contains(SKIP_ANNOTATION) {
        return Ok(());
    }
    let shown = statuses(edited)?.len();
    let selected = edited.done.deployments.iter().filter(|deployment| deployment.report.is_selected()).count();
    if shown < selected { edited.breaks(format!("edits {selected} deployments and shows {shown}")) } else { Ok(()) }
}

/// The status of enabled targets is that they trace, unless Kubernetes or Seldon's operator rejects something else.
pub fn is_shown_to_trace(on: &Edited<'_>) -> Verdict {
    if on.after.contains(SKIP_ANNOTATION) {
        return Ok(());
    }
    for target in statuses(on)?.into_iter().flat_map(|deployment| deployment.targets) {
        let reason = target.tracing.reason.unwrap_or_default();
        let is_refused = ["Kubernetes refuses", "Seldon's operator refuses"].iter().any(|words| reason.contains(words));
        if target.tracing.verdict == Traces::No && !is_refused {
            return on.breaks(format!("leaves {} without traces: {reason}", target.name));
        }
    }
    Ok(())
}

/// A target that sends to localhost has its agent in the pod.
pub fn is_shown_beside_a_sidecar(on: &Edited<'_>) -> Verdict {
    for target in statuses(on)?.into_iter().flat_map(|deployment| deployment.targets) {
        let reason = target.tracing.reason.unwrap_or_default();
        if reason.contains("would be on localhost") {
            return on.breaks(format!("leaves {} without a sidecar: {reason}", target.name));
        }
    }
    Ok(())
}

/// Each text that can be edited can be linted. Without comments that allow rules, lint has as many findings in the
/// result as the edit counted.
pub fn is_linted(edited: &Edited<'_>) -> Verdict {
    let findings = findings(edited, &edited.after)?;
    if Ask::FIXES.contains(&edited.ask) || edited.after.contains("seldon-trace: allow") {
        return Ok(());
    }
    let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let found = LintCount { errors: count(Severity::Error), warnings: count(Severity::Warning) };
    let counted = edited.done.lint.after;
    if found == counted { Ok(()) } else { edited.breaks(format!("counts {counted:?}, not {found:?}: {findings:#?}")) }
}

/// Without tracing variables in the input, `disable --keep-config` after `enable` adds no findings. With some it may:
/// with Datadog off, the executor reads a bad JAEGER_AGENT_PORT.
pub fn is_no_worse_once_off(on: &Edited<'_>) -> Verdict {
    hold(&on.after, Ask::KeepConfig, &[is_no_worse_to_lint])
}

/// Without tracing variables in the input, `enable` adds no findings.
pub fn is_no_worse_to_lint(on: &Edited<'_>) -> Verdict {
    let before = found(on, on.text)?;
    match found(on, &on.after)?.into_iter().find(|one| !before.contains(one)) {
        Some((id, variable)) => on.breaks(format!("adds {id} of {variable}")),
        None => Ok(()),
    }
}

/// The errors and warnings of a text, each with the first word of its message, which is the variable.
fn found(edited: &Edited<'_>, text: &str) -> Result<BTreeSet<(&'static str, String)>, String> {
    let bad = findings(edited, text)?.into_iter().filter(|finding| finding.diagnostic.severity > Severity::Info);
    let variable = |finding: &Finding| finding.diagnostic.message.split(' ').next().unwrap_or_default().to_owned();
    Ok(bad.map(|finding| (finding.rule.id, variable(&finding))).collect())
}

fn findings(edited: &Edited<'_>, text: &str) -> Result<Vec<Finding>, String> {
    let rules = Arc::new(RuleSet::new(&[], &[]));
    let linted = lint(text, &edited.ask.policy().selection, |_, _| Ok(Arc::clone(&rules)))
        .map_err(|problems| format!("{:?} edits what can't be linted: {problems:?}\n{text}", edited.ask))?;
    Ok(linted.findings)
}

fn statuses(edited: &Edited<'_>) -> Result<Vec<DeploymentStatus>, String> {
    let selection = edited.ask.policy().selection;
    status(&edited.after, &selection)
        .map_err(|problems| format!("{:?} edits what can't be shown: {problems:?}\n{}", edited.ask, edited.after))
}
