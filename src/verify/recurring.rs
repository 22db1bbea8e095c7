//! What recurs need not be read again and again: the same entries come to every container of every document.
//!
//! Where a document brings only items that were read before, it is read *abridged*: in the place of all new items of a
//! list but the last stands one item of one word, a stand-in. That the abridged text is read as planned, stand-ins and
//! all, shows of the whole text what reading it would show:
//!
//! - Up to the first `- ` of the items left out both texts are the same, and the stand-in is read as an item of the list
//!   that was planned. A scanner of YAML goes from left to right, so at that `- ` it is in the same state in both: in a
//!   block sequence of that column, where an item begins.
//! - The items left out were read by themselves in that very state, as what is planned here: as the first items of a
//!   block sequence of that column, to the byte, followed by another item of it. No line of theirs is indented less, so
//!   they can't reach out of the sequence; they hold no anchor, alias or tag, so nothing around them can mean something
//!   to them, nor they to it.
//! - Behind them, as behind the stand-in, the sequence stands where its next item begins, and the same bytes follow.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::plan::Value;
use crate::text::{Edit, EditSet, final_break, line_start, next_line};

/// New items of a list are left out where there are this many, the last one included.
const LEAST_ITEMS: usize = 3;

/// How many texts are kept in mind.
const MOST_TEXTS: usize = 1024;

/// The texts of items that were met, and what those that were met again were read as.
#[derive(Debug, Default)]
pub(super) struct Known {
    texts: Mutex<HashMap<String, Option<Arc<[Value]>>>>,
}

impl Known {
    /// What each of these texts is read as, if all of that is known.
    pub fn recall(&self, texts: &[&str]) -> Option<Vec<Arc<[Value]>>> {
        let known = self.texts();
        texts.iter().map(|items| known.get(*items).cloned().flatten()).collect()
    }

    /// Whether all of these texts were met before. From now on they were, if there is room.
    pub fn has_met_all(&self, texts: &[&str]) -> bool {
        let mut known = self.texts();
        let mut has_met_all = true;
        for items in texts {
            if !known.contains_key(*items) {
                has_met_all = false;
                if known.len() < MOST_TEXTS {
                    known.insert((*items).to_owned(), None);
                }
            }
        }
        has_met_all
    }

    /// Keeps in mind what a text is read as.
    pub fn learn(&self, items: &str, planned: &[&Value]) {
        let planned = planned.iter().map(|value| (*value).clone()).collect();
        self.texts().insert(items.to_owned(), Some(planned));
    }

    fn texts(&self) -> MutexGuard<'_, HashMap<String, Option<Arc<[Value]>>>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An edited text in which stand-ins are put for new items.
#[derive(Debug)]
pub(super) struct Abridged<'e> {
    pub text: String,
    /// The items that each stand-in is for, in the order of the text. A stand-in's word is its place here.
    pub left_out: Vec<&'e str>,
}

impl<'e> Abridged<'e> {
    /// The edited text abridged, if there is anything in it that can be left out.
    pub fn of(input: &str, edits: &'e EditSet) -> Option<Self> {
        let mut abridged = Self { text: String::with_capacity(input.len() * 5 / 4), left_out: Vec::new() };
        let mut at = 0;
        for Edit { range, replacement } in edits.iter() {
            abridged.text.push_str(&input[at..range.start]);
            abridged.put_in(replacement);
            at = range.end;
        }
        abridged.text.push_str(&input[at..]);
        (!abridged.left_out.is_empty()).then_some(abridged)
    }

    fn put_in(&mut self, replacement: &'e str) {
        let is_at_line_start = line_start(&self.text, self.text.len()) == self.text.len();
        let first_line = if is_at_line_start { 0 } else { next_line(replacement, 0) };
        let mut at = 0;
        for items in runs_of_items(replacement, first_line) {
            self.text.push_str(&replacement[at..items.start]);
            self.text.push_str(&stand_in(&replacement[items.clone()], &self.left_out.len().to_string()));
            self.left_out.push(&replacement[items.clone()]);
            at = items.end;
        }
        self.text.push_str(&replacement[at..]);
    }
}

/// One item of one word, in the column of these.
pub(super) fn stand_in(items: &str, word: &str) -> String {
    format!("{}- {word}{}", &items[..indentation(items)], final_break(items))
}

/// Whether new items of a list are left out, as far as it can be seen by what they are. Of items that hold lists
/// themselves, the text does not show as easily where each begins.
pub(super) fn are_left_out(items: &[&Value]) -> bool {
    let holds_a_list = |value: &Value| match value {
        Value::Text(_) => false,
        Value::List(_) => true,
        Value::Map(entries) => entries.iter().any(|(_, value)| matches!(value, Value::List(_))),
    };
    items.len() >= LEAST_ITEMS && !items.iter().any(|item| holds_a_list(item))
}

/// The lines of items in one column that follow one another, without the last item of each run.
fn runs_of_items(text: &str, first_line: usize) -> Vec<Range<usize>> {
    struct Run {
        column: usize,
        items: usize,
        lines: Range<usize>,
    }
    let mut runs = Vec::new();
    let mut run: Option<Run> = None;
    let mut line = first_line;
    while line < text.len() {
        let column = indentation(&text[line..]);
        match &mut run {
            Some(run) if text[line + column..].starts_with("- ") && run.column == column => {
                run.items += 1;
                run.lines.end = line;
            }
            Some(run) if column > run.column && !text[line + column..].starts_with("- ") => {}
            _ => {
                let is_item = text[line + column..].starts_with("- ");
                let next = is_item.then_some(Run { column, items: 1, lines: line..line });
                runs.extend(std::mem::replace(&mut run, next));
            }
        }
        line = next_line(text, line);
    }
    runs.extend(run);
    let means_the_same_elsewhere = |run: &Run| !text[run.lines.clone()].contains(['&', '*', '!']);
    runs.retain(|run| run.items >= LEAST_ITEMS && means_the_same_elsewhere(run));
    runs.into_iter().map(|run| run.lines).collect()
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}
