//! Credentials in plain text: URLs, options, tags, comments, scripts, and invalid YAML. Doubtful text is masked.

use std::ops::Range;

use memchr::{memchr2, memmem};

use super::{is_credential, is_credential_key};
use crate::text::{line_end, line_start, next_line};

/// The context of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A single value.
    Value,
    /// A part of a YAML file, in which quotes end a value.
    Source,
}

/// The ranges of credentials in a text, sorted and disjoint.
pub(super) fn credentials(text: &str, within: Within) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    urls(text, within, &mut found);
    users(text, within, &mut found);
    pairs(text, &mut found);
    merged(found)
}

/// The ranges sorted, with overlapping ones merged.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The user before the host of a URL, and the query after its path.
fn urls(text: &str, within: Within, found: &mut Vec<Range<usize>>) {
    // The length of the scheme, if the value is a URL.
    let scheme = text.bytes().take_while(|byte| is_of_word(*byte) || *byte == b':').count();
    let (mut at, mut end) = (0, 0);
    while let Some(slashes) = memmem::find(&text.as_bytes()[at..], b"//") {
        let start = at + slashes + 2;
        let is_all = within == Within::Value && start - 2 <= scheme;
        // A line may be of any length, and contain any number of URLs.
        if end < start {
            end = line_end(text, start);
        }
        let line = &text[start..end];
        let ends = |character: char| character.is_whitespace() || "\"'`".contains(character);
        let url = if is_all { line } else { &line[..line.find(ends).unwrap_or(line.len())] };
        let path_end = url.find(['?', '#']).unwrap_or(url.len());
        // Without a port before it, the `?` or `#` may be part of a password.
        let has_port =
            url[..path_end].split(['/']).next().and_then(|host| host.rsplit_once(':')).is_none_or(|(host, port)| {
                host.ends_with(']') || host.contains('[') || port.bytes().all(|byte| byte.is_ascii_digit())
            });
        let user = url[..path_end].rfind('@').or_else(|| if has_port { None } else { url.rfind('@') });
        found.extend(user.map(|user| start..start + user));
        let host = user.unwrap_or(0);
        found.extend(url[host..].find(['?', '#']).map(|query| start + host + query + 1..start + url.len()));
        at = start + url.len();
    }
}

/// `user:password` before an `@`, except for the digest of an image.
fn users(text: &str, within: Within, found: &mut Vec<Range<usize>>) {
    let ends = |character: char| character.is_whitespace() || (within == Within::Source && "\"'`".contains(character));
    let mut start = 0;
    for word in text.split_inclusive(ends) {
        if let Some(user) = word.rfind('@').map(|user| &word[..user])
            && user.contains(':')
            && !user.contains("//")
            && !word[user.len() + 1..].starts_with("sha")
        {
            let quotes = user.len() - user.trim_start_matches(['"', '\'', '`']).len();
            found.push(start + quotes..start + user.len());
        }
        start += word.len();
    }
}

/// The name or the value of an env entry, as found in plain text.
enum Half {
    Name { is_credential: bool },
    Value(Range<usize>),
}

/// The values after names of credentials: `NAME=VALUE`, `NAME: VALUE`, `--name VALUE`, `name: NAME, value: VALUE`.
fn pairs(text: &str, found: &mut Vec<Range<usize>>) {
    let mut before: Option<Half> = None;
    let (mut at, mut end) = (0, 0);
    let mut names = LineNames { text, known: None };
    while let Some(word) = next_word(text, at) {
        at = word.end;
        let name = &text[word.clone()];
        let (is_name, is_value) = (name == "name", name == "value");
        if !is_name && !is_value && !is_credential_key(name) {
            continue;
        }
        let Some(start) = after_separator(text, &word) else { continue };
        // A line may be of any length, and hold any number of names.
        if end < start || end == 0 {
            end = line_end(text, start);
        }
        if is_name {
            let names_one = next_word(text, start).is_some_and(|word| is_credential(&text[word]));
            if let (true, Some(Half::Value(range))) = (names_one, before.take()) {
                found.push(range);
            }
            before = Some(Half::Name { is_credential: names_one });
        } else if is_value {
            let range = value_at(text, &mut names, &word, start, end);
            if let Some(Half::Name { is_credential: true }) = before {
                at = range.end.max(at);
                found.push(range.clone());
            }
            before = Some(Half::Value(range));
        } else if name != "key" || !is_of_a_reference(text, word.start) {
            let range = value_at(text, &mut names, &word, start, end);
            at = range.end.max(at);
            found.push(range);
        }
    }
}

/// Returns true if a `key` directly follows a `secretKeyRef` or a `configMapKeyRef`.
fn is_of_a_reference(text: &str, at: usize) -> bool {
    const FAR: usize = 200;
    memmem::find(&text.as_bytes()[at.saturating_sub(FAR)..at], b"KeyRef").is_some()
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) || byte >= 0x80
}

fn next_word(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[at..];
    let start = bytes.iter().position(|byte| is_of_word(*byte))?;
    let length = bytes[start..].iter().position(|byte| !is_of_word(*byte)).unwrap_or(bytes.len() - start);
    Some(at + start..at + start + length)
}

/// The offset after the closing quote of a name, escaped or not, if there is one.
fn after_quote(text: &str, at: usize) -> usize {
    let rest = text[at..].trim_start_matches('\\');
    let slashes = text.len() - at - rest.len();
    if rest.starts_with(['"', '\'']) { at + slashes + 1 } else { at }
}

fn after_spaces(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches([' ', '\t']).len()
}

/// The start of the value of a name, if there is one.
fn after_separator(text: &str, word: &Range<usize>) -> Option<usize> {
    let quote = after_quote(text, word.end);
    let at = after_spaces(text, quote);
    match text.as_bytes().get(at)? {
        b':' | b'=' => Some(after_spaces(text, at + 1)),
        // An option and its value.
        _ if text[word.clone()].starts_with('-') && (at > quote || text[at..].starts_with(',')) => {
            let at = after_spaces(text, at + usize::from(text[at..].starts_with(',')));
            let value = after_quote(text, at);
            (!text[value..].starts_with('-')).then_some(at)
        }
        _ => None,
    }
}

/// The range of a value: up to its closing quote, or else to the next name on the line, as a value may have spaces. A
/// value on the next lines is all lines that are indented deeper than the name.
fn value_at(text: &str, names: &mut LineNames<'_>, word: &Range<usize>, at: usize, end: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let may_be_block = end - at < 200;
    let slashes = bytes[at..].iter().take_while(|byte| **byte == b'\\').count();
    match bytes.get(at + slashes) {
        Some(quote @ (b'"' | b'\'')) => {
            return at..end_of_quotes(bytes, at + slashes + 1, *quote, slashes).unwrap_or(end);
        }
        Some(b'|' | b'>') | None if may_be_block => return at..end_of_deeper_lines(text, at, end),
        Some(_) if may_be_block && (at == end || bytes[at] == b'#' || text[at..end].starts_with(['&', '!'])) => {
            return at..end_of_deeper_lines(text, at, end);
        }
        _ => {}
    }
    // The quotes enclose the name, too.
    let quote = word.start.checked_sub(1).map(|before| bytes[before]).filter(|before| b"\"'`".contains(before));
    match quote.and_then(|quote| memchr::memchr(quote, &bytes[at..end])) {
        Some(length) => at..separator_before_name(text, at, at + length),
        None => at..names.separator(at, end),
    }
}

/// The names of a line, cached: many values may be followed by the same one.
struct LineNames<'t> {
    text: &'t str,
    /// The range from where a name was looked for to the separator before it, and the end of the line.
    known: Option<(Range<usize>, usize)>,
}

impl LineNames<'_> {
    /// The first separator from `at` on that is followed by a name; `end` if there is none.
    fn separator(&mut self, at: usize, end: usize) -> usize {
        match &self.known {
            Some((known, of)) if *of == end && known.start <= at && at <= known.end => known.end,
            _ => {
                let found = separator_before_name(self.text, at, end);
                self.known = Some((at..found, end));
                found
            }
        }
    }
}

fn separator_before_name(text: &str, at: usize, end: usize) -> usize {
    let mut separator = at;
    while let Some(next) = text[separator..end].find([',', ';', '&', ' ', '\t', '}', ']']) {
        let next = separator + next;
        separator = next + 1;
        let opened = text[separator..end].trim_start_matches([' ', '\t', '{', '[', '"', '\'', '\\', ',']);
        let opened = end - opened.len();
        let is_word = text.as_bytes()[opened..end].first().is_some_and(|byte| is_of_word(*byte));
        if is_word && let Some(word) = next_word(&text[..end], opened) {
            let rest = after_quote(text, word.end);
            // The quote may be the one that ends the text.
            if text.as_bytes()[..end].get(rest).is_some_and(|byte| b":=".contains(byte)) {
                return next;
            }
        }
        separator = separator.max(opened);
    }
    end
}

/// The offset after the closing quote, which is escaped like the opening one.
fn end_of_quotes(bytes: &[u8], mut at: usize, quote: u8, slashes: usize) -> Option<usize> {
    const FAR: usize = 1 << 14;
    let bytes = &bytes[..bytes.len().min(at + FAR)];
    loop {
        at += memchr2(quote, b'\\', bytes.get(at..)?)?;
        let escapes = bytes[at..].iter().take_while(|byte| **byte == b'\\').count();
        let is_quote = bytes.get(at + escapes) == Some(&quote);
        match (is_quote, escapes) {
            (true, 0) if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            // In single quotes a backslash is a backslash.
            (true, _) if escapes <= slashes || (quote == b'\'' && slashes == 0) => return Some(at + escapes + 1),
            (true, _) => at += escapes + 1,
            (false, _) => at += escapes.max(1),
        }
    }
}

/// The end of the following lines that are indented deeper than the line at `at`, which ends at `end`.
fn end_of_deeper_lines(text: &str, at: usize, mut end: usize) -> usize {
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let start = line_start(text, at);
    let own = depth(&text[start..end]);
    loop {
        let next = next_line(text, end);
        let line = &text[next..line_end(text, next)];
        let is_deeper = line.trim().is_empty() || line.len() - line.trim_start_matches(' ').len() > own;
        if next == end || next >= text.len() || !is_deeper {
            return end;
        }
        end = next + line.len();
    }
}
