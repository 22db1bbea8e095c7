//! Random manifests for the property tests and the fuzz targets, the laws about their edits, and an independent check
//! of the edits.

pub mod ask;
pub mod broken;
pub mod build;
pub mod dice;
pub mod flow;
pub mod laws;
pub mod oracle;
pub mod print;
pub mod secrets;

use build::{Builder, Value};
use dice::Dice;
use print::Printer;

/// A kind of manifests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Without variables of both backends, without empty values or nulls on the path to an env list, and without
    /// containers that have only a name: `enable` and then `disable` have to restore every byte.
    pub untraced: bool,
    /// Nothing in brackets or braces, so that every edit is one of whole lines.
    pub block_only: bool,
    /// With credentials in it.
    pub secrets: bool,
    /// With many keys of the form `? key`.
    pub explicit_keys: bool,
    /// With parts of the author's beside variables, some with the names of those that options add.
    pub own_parts: bool,
}

/// Any manifest at all.
pub const ANY: Wanted =
    Wanted { untraced: false, block_only: false, secrets: false, explicit_keys: false, own_parts: false };

/// Manifests that `enable` and then `disable` have to restore.
pub const UNTRACED: Wanted = Wanted { untraced: true, ..ANY };

/// The same, in whole lines.
pub const UNTRACED_BLOCK: Wanted = Wanted { block_only: true, ..UNTRACED };

/// Manifests without tracing that have parts of the author's.
pub const OWN_PARTS: Wanted = Wanted { own_parts: true, ..UNTRACED };

/// A stream of documents, most of them SeldonDeployments, as `rolls` decide; all zero is the plainest one.
pub fn manifest(rolls: &[u16], wanted: Wanted) -> String {
    let mut dice = Dice::new(rolls);
    let text = if !wanted.block_only && dice.one_in(8) { json(&mut dice, wanted) } else { yaml(&mut dice, wanted) };
    let text = rim(&mut dice, text);
    if dice.one_in(12) { format!("\u{feff}{text}") } else { text }
}

fn json(dice: &mut Dice<'_>, wanted: Wanted) -> String {
    let layout = flow::Json::roll(dice);
    let count = 1 + dice.below(6) / 5;
    let documents: Vec<String> = (0..count)
        .map(|_| {
            let value = document(dice, wanted, false);
            layout.document(dice, &value)
        })
        .collect();
    documents.join(dice.pick(&["\n", "", "\n\n"])) + "\n"
}

fn yaml(dice: &mut Dice<'_>, wanted: Wanted) -> String {
    let count = if dice.one_in(3) { 1 + dice.below(3) } else { 1 };
    let mut text = String::new();
    let mut comments = 0;
    for index in 0..count {
        let value = document(dice, wanted, true);
        let mut printer = Printer::new(dice, wanted, comments);
        printer.start(index, text.ends_with("...\n"));
        printer.document(&value);
        let (printed, next) = printer.finish();
        text.push_str(&printed);
        comments = next;
    }
    text
}

fn document(dice: &mut Dice<'_>, wanted: Wanted, may_anchor: bool) -> Value {
    let mut value = Builder::new(dice, wanted, may_anchor).document();
    if wanted.secrets {
        secrets::plant(dice, &mut value);
    }
    value
}

/// The line breaks and the end of the text.
fn rim(dice: &mut Dice<'_>, mut text: String) -> String {
    match dice.below(12) {
        9 => text = text.trim_end().to_owned(),
        10 => text = text.strip_suffix('\n').unwrap_or(&text).to_owned(),
        11 => text.push_str("\n  \n"),
        _ => {}
    }
    match dice.below(20) {
        15..=17 => text.replace('\n', "\r\n"),
        18 => text.replace('\n', "\r"),
        // Mixed: the first half of one kind, the rest of the other.
        19 => {
            let half = text
                [..text.len() / 2 + (0..4).find(|at| text.is_char_boundary(text.len() / 2 + at)).unwrap_or(0)]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            text[..half].replace('\n', "\r\n") + &text[half..]
        }
        _ => text,
    }
}
