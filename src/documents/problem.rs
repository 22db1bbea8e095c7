//! The problem of a text that has no tree, and of an output that the judge rejects.

use memchr::memmem;

use crate::credentials::without_quoted;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::verify::{Language, Mismatch, MismatchKind, unreadable};
use crate::yaml::{SyntaxError, SyntaxFault, Tree};

/// The marks of templates: values of Helm and Jinja, statements and comments of Jinja, and ERB.
const TEMPLATE_MARKS: [&str; 4] = ["{{", "{%", "{#", "<%"];

/// The offset of the first mark of a template.
pub(crate) fn template_mark(text: &str) -> Option<usize> {
    TEMPLATE_MARKS.iter().filter_map(|mark| memmem::find(text.as_bytes(), mark.as_bytes())).min()
}

/// The problem of a text that is invalid YAML or a template.
pub(crate) fn syntax_problem(text: &str, error: &SyntaxError) -> Diagnostic {
    let is_key = matches!(error.fault, SyntaxFault::KeyIsNoScalar);
    if (is_key || matches!(error.fault, SyntaxFault::Malformed(_)))
        && let Some(first) = template_mark(text)
    {
        let at = if is_key { error.at } else { first };
        let help = "render it first by its own tool, such as helm template … | seldon-trace enable --backend … -";
        let diagnostic = Diagnostic::new("this is a template, not a manifest", help).at(at..at + 2);
        return Diagnostic { kind: DiagnosticKind::Template, ..diagnostic };
    }
    error.diagnostic(text, |fault| match fault {
        SyntaxFault::Malformed(_) => "fix the syntax; `kubectl create --dry-run=client -f` refuses it too",
        SyntaxFault::TooDeep | SyntaxFault::TooManyNodes | SyntaxFault::TooLong => "split the document up",
        SyntaxFault::TooManyDirectives => "take the directives out",
        SyntaxFault::RecursiveAlias => "write the value out in the place of the alias",
        SyntaxFault::KeyIsNoScalar => "put the key in quotes",
    })
}

/// The problem if the judge rejects an output. Its parser is of the family of kubectl's own, so the manifest is at
/// fault if the parser rejects the input too, or reads it differently.
pub(crate) fn judged_problem(tree: &Tree<'_>, fault: &Mismatch, language: Language) -> Diagnostic {
    let Some(Mismatch { kind, at, message }) = unreadable(tree, language) else {
        return Diagnostic::bug(fault.to_string());
    };
    let diagnostic = match kind {
        MismatchKind::Syntax => {
            let message = format!("kubectl can't parse this: {}", without_quoted(&message));
            Diagnostic::new(message, "fix the syntax error")
        }
        _ => Diagnostic::new("kubectl reads this differently than YAML 1.2", "put it in quotes"),
    };
    diagnostic.at(at..at)
}
