//! DD_TAGS: the parser of tags, and their merge into the existing ones.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads `K:V`; the first `:` ends the key.
///
/// # Errors
/// The expected form, for `--tag`.
pub(super) fn parse(text: &str) -> Result<(String, String), String> {
    if text.contains(',') {
        return Err("a tag holds no comma, which ends it; give --tag once for each".to_owned());
    }
    match text.split_once(':') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a tag is K:V".to_owned()),
    }
}

/// Tags in the order in which they are given, each key once.
#[derive(Default)]
pub(super) struct Tags {
    pub list: Vec<(String, String)>,
    by_key: HashMap<String, usize>,
}

impl Tags {
    /// Adds a tag, unless it exists.
    ///
    /// # Errors
    /// The key exists with another value.
    pub(super) fn add(&mut self, tag: (String, String)) -> Result<(), String> {
        match self.by_key.get(&tag.0).map(|at| &self.list[*at]) {
            None => {
                self.by_key.insert(tag.0.clone(), self.list.len());
                self.list.push(tag);
            }
            Some(existing) if *existing == tag => {}
            Some((key, value)) => return Err(format!("the tag {key} is {value} already")),
        }
        Ok(())
    }
}

/// DD_TAGS as ddtrace 3.19 and 4 read it: split at commas if there is one, else at spaces (`parse_tags_str`).
pub(super) fn read(text: &str) -> BTreeMap<String, String> {
    let tags = text.split(separator_of(text)).map(|tag| tag.split_once(':').unwrap_or((tag, "")));
    let tags = tags.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    tags.filter(|(key, _)| !key.is_empty()).collect()
}

/// DD_TAGS as ddtrace 2 and 3.0 read it: split at commas or at spaces, whichever gives more tags; no tags if both give
/// the same number. A tag without a value after its `:`, or without a key, is dropped.
pub(super) fn read_by_2(text: &str) -> BTreeMap<String, String> {
    let text = text.trim_matches([',', ' ']);
    let [by_comma, by_space] = [',', ' '].map(|separator| {
        let tags = text.split(separator).map(|tag| (tag, tag.split_once(':').unwrap_or((tag, ""))));
        let is_tag = |(tag, (key, value)): &(&str, (&str, &str))| {
            !key.trim().is_empty() && !key.contains(',') && (!value.is_empty() || !tag.contains(':'))
        };
        tags.filter(is_tag).map(|(_, tag)| tag).collect::<Vec<_>>()
    });
    let tags = match by_comma.len().cmp(&by_space.len()) {
        Ordering::Equal if by_comma.len() > 1 => Vec::new(),
        Ordering::Less => by_space,
        _ => by_comma,
    };
    tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Merges tags into an existing DD_TAGS by key: an existing key gets its new value in place, new keys are appended.
/// Other pieces and separators stay as they are.
///
/// ddtrace 3.19 and 4 split at commas if there is one, else at spaces (`parse_tags_str`); 2 and 3.0 lose all tags of a
/// list with both. So a tag is appended after a space if the existing tags are separated by spaces.
pub(crate) fn merge_tags(existing: &str, tags: &[(String, String)]) -> String {
    let separator = separator_of(existing);
    let mut merged = String::with_capacity(existing.len());
    let new: HashMap<&str, &str> = tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let mut standing = HashSet::new();
    for piece in existing.split_inclusive(separator) {
        let (tag, end) = piece.strip_suffix(separator).map_or((piece, ""), |tag| (tag, &piece[tag.len()..]));
        let key = key_of(tag);
        match new.get(key).filter(|_| !key.is_empty()) {
            Some(value) => {
                let (before, _) = tag.split_at(tag.len() - tag.trim_start().len());
                let after = &tag[tag.trim_end().len()..];
                merged.extend([before, key, ":", value, after, end]);
                standing.insert(key);
            }
            None => merged.push_str(piece),
        }
    }
    for (key, value) in tags.iter().filter(|(key, _)| !standing.contains(key.as_str())) {
        if !merged.trim_end().is_empty() && !merged.trim_end().ends_with(separator) {
            merged.push(separator);
        }
        merged.extend([key, ":", value]);
    }
    merged
}

fn separator_of(existing: &str) -> char {
    if !existing.contains(',') && existing.trim().contains(' ') { ' ' } else { ',' }
}

/// A tag without a colon is a key without a value.
fn key_of(tag: &str) -> &str {
    tag.split_once(':').map_or(tag, |(key, _)| key).trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_first_colon_ends_the_key() {
        assert_eq!(parse("env:prod"), Ok(("env".to_owned(), "prod".to_owned())));
        assert_eq!(parse("url:http://x"), Ok(("url".to_owned(), "http://x".to_owned())));
        assert_eq!(parse("env:"), Ok(("env".to_owned(), String::new())));
    }

    #[test]
    fn invalid_tags_are_errors() {
        for text in ["env", ":prod", ":", ""] {
            assert_eq!(parse(text), Err("a tag is K:V".to_owned()), "{text}");
        }
        assert_eq!(parse("a:b,c:d"), Err("a tag holds no comma, which ends it; give --tag once for each".to_owned()));
    }

    #[test]
    fn merging_keeps_existing_tags_and_appends_the_rest() {
        let new = tags(&[("env", "prod"), ("team", "ml")]);
        for (existing, merged) in [
            ("", "env:prod,team:ml"),
            ("env:dev", "env:prod,team:ml"),
            ("a:b,env:dev,c:d", "a:b,env:prod,c:d,team:ml"),
            ("a:b, env:dev , c:d", "a:b, env:prod , c:d,team:ml"),
            ("team:x,env:dev", "team:ml,env:prod"),
            ("a:b", "a:b,env:prod,team:ml"),
            ("a:b,", "a:b,env:prod,team:ml"),
            ("a:b, ", "a:b, env:prod,team:ml"),
            ("env", "env:prod,team:ml"),
            ("environment:x", "environment:x,env:prod,team:ml"),
            ("env:a:b,x:y", "env:prod,x:y,team:ml"),
            ("env:dev,env:test", "env:prod,env:prod,team:ml"),
        ] {
            assert_eq!(merge_tags(existing, &new), merged, "{existing}");
            assert_eq!(merge_tags(merged, &new), merged, "again: {existing}");
        }
    }

    proptest! {
        #[test]
        fn datadog_reads_the_old_tags_and_the_new(
            existing in "[ab: ,]{0,12}",
            new in prop::collection::btree_map("[abc]", "[xy:]{0,3}", 0..3),
        ) {
            let tags: Vec<_> = new.clone().into_iter().collect();
            let merged = merge_tags(&existing, &tags);
            let mut expected = read(&existing);
            expected.extend(new);
            prop_assert_eq!(read(&merged), expected);
            prop_assert_eq!(merge_tags(&merged, &tags), merged);
        }
    }

    #[test]
    fn tags_separated_by_spaces_stay_so() {
        let new = tags(&[("env", "prod"), ("team", "ml")]);
        for (existing, merged) in [
            ("a:b c:d", "a:b c:d env:prod team:ml"),
            ("a:b  env:dev c:d", "a:b  env:prod c:d team:ml"),
            ("a:hello world", "a:hello world env:prod team:ml"),
            ("a:hello world,env:dev", "a:hello world,env:prod,team:ml"),
        ] {
            assert_eq!(merge_tags(existing, &new), merged, "{existing}");
            assert_eq!(merge_tags(merged, &new), merged, "again: {existing}");
        }
    }
}
