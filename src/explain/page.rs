//! Pages of text: a title, a text, and sections.

use console::Style;

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The subject, if the page has one.
    pub title: Option<String>,
    /// The introduction.
    pub text: Option<String>,
    /// The rest.
    pub sections: Vec<Section>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// The content below the heading.
    pub body: Body,
}

/// The content below a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Labels and their texts; either may be empty.
    Lines(Vec<(String, String)>),
    /// Lines that are not wrapped.
    Verbatim(&'static str),
}

/// The indentation of a section's lines.
const INDENT: usize = 2;

/// The least number of spaces between a label and its text.
const GAP: usize = 2;

/// With less width than this beside the labels, texts are below them.
const LEAST: usize = 30;

impl Section {
    /// A section; none if it would be empty.
    pub fn new(heading: &str, lines: Vec<(String, String)>) -> Option<Self> {
        (!lines.is_empty()).then(|| Self { heading: heading.to_owned(), body: Body::Lines(lines) })
    }

    /// A section whose lines are not wrapped.
    pub fn verbatim(heading: &str, text: &'static str) -> Self {
        Self { heading: heading.to_owned(), body: Body::Verbatim(text) }
    }
}

/// The longest label to which the others are aligned.
const LONGEST_LABEL: usize = 46;

/// A page in lines of this width, unless a word is wider. With colours, its title and headings are bold.
pub(crate) fn render(page: &Page, width: usize, colour: bool) -> String {
    let bold = Style::new().bold().force_styling(colour);
    let mut parts = Vec::new();
    let title = page.title.as_ref().map(|title| wrapped("", title, INDENT, width));
    parts.extend(title.map(|title| format!("{}\n", bold.apply_to(title.trim_end()))));
    parts.extend(page.text.as_ref().map(|text| wrapped("", text, 0, width)));
    for section in &page.sections {
        let lines = match &section.body {
            Body::Lines(lines) => labelled(lines, width),
            Body::Verbatim(text) => text.lines().map(|line| format!("{:INDENT$}{line}\n", "")).collect(),
        };
        parts.push(format!("{}\n{lines}", bold.apply_to(&section.heading)));
    }
    parts.join("\n")
}

fn labelled(lines: &[(String, String)], width: usize) -> String {
    let labels = lines.iter().filter(|(_, text)| !text.is_empty()).map(|(label, _)| console::measure_text_width(label));
    // A longer one has its text directly after it.
    let labels = labels.filter(|label| *label <= LONGEST_LABEL).max().unwrap_or(0);
    // Several texts are told apart by their first lines.
    let hanging = if lines.iter().filter(|(label, _)| label.is_empty()).count() > 1 { 2 * INDENT } else { INDENT };
    let column = if labels == 0 { INDENT } else { INDENT + labels + GAP };
    let texts_fit = column + LEAST <= width;
    let line = |(label, text): &(String, String)| match label.as_str() {
        "" => wrapped(&" ".repeat(INDENT), text, hanging, width),
        label if texts_fit => wrapped(&format!("{:INDENT$}{label:labels$}{:GAP$}", "", ""), text, column, width),
        label => wrapped(&format!("{:INDENT$}{label}{:GAP$}", "", ""), text, 2 * INDENT, width),
    };
    lines.iter().map(line).collect()
}

/// A text after the start of its first line, in lines of this width. The lines after it are indented by `indent`.
fn wrapped(begin: &str, text: &str, indent: usize, width: usize) -> String {
    let mut out = String::new();
    let mut line = begin.to_owned();
    let mut is_bare = true;
    for word in text.split_whitespace() {
        let space = if is_bare { "" } else { " " };
        if !line.trim().is_empty()
            && console::measure_text_width(&line) + space.len() + console::measure_text_width(word) > width
        {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
        } else {
            line.push_str(space);
        }
        line.push_str(word);
        is_bare = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let line = |label: &str, text: &str| (label.to_owned(), text.to_owned());
        let lines =
            vec![line("one", "first words and more of them"), line("longer", "x"), line("", "alone"), line("bare", "")];
        Page {
            title: Some("TITLE".to_owned()),
            text: Some("A text of some words.".to_owned()),
            sections: Section::new("Part", lines).into_iter().collect(),
        }
    }

    #[test]
    fn texts_stand_beside_their_labels() {
        assert_eq!(
            render(&page(), 40, false),
            "TITLE\n\nA text of some words.\n\nPart\n  one     first words and more of them\n  longer  x\n  alone\n  bare\n"
        );
    }

    #[test]
    fn where_there_is_no_room_texts_follow_their_labels() {
        assert_eq!(
            render(&page(), 16, false),
            "TITLE\n\nA text of some\nwords.\n\nPart\n  one  first\n    words and\n    more of them\n  longer  x\n  alone\n  bare\n"
        );
    }

    #[test]
    fn a_word_that_is_too_wide_has_a_line_of_its_own() {
        assert_eq!(wrapped("", "a looooong b", 2, 5), "a\n  looooong\n  b\n");
        assert_eq!(wrapped("  ", "looooong", 2, 5), "  looooong\n");
    }

    #[test]
    fn nothing_is_no_section_and_headings_are_bold() {
        assert_eq!(Section::new("Part", Vec::new()), None);
        assert!(render(&page(), 40, true).starts_with("\u{1b}[1mTITLE\u{1b}[0m\n"));
    }
}
