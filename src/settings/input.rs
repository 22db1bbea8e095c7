//! The text of an input that may have settings.

use memchr::memmem;

use crate::yaml::stream;

/// A text without the byte order mark before it.
pub(super) fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// The first document of an input, with what is before it, if it has these words: a fast check without parsing.
pub(super) fn first_with<'i>(input: &'i str, words: &[&str]) -> Option<&'i str> {
    let has_words = |text: &str| words.iter().all(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    if !has_words(input) {
        return None;
    }
    let (documents, _) = stream::unmarked_documents(input);
    documents.first().map(|range| &input[..range.end]).filter(|document| has_words(document))
}
