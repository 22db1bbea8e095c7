//! The fuzz targets. The fuzzer runs them for hours, `tests/fuzzed.rs` for a moment in every build.
//!
//! All bytes of `manifest` are dice. For the other targets, the first line selects the edit and its options, and the
//! rest is the text.

mod judge;
mod readers;

use seldon_trace::internals::plan::{Fixes, Input, plan};
use seldon_trace::internals::rewrite::rewrite;
use seldon_trace::internals::source::encoding_problem;
use seldon_trace::internals::text::{Edit, EditSet};
use seldon_trace::internals::verify::{self, Language};
use seldon_trace::internals::yaml::Tree;
use seldon_trace::internals::yaml::stream::unmarked_documents;

use crate::support::broken::broken;
use crate::support::dice::{Dice, boundary};
use crate::support::laws::{self, Ask, Edited, Law, OF_ANY_TEXT, OF_FIXES, Verdict};
use crate::support::{self, ANY, OWN_PARTS, UNTRACED, UNTRACED_BLOCK};

/// `enable`, of any bytes.
pub fn enable(bytes: &[u8]) -> Verdict {
    let (rolls, rest) = split(bytes);
    let Some(text) = text(rest) else { return Ok(()) };
    let mut dice = Dice::new(&rolls);
    laws::hold(text, dice.pick(Ask::ENABLES), &OF_ANY_TEXT)?;
    laws::hold(text, dice.pick(Ask::PARTS), &[laws::settles, laws::is_patched, laws::is_shown, laws::is_linted])
}

/// `disable` of any bytes, and of the result of `enable`.
pub fn disable(bytes: &[u8]) -> Verdict {
    let (rolls, rest) = split(bytes);
    let Some(text) = text(rest) else { return Ok(()) };
    let mut dice = Dice::new(&rolls);
    laws::hold(text, dice.pick(Ask::DISABLES), &OF_ANY_TEXT)?;
    laws::hold(text, dice.pick(Ask::ENABLES), &[laws::is_given_back_where_promised])
}

/// `lint` and `lint --fix`, of any bytes.
pub fn lint(bytes: &[u8]) -> Verdict {
    let (rolls, rest) = split(bytes);
    let Some(text) = text(rest) else { return Ok(()) };
    laws::hold(text, Dice::new(&rolls).pick(Ask::FIXES), &OF_FIXES)
}

/// Everything that holds of a manifest made at random.
pub fn manifest(bytes: &[u8]) -> Verdict {
    let rolls = rolls(bytes);
    let mut dice = Dice::new(&rolls);
    let wanted = dice.pick(&[ANY, UNTRACED, UNTRACED_BLOCK]);
    let ask = any_ask(&mut dice);
    let text = support::manifest(rolls.get(3..).unwrap_or_default(), wanted);
    if wanted.untraced {
        let part = dice.pick(Ask::PARTS);
        laws::hold(&text, part, &[laws::is_given_back_with_parts])?;
        let own = support::manifest(rolls.get(3..).unwrap_or_default(), OWN_PARTS);
        laws::hold(&own, part, &[laws::is_given_back_with_parts, laws::is_restored_after_keep_config])?;
        laws::lone_options_keep_the_rest(&own)?;
        laws::hold(&text, dice.pick(Ask::SIDECARS), &[laws::is_replaced, laws::is_shown_beside_a_sidecar])?;
        laws::is_undone_after(&text, dice.pick(Ask::PARTS), dice.pick(Ask::PARTS))?;
    }
    let mut expected = OF_ANY_TEXT.to_vec();
    expected.extend([laws::is_readable as Law, laws::keeps_comments, laws::keeps_pods]);
    if Ask::ENABLES.contains(&ask) {
        expected.push(laws::traces);
        expected.extend(wanted.untraced.then_some(laws::is_given_back as Law));
        if wanted.untraced {
            expected.extend([laws::is_shown_to_trace as Law, laws::is_no_worse_to_lint, laws::is_no_worse_once_off]);
        }
        expected.extend(wanted.block_only.then_some(laws::keeps_lines as Law));
    }
    laws::hold(&text, ask, &expected)
}

/// Edits that were tampered with, against the judge: the output that it accepts is the planned one.
pub fn proofs(bytes: &[u8]) -> Verdict {
    let (choices, rest) = split(bytes);
    let mut dice = Dice::new(&choices);
    let ask = any_ask(&mut dice);
    let made = dice.one_in(2).then(|| support::manifest(&rolls(rest), ANY));
    let Some(text) = made.as_deref().or_else(|| text(rest)) else { return Ok(()) };
    let text = text.trim_start_matches('\u{feff}');
    let Some(Edited { done, .. }) = laws::edited(text, ask)? else { return Ok(()) };
    let Ok(tree) = Tree::parse(text) else { return Ok(()) };
    let policy = ask.policy();
    let Ok(fixes) = Fixes::find(&tree, &policy, Input::default()) else { return Ok(()) };
    let Ok(planned) = plan(&tree, &policy, Input::default(), &fixes) else { return Ok(()) };
    let Ok(honest) = rewrite(&tree, &planned.changes) else { return Ok(()) };
    let language = if done.is_json { Language::Json } else { Language::Yaml };
    let accepts = |edits: &EditSet| verify::judge(&tree, &planned.changes, &edits.apply(text), language).is_ok();
    // Several documents in one tree are more than the program reads at once.
    if honest.is_empty() || honest != done.edits || !accepts(&honest) {
        return Ok(());
    }
    let mut edits = honest.as_slice().to_vec();
    for _ in 0..1 + dice.below(3) {
        tamper(&mut edits, text, &mut dice);
    }
    let Ok(tampered) = EditSet::new(edits) else { return Ok(()) };
    let is_same = tampered.apply(text) == honest.apply(text);
    if is_same || !accepts(&tampered) {
        return if is_same && !accepts(&tampered) { Err("an accepted output is refused".to_owned()) } else { Ok(()) };
    }
    judge::is_as_planned(&tree, &honest, &tampered, language).map_err(|words| {
        let (is, was) = (tampered.apply(text), honest.apply(text));
        format!("the judge accepts: {words}\n{tampered:#?}\n{text}\n── planned\n{was}\n── accepted\n{is}")
    })
}

/// Edits with one thing changed: moved, cut, replaced, added or dropped.
fn tamper(edits: &mut Vec<Edit>, text: &str, dice: &mut Dice<'_>) {
    let index = dice.below(edits.len().max(1));
    let near = edits.get(index).map_or(0, |edit| edit.range.start);
    let place =
        if dice.one_in(2) { dice.place(text) } else { boundary(text, (near + dice.below(64)).saturating_sub(32)) };
    let length = dice.below(16);
    let kind = dice.below(8);
    let Some(edit) = edits.get_mut(index) else { return };
    match kind {
        0 | 1 => edit.replacement = broken(&edit.replacement, dice).into(),
        2 => edit.range = place.min(edit.range.end)..edit.range.end,
        3 => edit.range.end = place.max(edit.range.start),
        4 => edit.range = place..boundary(text, place + edit.range.len()),
        5 => edits.push(Edit::delete(place..boundary(text, place + length))),
        6 => edits.push(Edit::replace(place..boundary(text, place + length / 4), broken("", dice))),
        _ => drop(edits.remove(index)),
    }
}

/// The fast reader of plain documents, against the parser: of any bytes, and of a small document that they decide.
pub fn readers(bytes: &[u8]) -> Verdict {
    let (rolls, rest) = split(bytes);
    readers::compare(&readers::small_document(&mut Dice::new(&rolls)))?;
    let Some(text) = text(rest) else { return Ok(()) };
    unmarked_documents(text).0.into_iter().try_for_each(|range| readers::compare(&text[range]).map(drop))
}

fn any_ask(dice: &mut Dice<'_>) -> Ask {
    if dice.one_in(3) { dice.pick(Ask::DISABLES) } else { dice.pick(Ask::ENABLES) }
}

/// The decisions in the first line of an input, and the rest of it.
fn split(bytes: &[u8]) -> (Vec<u16>, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    (rolls(&bytes[..end]), bytes.get(end + 1..).unwrap_or_default())
}

fn rolls(bytes: &[u8]) -> Vec<u16> {
    bytes.iter().map(|byte| u16::from(*byte)).collect()
}

/// The bytes as text, if the program reads them so.
fn text(bytes: &[u8]) -> Option<&str> {
    match encoding_problem(bytes) {
        None => Some(std::str::from_utf8(bytes).expect("text without a problem is UTF-8")),
        Some(_) => None,
    }
}
