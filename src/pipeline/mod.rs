//! One input made into its edits: split, read, planned, edited and judged, document by document and in parallel. It
//! knows no files.

mod shared;

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ops::Range;

use crate::credentials::NamedResources;
use crate::diagnostic::{Diagnostic, DiagnosticKind, Severity};
use crate::documents::{
    Documents, each_document, judged_problem, refuse_hidden_line_breaks, syntax_problem, template_mark,
};
use crate::lint::{distinct, inspect};
use crate::patch::{Patch, patches};
use crate::plan::{
    DeploymentReport, Fixes, Input, LintCount, LintCounts, Plan, Policy, Remark, RunNote, Task, VariableChange, plan,
};
use crate::rewrite::rewrite;
use crate::survey::survey;
use crate::text::{Edit, EditSet, Places};
use crate::verify::{Language, judge};
use crate::yaml::{NodeId, Tree, stream};
use shared::Shared;

/// The most passes over a document that fix its findings. The rules need far fewer.
const MAX_PASSES: usize = 20;

/// The most attempts of a pass, each without the fixes that were rejected.
const MAX_ATTEMPTS: usize = 200;

/// The result for an input.
#[derive(Debug, Default)]
pub struct Transformed {
    /// The proved edits, in offsets of the input.
    pub edits: EditSet,
    /// The report of each deployment, in order.
    pub deployments: Vec<ReportedDeployment>,
    /// The number of deployments, selected or not.
    pub seen: usize,
    /// The notes that a run prints once.
    pub notes: BTreeSet<RunNote>,
    /// The findings of the policy's rules.
    pub lint: LintCounts,
    /// The patch of each deployment, if patches are asked for.
    pub patches: Vec<Patch>,
    /// True if all of the input is JSON.
    pub is_json: bool,
}

/// A deployment's report, its remarks with their lines.
#[derive(Debug)]
pub struct ReportedDeployment {
    /// The changes.
    pub report: DeploymentReport,
    /// The lines that each remark is about.
    pub lines: Vec<Lines>,
    /// The line of each skipped target, from 1.
    pub skip_lines: Vec<usize>,
    /// The file that the resource was made from, where a tool says it and there are remarks or skipped targets.
    pub source: Option<String>,
}

/// The lines that a remark is about, from 1.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// The place.
    pub line: usize,
    /// The second place that it names.
    pub also: Option<usize>,
}

/// Makes the edits of one text after another, and keeps in mind what they have in common.
pub struct Transformer<'p> {
    policy: &'p Policy,
    patches: bool,
    // The same comes to nearly every container.
    replacements: Shared<str>,
    variables: Shared<[VariableChange]>,
}

impl<'p> Transformer<'p> {
    /// One that does what the policy says.
    pub fn new(policy: &'p Policy) -> Self {
        Self { policy, patches: false, replacements: Shared::default(), variables: Shared::default() }
    }

    /// The same, which makes patches, too, of what is done in one pass: by `enable` and `disable`.
    pub fn with_patches(self, patches: bool) -> Self {
        Self { patches, ..self }
    }

    /// Makes the edits of a text.
    ///
    /// # Errors
    /// The problem of each document that can't be edited.
    pub fn transform(&self, text: &str, input: Input<'_>) -> Result<Transformed, Vec<Diagnostic>> {
        gather(
            text,
            each_document(text, |tree, language| self.document(tree, language, input), |done| !done.edits.is_empty()),
        )
    }

    fn document(&self, tree: &Tree<'_>, language: Language, input: Input<'_>) -> Result<Document, Diagnostic> {
        let Pass { edits, mut deployments, seen, notes, patches } = match self.policy.treatment.task {
            Task::Enable(_) | Task::Disable(_) => self.pass(tree, language, input, &Fixes::default())?,
            Task::Fix(_) => self.passes(tree, language, input)?,
        };
        let lint = match self.policy.rules.is_empty() {
            true => LintCounts::default(),
            false => self.lint_counts(tree, &edits)?,
        };
        let mut edits = edits.into_vec();
        edits.shrink_to_fit();
        self.replacements.share(edits.iter_mut().map(|edit| &mut edit.replacement));
        let targets = deployments.iter_mut().flat_map(|report| &mut report.targets);
        self.variables.share(targets.map(|target| &mut target.variables));
        let line = |node: NodeId| tree.lines().line(tree.outer(node).start());
        let resources = LazyCell::new(|| NamedResources::of(tree));
        let deployments = deployments
            .into_iter()
            .map(|report| {
                let place = |remark: &Remark| Lines { line: line(remark.node), also: remark.also.map(line) };
                let has_lines = !report.remarks.is_empty() || !report.skips.is_empty();
                let start = has_lines.then(|| tree.outer(report.node).start());
                let source = start.and_then(|start| resources.at(start)?.file.clone());
                let lines = report.remarks.iter().map(place).collect();
                let skip_lines = report.skips.iter().map(|skip| line(skip.node)).collect();
                ReportedDeployment { lines, skip_lines, source, report }
            })
            .collect();
        Ok(Document { edits, deployments, seen, notes, lint, patches })
    }

    /// The findings of the policy's rules before the edits and after them.
    fn lint_counts(&self, tree: &Tree<'_>, edits: &EditSet) -> Result<LintCounts, Diagnostic> {
        let count = |tree: &Tree<'_>| -> Result<LintCount, Diagnostic> {
            let surveys = survey(tree, &self.policy.selection)?;
            let found = distinct(inspect(tree, &surveys, |_| self.policy.rules.as_slice()));
            let of = |severity| found.iter().filter(|inspected| inspected.severity == severity).count();
            Ok(LintCount { errors: of(Severity::Error), warnings: of(Severity::Warning) })
        };
        let before = count(tree)?;
        if edits.is_empty() {
            return Ok(LintCounts { before, after: before });
        }
        let text = edits.apply(tree.text());
        // The judge has accepted this text, so it parses.
        let after = tree.parse_again(&text).map_err(|_| Diagnostic::bug("the result can't be read again"))?;
        Ok(LintCounts { before, after: count(&after)? })
    }

    /// Passes until nothing is left to do: one fix may show what another fixes.
    fn passes(&self, tree: &Tree<'_>, language: Language, input: Input<'_>) -> Result<Pass, Diagnostic> {
        let mut done = self.fixing_pass(tree, language, input)?;
        let mut is_settled = done.edits.is_empty();
        for _ in 1..MAX_PASSES {
            if is_settled {
                break;
            }
            let text = done.edits.apply(tree.text());
            // The judge has read it.
            let Ok(again) = tree.parse_again(&text) else { break };
            let next = self.fixing_pass(&again, language, input)?;
            is_settled = next.edits.is_empty();
            done.edits = done.edits.then(tree.text().len(), &next.edits);
            for (report, later) in done.deployments.iter_mut().zip(next.deployments) {
                report.absorb(later);
            }
            done.notes.extend(next.notes);
        }
        Ok(done)
    }

    /// Fixes what can be fixed at once. A fix that is refused is left: what it was for is found as it was.
    fn fixing_pass(&self, tree: &Tree<'_>, language: Language, input: Input<'_>) -> Result<Pass, Diagnostic> {
        let all = Fixes::find(tree, self.policy, input)?;
        let (mut done, mut taken, mut attempts) = (None, vec![false; all.len()], 0);
        // Halved until those that are refused are alone.
        let mut pending: Vec<Range<usize>> = (!all.is_empty()).then_some(0..all.len()).into_iter().collect();
        while let Some(range) = pending.pop().filter(|_| attempts < MAX_ATTEMPTS) {
            attempts += 1;
            match self.pass(tree, language, input, &all.only(|at| taken[at] || range.contains(&at))) {
                Ok(pass) => {
                    done = Some(pass);
                    taken[range].fill(true);
                }
                Err(problem) if problem.kind == DiagnosticKind::Bug => return Err(problem),
                Err(_) if range.len() > 1 => {
                    let middle = range.start + range.len() / 2;
                    pending.extend([middle..range.end, range.start..middle]);
                }
                Err(_) => {}
            }
        }
        done.map_or_else(|| self.pass(tree, language, input, &Fixes::default()), Ok)
    }

    fn pass(&self, tree: &Tree<'_>, language: Language, input: Input<'_>, fixes: &Fixes) -> Result<Pass, Diagnostic> {
        let Plan { changes, deployments, seen, notes } = plan(tree, self.policy, input, fixes)?;
        let edits = if changes.is_empty() {
            EditSet::default()
        } else {
            refuse_hidden_line_breaks(tree)?;
            let edits = rewrite(tree, &changes)?;
            judge(tree, &changes, &edits.apply(tree.text()), language)
                .map_err(|fault| judged_problem(tree, &fault, language))?;
            edits
        };
        let patches = match self.patches {
            true => patches(tree, &changes, &edits.apply(tree.text()))
                .map_err(|words| Diagnostic::bug(format!("the patch would not do what the edit does: {words}")))?,
            false => Vec::new(),
        };
        Ok(Pass { edits, deployments, seen, notes, patches })
    }
}

/// Returns true if a document with the mark of a template in it is invalid YAML. Documents that are not edited are read only here.
pub(crate) fn is_template(text: &str) -> bool {
    let document = |range: Range<usize>| &text[range];
    template_mark(text).is_some()
        && stream::split_json(text).is_none()
        && stream::split(text).into_iter().map(document).any(|document| {
            let fault = template_mark(document).and_then(|_| Tree::parse(document).err());
            fault.is_some_and(|error| syntax_problem(document, &error).kind == DiagnosticKind::Template)
        })
}

fn gather(text: &str, documents: Documents<Document>) -> Result<Transformed, Vec<Diagnostic>> {
    let mut transformed = Transformed { is_json: documents.is_json, ..Transformed::default() };
    let mut edits = Vec::new();
    let mut places = Places::new(text);
    for (base, document) in documents.done()? {
        let first = places.position(base).line;
        edits.extend(document.edits.into_iter().map(|edit| edit.shifted(base)));
        transformed.seen += document.seen;
        transformed.notes.extend(document.notes);
        transformed.lint += document.lint;
        transformed.patches.extend(document.patches);
        let place = |line: usize| first + line - 1;
        for mut deployment in document.deployments {
            for Lines { line, also } in &mut deployment.lines {
                (*line, *also) = (place(*line), also.map(place));
            }
            deployment.skip_lines.iter_mut().for_each(|line| *line = place(*line));
            transformed.deployments.push(deployment);
        }
    }
    transformed.edits = EditSet::new(edits).map_err(|overlap| vec![overlap.into()])?;
    Ok(transformed)
}

/// The edits of a document that are made and judged together.
struct Pass {
    edits: EditSet,
    deployments: Vec<DeploymentReport>,
    seen: usize,
    notes: BTreeSet<RunNote>,
    patches: Vec<Patch>,
}

/// The result for a document, in its own offsets and lines.
struct Document {
    edits: Vec<Edit>,
    deployments: Vec<ReportedDeployment>,
    seen: usize,
    notes: BTreeSet<RunNote>,
    lint: LintCounts,
    patches: Vec<Patch>,
}
