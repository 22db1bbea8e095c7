//! The documents of an input that may hold deployments, each made into a tree and worked on, in parallel.

use std::ops::Range;

use memchr::memmem;
use rayon::prelude::*;

use super::Problem;
use super::characters::refuse_control_characters;
use super::problem::syntax_problem;
use crate::manifest::WORD;
use crate::verify::Language;
use crate::yaml::{Tree, stream};

/// What came of the documents of an input.
pub struct Documents<T> {
    /// Whether the input is JSON throughout.
    pub is_json: bool,
    /// What came of each document that has the word SeldonDeployment, in order, and where the document begins.
    results: Vec<Result<(usize, T), Box<Problem>>>,
}

impl<T> Documents<T> {
    /// What came of each document, in order, behind where it begins.
    ///
    /// # Errors
    /// The problems of all.
    pub fn done(self) -> Result<impl Iterator<Item = (usize, T)>, Vec<Problem>> {
        if self.results.iter().any(Result::is_err) {
            return Err(self.results.into_iter().filter_map(Result::err).map(|problem| *problem).collect());
        }
        Ok(self.results.into_iter().flatten())
    }
}

/// Works on each document of a text that has the word SeldonDeployment. Its problems come back in offsets of the text,
/// all else in those of the document.
pub fn each_document<T: Send>(
    text: &str,
    work: impl Fn(&Tree<'_>, Language) -> Result<T, Problem> + Sync,
) -> Documents<T> {
    if memmem::find(text.as_bytes(), WORD.as_bytes()).is_none() {
        return Documents { is_json: stream::split_json(text).is_some(), results: Vec::new() };
    }
    let (documents, is_json) = stream::unmarked_documents(text);
    let language = if is_json { Language::Json } else { Language::Yaml };
    let on_document = |range: Range<usize>| {
        let base = range.start;
        let done = tree_of(&text[range], language).and_then(|tree| work(&tree, language));
        done.map(|done| (base, done)).map_err(|problem| Box::new(problem.shifted(base)))
    };
    let results = documents
        .into_par_iter()
        .filter(|range| memmem::find(&text.as_bytes()[range.clone()], WORD.as_bytes()).is_some())
        .map(on_document)
        .collect();
    Documents { is_json, results }
}

fn tree_of(document: &str, language: Language) -> Result<Tree<'_>, Problem> {
    if language == Language::Yaml {
        refuse_control_characters(document)?;
    }
    Tree::parse(document).map_err(|error| syntax_problem(document, error))
}
