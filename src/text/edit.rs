//! An edit is a byte range and the text that replaces it. An [`EditSet`] is sorted and disjoint, and applied in one
//! pass.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Replaces the bytes of `range` by `replacement`. With an empty range, it inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The replaced bytes, as offsets into the unedited text.
    pub range: Range<usize>,
    /// The new text, which may be shared between edits.
    pub replacement: Arc<str>,
}

impl Edit {
    /// Inserts `text` before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<Arc<str>>) -> Self {
        Self { range: offset..offset, replacement: text.into() }
    }

    /// Removes the bytes of `range`.
    pub fn delete(range: Range<usize>) -> Self {
        Self { range, replacement: Arc::default() }
    }

    /// Replaces the bytes of `range` by `text`.
    pub fn replace(range: Range<usize>, text: impl Into<Arc<str>>) -> Self {
        Self { range, replacement: text.into() }
    }

    /// The same edit with `base` added to its offsets.
    #[must_use]
    pub fn shifted(mut self, base: usize) -> Self {
        self.range = self.range.start + base..self.range.end + base;
        self
    }
}

/// Edits of one text, sorted by their start. Their ranges do not overlap.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditSet {
    edits: Vec<Edit>,
}

/// A piece of an edited text.
enum Piece<'a> {
    /// Bytes of the unedited text.
    Kept(Range<usize>),
    /// The replacement of an edit.
    New(&'a str),
}

impl Piece<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.len(),
            Self::New(text) => text.len(),
        }
    }

    fn split_at(self, at: usize) -> (Self, Self) {
        match self {
            Self::Kept(Range { start, end }) => (Self::Kept(start..start + at), Self::Kept(start + at..end)),
            Self::New(text) => {
                let (before, after) = text.split_at(at);
                (Self::New(before), Self::New(after))
            }
        }
    }
}

/// Applies edits to a text that is given as pieces.
fn edited<'a>(mut pieces: VecDeque<Piece<'a>>, edits: &'a EditSet) -> VecDeque<Piece<'a>> {
    let (mut out, mut at) = (VecDeque::new(), 0);
    for Edit { range, replacement } in &edits.edits {
        out.extend(taken(&mut pieces, range.start - at));
        taken(&mut pieces, range.len());
        out.push_back(Piece::New(replacement));
        at = range.end;
    }
    out.extend(pieces);
    out
}

/// Removes that many bytes from the front, and returns them.
fn taken<'a>(pieces: &mut VecDeque<Piece<'a>>, mut length: usize) -> Vec<Piece<'a>> {
    let mut taken = Vec::new();
    while length > 0
        && let Some(piece) = pieces.pop_front()
    {
        let (first, rest) = if piece.len() > length { piece.split_at(length) } else { (piece, Piece::New("")) };
        length -= first.len();
        taken.push(first);
        if rest.len() > 0 {
            pieces.push_front(rest);
        }
    }
    taken
}

/// Two edits of the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// The range that starts first.
    pub first: Range<usize>,
    /// The range that starts inside it.
    pub second: Range<usize>,
}

impl fmt::Display for Overlap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "two edits claim the same bytes: {:?} and {:?}", self.first, self.second)
    }
}

impl std::error::Error for Overlap {}

impl EditSet {
    /// Sorts the edits by their start. Edits with the same start and end keep their order.
    ///
    /// # Errors
    /// [`Overlap`] if two ranges overlap.
    pub fn new(mut edits: Vec<Edit>) -> Result<Self, Overlap> {
        edits.retain(|edit| !edit.range.is_empty() || !edit.replacement.is_empty());
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        for pair in edits.windows(2) {
            if pair[1].range.start < pair[0].range.end {
                return Err(Overlap { first: pair[0].range.clone(), second: pair[1].range.clone() });
            }
        }
        Ok(Self { edits })
    }

    /// Returns true if there is no edit.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The edits in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.edits.iter()
    }

    /// The edits in the order of the text.
    pub fn as_slice(&self) -> &[Edit] {
        &self.edits
    }

    /// The edits in the order of the text.
    pub fn into_vec(self) -> Vec<Edit> {
        self.edits
    }

    /// The edited text, as slices of the old text and of the replacements.
    pub fn pieces<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let starts = std::iter::once(0).chain(self.edits.iter().map(|edit| edit.range.end));
        let ends = self.edits.iter().map(|edit| edit.range.start).chain(std::iter::once(text.len()));
        let replacements = self.edits.iter().map(|edit| &*edit.replacement).chain(std::iter::once(""));
        starts
            .zip(ends)
            .zip(replacements)
            .flat_map(move |((start, end), replacement)| [&text[start..end], replacement])
            .filter(|piece| !piece.is_empty())
    }

    /// The edits of a text of this length that have the same result as these, followed by `next`.
    #[must_use]
    pub fn then(&self, length: usize, next: &Self) -> Self {
        let mut pieces = VecDeque::from([Piece::Kept(0..length)]);
        for edits in [self, next] {
            pieces = edited(pieces, edits);
        }
        let (mut edits, mut end, mut new) = (Vec::new(), 0, String::new());
        for piece in pieces.into_iter().chain([Piece::Kept(length..length)]) {
            match piece {
                Piece::New(text) => new.push_str(text),
                Piece::Kept(range) => {
                    if range.start > end || !new.is_empty() {
                        edits.push(Edit::replace(end..range.start, std::mem::take(&mut new)));
                    }
                    end = range.end;
                }
            }
        }
        Self { edits }
    }

    /// The edited text.
    pub fn apply(&self, text: &str) -> String {
        let grown: usize = self.edits.iter().map(|edit| edit.replacement.len()).sum();
        let mut out = String::with_capacity(text.len() + grown);
        out.extend(self.pieces(text));
        out
    }
}

/// Sorts the ranges, and joins those that touch or overlap.
pub fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sets_in_a_row_are_the_same_as_their_combination() {
        let texts = ["", "abc", "0123456789"];
        let set = |edits: &[(usize, usize, &str)]| {
            EditSet::new(edits.iter().map(|(start, end, text)| Edit::replace(*start..*end, *text)).collect()).unwrap()
        };
        let sets = [
            set(&[]),
            set(&[(0, 0, "x")]),
            set(&[(0, 3, "")]),
            set(&[(1, 2, "yz"), (3, 3, "+")]),
            set(&[(0, 0, "<"), (0, 1, ""), (2, 3, "long text")]),
        ];
        for text in texts {
            for first in sets.iter().filter(|set| set.iter().all(|edit| edit.range.end <= text.len())) {
                let between = first.apply(text);
                for next in sets.iter().filter(|set| set.iter().all(|edit| edit.range.end <= between.len())) {
                    let both = first.then(text.len(), next);
                    assert_eq!(both.apply(text), next.apply(&between), "{first:?} {next:?}");
                    assert_eq!(EditSet::new(both.clone().into_vec()), Ok(both));
                }
            }
        }
    }
    use proptest::prelude::*;

    #[test]
    fn an_insertion_may_touch_a_deletion_but_not_be_inside() {
        let touching = EditSet::new(vec![Edit::insert(5, "x"), Edit::delete(2..5)]);
        assert_eq!(touching.map(|set| set.apply("0123456789")), Ok("01x56789".to_owned()));
        let inside = EditSet::new(vec![Edit::insert(4, "x"), Edit::delete(2..5)]);
        assert_eq!(inside, Err(Overlap { first: 2..5, second: 4..4 }));
    }

    proptest! {
        /// Applying a set is the same as applying its edits one by one from the end.
        #[test]
        fn applying_is_one_pass(text in "[a-z]{0,40}", cuts in prop::collection::vec((0usize..41, 0usize..5, "[A-Z]{0,3}"), 0..6)) {
            let edits: Vec<Edit> = cuts
                .into_iter()
                .map(|(start, length, new)| {
                    let start = start.min(text.len());
                    Edit::replace(start..(start + length).min(text.len()), new)
                })
                .collect();
            if let Ok(set) = EditSet::new(edits) {
                let mut one_by_one = text.clone();
                for edit in set.as_slice().iter().rev() {
                    one_by_one.replace_range(edit.range.clone(), &edit.replacement);
                }
                prop_assert_eq!(set.apply(&text), one_by_one);
            }
        }
    }
}
