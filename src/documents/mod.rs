//! The documents of an input that may hold deployments, each made into a tree and worked on, in parallel.

mod characters;
mod list;
mod problem;

use std::ops::Range;

use memchr::memmem;
use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::manifest::WORD;
use crate::verify::{Language, unreadable};
use crate::yaml::{Item, Tree, stream};
pub(crate) use characters::{refuse_control_characters, refuse_hidden_line_breaks};
pub(crate) use problem::{judged_problem, syntax_problem, template_mark};

/// The results of the documents of an input.
pub(crate) struct Documents<T> {
    /// True if all of the input is JSON.
    pub is_json: bool,
    /// The result of each document with the word SeldonDeployment, in order, after the offset of the document.
    results: Vec<Result<(usize, T), Box<Diagnostic>>>,
}

impl<T> Documents<T> {
    /// The result of each document, in order, after the offset of the document.
    ///
    /// # Errors
    /// The problems of all.
    pub(crate) fn done(self) -> Result<impl Iterator<Item = (usize, T)>, Vec<Diagnostic>> {
        if self.results.iter().any(Result::is_err) {
            return Err(self.results.into_iter().filter_map(Result::err).map(|problem| *problem).collect());
        }
        Ok(self.results.into_iter().flatten())
    }
}

/// Works on each document of a text that has the word SeldonDeployment. Its problems are in offsets of the text,
/// everything else is in those of the document. `is_edited` returns true for a result whose document is edited and judged.
pub(crate) fn each_document<T: Send + Sync>(
    text: &str,
    work: impl Fn(&Tree<'_>, Language) -> Result<T, Diagnostic> + Sync,
    is_edited: impl Fn(&T) -> bool + Sync,
) -> Documents<T> {
    if memmem::find(text.as_bytes(), WORD.as_bytes()).is_none() {
        return Documents { is_json: stream::split_json(text).is_some(), results: Vec::new() };
    }
    let (documents, is_json) = stream::unmarked_documents(text);
    let language = if is_json { Language::Json } else { Language::Yaml };
    let has_word = |range: &Range<usize>| memmem::find(&text.as_bytes()[range.clone()], WORD.as_bytes()).is_some();
    let on_document = |range: Range<usize>| {
        let (base, document) = (range.start, &text[range]);
        let place = |base: usize, done: Result<T, Diagnostic>| {
            done.map(|done| (base, done)).map_err(|problem| Box::new(problem.shifted(base)))
        };
        let items = list::items(document, language).unwrap_or_default();
        let prefers_double_quotes = !items.is_empty() && list::prefers_double_quotes(document);
        // `None`: an item that can't be read alone, so that the whole list is read.
        let on_item = |(index, item): (usize, &Range<usize>)| {
            let tree =
                tree_of(&document[item.clone()], language).ok()?.into_item(Item { index, prefers_double_quotes });
            let has_word = has_word(&(base + item.start..base + item.end));
            Some(has_word.then(|| place(base + item.start, work(&tree, language))))
        };
        let done: Option<Vec<_>> = items.par_iter().enumerate().map(on_item).collect();
        // The judge has read each item that is edited. Where there is one, the others are written with it.
        let is_edited = |done: &Option<Result<_, _>>| matches!(done, Some(Ok((_, done))) if is_edited(done));
        let is_readable = |item: &Range<usize>| {
            tree_of(&document[item.clone()], language).is_ok_and(|tree| can_be_written(&tree, language))
        };
        let is_right = |done: &Vec<_>| {
            let others = items.par_iter().zip(done).filter(|(_, done)| !is_edited(done));
            !done.iter().any(is_edited) || others.all(|(item, _)| is_readable(item))
        };
        match done.filter(is_right).map(|done| done.into_iter().flatten().collect::<Vec<_>>()) {
            Some(done) if !done.is_empty() => done,
            _ => vec![place(base, tree_of(document, language).and_then(|tree| work(&tree, language)))],
        }
    };
    let results = documents.into_par_iter().filter(has_word).flat_map(on_document).collect();
    Documents { is_json, results }
}

/// Returns true if kubectl can read a text that is written as it is.
fn can_be_written(tree: &Tree<'_>, language: Language) -> bool {
    refuse_hidden_line_breaks(tree).is_ok() && unreadable(tree, language).is_none()
}

fn tree_of(document: &str, language: Language) -> Result<Tree<'_>, Diagnostic> {
    if language == Language::Yaml {
        refuse_control_characters(document)?;
    }
    Tree::parse(document).map_err(|error| syntax_problem(document, &error))
}
