use proptest::prelude::*;

use super::*;

#[test]
fn braces_are_counted_as_globset_reads_them() {
    for (text, depth) in [
        ("", 0),
        ("{a,b}", 1),
        ("{a,{b,{c}}}{d}", 3),
        (r"\{\{\{", 0),
        (r"\\{", 1),
        ("[{{{]", 0),
        ("[]{]{", 1),
        ("[!]{]{", 1),
        ("[^]{]{", 1),
        ("[{{", 2),
        ("{[}]{[}]{", 3),
        ("}}{", 1),
    ] {
        assert_eq!(brace_depth(text), depth, "{text}");
    }
}

#[test]
fn braces_nested_at_any_depth_are_compiled_or_refused() {
    for depth in (0..=MAX_GLOB_LENGTH / 3).chain([50_000]) {
        let text = "{".repeat(depth) + "a" + &"}".repeat(depth);
        for made in [glob(&text), path_glob(&text)] {
            assert_eq!(made.is_ok(), depth <= MAX_GLOB_DEPTH, "{depth}");
        }
        assert_eq!(NameSetBuilder::default().add(&text).is_ok(), depth <= MAX_GLOB_DEPTH, "{depth}");
    }
}

#[test]
fn the_largest_globs_are_compiled() {
    for part in ["?", "*", "**/", "?*", "[!a]", "[a-\u{10ffff}]", "{a,b}", "{**/,*}", "\u{10ffff}", "[\u{e9}-\u{fc}]"] {
        let text = part.repeat(MAX_GLOB_LENGTH / part.len());
        assert!(glob(&text).is_ok() && path_glob(&text).is_ok(), "{part}");
    }
}

#[test]
fn a_set_has_what_one_of_its_globs_matches() {
    let mut builder = NameSetBuilder::default();
    for text in ["A", "B?", "C*D", "*E", "F*", "{G,H}", r"I\*", "[J]"] {
        builder.add(text).unwrap();
    }
    let set = builder.build().unwrap();
    for name in ["A", "BX", "CXXD", "XE", "FX", "G", "H", "I*", "J"] {
        assert!(set.has(name), "{name}");
    }
    for name in ["", "AA", "B", "CX", "EX", "XF", "GH", "I", "IX", "[J]"] {
        assert!(!set.has(name), "{name}");
    }
    assert!(!NameSet::default().has(""));
}

#[test]
fn an_index_finds_what_its_globs_match_one_by_one() {
    let globs = ["a", "*", "b?", "a", "x/*", "x/y"].map(|text| path_glob(text).unwrap());
    let index = GlobIndex::new(globs.iter().map(Some).chain([None])).unwrap();
    for text in ["a", "b", "bx", "x/y", "x/y/z", ""] {
        let path = Path::new(text);
        let matching = globs.iter().enumerate().filter(|(_, glob)| glob.is_match(path)).map(|(at, _)| at);
        assert_eq!(index.matches(Some(path)), matching.chain([6]).collect::<Vec<_>>(), "{text}");
    }
    assert_eq!(index.matches(None), [6]);
}

proptest! {
    #[test]
    fn any_glob_is_compiled_or_refused(text in r"[\{\}\[\],*?!^/\\ab\-é]{0,40}") {
        let made = glob(&text);
        let _ = path_glob(&text);
        let mut builder = NameSetBuilder::default();
        let added = builder.add(&text);
        prop_assert_eq!(made.is_ok(), added.is_ok());
        let set = builder.build().unwrap();
        for name in ["", "a", "ab", "a/b", "{", "é"] {
            prop_assert_eq!(made.as_ref().is_ok_and(|glob| glob.is_match(name)), set.has(name));
        }
    }
}
