//! The fast reader of plain documents builds the tree that the parser builds, or leaves the text to it.
//!
//! ```sh
//! READERS=10000000 cargo test --release --test readers -- --ignored
//! ```
//!
//! compares that many small documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(clippy::print_stdout, reason = "a long run shows its figures")]

#[allow(dead_code, reason = "the other tests use the rest")]
mod support;
#[path = "fuzz/targets/readers.rs"]
mod target;

use std::fs;
use std::path::{Path, PathBuf};

use seldon_trace::internals::yaml::{Tree, stream};
use support::broken::broken;
use support::dice::Dice;
use support::{ANY, manifest};
use target::{compare, small_document};

/// A sequence of numbers, the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn rolls(&mut self, count: usize) -> Vec<u16> {
        (0..count).map(|_| (self.next() >> 40) as u16).collect()
    }
}

/// The number of compared texts, and of those that the fast reader read.
#[derive(Debug, Default)]
struct Tally {
    texts: usize,
    plain: usize,
}

impl Tally {
    fn compare(&mut self, text: &str) {
        self.texts += 1;
        match compare(text) {
            Ok(plain) => self.plain += usize::from(plain),
            Err(words) => panic!("{words}"),
        }
    }

    /// The documents of a stream, each on its own.
    fn compare_stream(&mut self, text: &str) {
        stream::unmarked_documents(text).0.into_iter().for_each(|range| self.compare(&text[range]));
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn fixtures_have_the_same_tree() {
    let (mut manifests, mut others) = (Tally::default(), Tally::default());
    for path in files(Path::new("fixtures")) {
        let is_manifest = path.extension().is_some_and(|extension| extension == "yaml" || extension == "json");
        let tally = if is_manifest { &mut manifests } else { &mut others };
        fs::read_to_string(path).iter().for_each(|text| tally.compare_stream(text));
    }
    assert!(manifests.plain * 10 > manifests.texts * 8, "too much is left to the parser: {manifests:?}");
}

#[test]
fn manifests_made_by_dice_have_the_same_tree() {
    let mut numbers = Numbers(1);
    let (mut whole, mut hurt) = (Tally::default(), Tally::default());
    for _ in 0..300 {
        let text = manifest(&numbers.rolls(600), ANY);
        whole.compare_stream(&text);
        for _ in 0..3 {
            hurt.compare_stream(&broken(&text, &mut Dice::new(&numbers.rolls(6))));
        }
    }
    assert!(whole.plain * 10 > whole.texts * 3, "too much is left to the parser: {whole:?}, {hurt:?}");
}

/// Compares small documents, and damaged versions of each.
fn compare_small(count: usize, numbers: &mut Numbers) -> Tally {
    let mut tally = Tally::default();
    while tally.texts < count {
        let mut text = small_document(&mut Dice::new(&numbers.rolls(64)));
        tally.compare(&text);
        for _ in 0..3 {
            text = broken(&text, &mut Dice::new(&numbers.rolls(6)));
            tally.compare(&text);
        }
    }
    tally
}

#[test]
fn small_documents_have_the_same_tree() {
    let tally = compare_small(100_000, &mut Numbers(2));
    assert!(tally.plain * 10 > tally.texts, "too much is left to the parser: {tally:?}");
}

#[test]
#[ignore = "takes minutes; READERS is how many"]
fn many_small_documents_have_the_same_tree() {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let count = number("READERS").unwrap_or(1_000_000);
    let seed = number("SEED").unwrap_or(3);
    println!("{:?}", compare_small(count, &mut Numbers(seed as u64)));
}

/// The bytes with a meaning in YAML.
const ALPHABET: &[u8] = b"a:-# \n\"'{}[],|>\t\\&?";

/// Every text of up to four such bytes.
#[test]
fn short_texts_have_the_same_tree() {
    let mut tally = Tally::default();
    for length in 1..=4 {
        for number in 0..ALPHABET.len().pow(length) {
            let digit = |place| ALPHABET[number / ALPHABET.len().pow(place) % ALPHABET.len()];
            let text: String = (0..length).map(|place| char::from(digit(place))).collect();
            tally.compare(&text);
        }
    }
    assert!(tally.plain > 1000, "{tally:?}");
}

#[test]
fn what_is_near_a_limit_is_left_to_the_parser() {
    for depth in [60, 64, 65, 99, 100, 101, 1000] {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
            compare(&format!("{}b{}\n", open.repeat(depth), close.repeat(depth))).unwrap();
        }
        let steps: String = (0..depth).map(|step| format!("{}a:\n", " ".repeat(step))).collect();
        compare(&steps).unwrap();
    }
    for length in [900, 1000, 1001, 1023, 1024, 1025, 2000] {
        let key = "k".repeat(length);
        for text in
            [format!("{key}: v\n"), format!("{{{key}: v}}"), format!("{{\"{key}\":v}}"), format!("- '{key}'  : v")]
        {
            compare(&text).unwrap();
        }
    }
    assert!(Tree::parse_plain("[[[[1]]]]").is_some());
}
