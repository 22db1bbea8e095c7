use super::super::*;

/// Reads a text with both readers; the fast one has to read it.
fn same(text: &str) {
    let plain = Tree::parse_plain(text).unwrap_or_else(|| panic!("left to the parser: {text:?}"));
    assert_eq!(plain, Tree::parse_any(text).unwrap(), "{text:?}");
}

fn left_to_the_parser(text: &str) {
    assert_eq!(Tree::parse_plain(text), None, "{text:?}");
}

#[test]
fn block_collections() {
    same("a: b\nc:\n  d: e\n  f:\n  - g\n  - h: i\n    j: k\n  l:\n    - - m\n      - n\n    -\n      o: p\n");
    same("--- {a: b, c: [d]}  # e\n");
    same("# a\n---   [\na,\n\tb\n]\n# c\n");
    same("# a\n---  # b\n\n# c\nd: e # f\n\n  # g\nh:   # i\n# j\n  k: l\n# m\n");
    same("a:\nb:\n- \n-\nc:\n- - \n  -\nd:");
    same("  a: b\n  c: d");
    same("- a\n-   b: c\n    d: e\n- - f\n  - g: h\n");
    same("a:\r\n- b\r\n\r\n# c\r\n- d: e\r\n");
    same("\"a\": b\n'c' : d\n\"e\":\n  f g : h\n");
}

#[test]
fn plain_scalars() {
    same("a: b c  # d\ne: http://f:80/g#h\ni: -1\nj: --k\nl: a,b[c]{d}\nm: 'n\"'\no:p:  q:r\n<<: s\né: ü\n");
    same("a:\n  b\nc:\n\n  # d\n  e\n");
}

#[test]
fn quoted_scalars() {
    same(r#"a: "b\"\\\/\n\t\x41\u00e9\U0001F600\ud83d\ude00\N\_\L\P\e\0\a\b\v\f\r\ ""#);
    same("a: ''\nb: \"\"\nc: 'd''e'''\nf: '# g' # h\ni: \"\\n\"\n");
}

#[test]
fn block_scalars() {
    same("a: |\n  b\n    c\n\n  d\ne: |-\n\n\n  f\n  \n\ng: >  # h\n  i\n  j\n\n  k\n    l\n  m\n\n# n\n");
    same("a:\n- |\n  b\n- >-\n   c\n   d\n-  e: |\n     f\n   g: h\n");
    same("a: |\r\n  b\r\n  c\r\nd: >\r\n  e\r\n\r\n  f\r\n");
    same("a: |\n  b");
    same("a: >-\n  b\n   ");
}

#[test]
fn flow_collections() {
    same("a: {b: c, \"d\":e, 'f': [g, {h: }, i # j\n\n, k], l:}\nm: [] # n\no: {\n}\n");
    same("{\"a\":[1,-2,true,null,{}],\"b\":{\"c\":\"d\"}}");
    same("{\n\t\"a\": [\n\t\t1,\n\t\t2\n\t],\n\t\"b\":\n\t\t\"c\"\n}\n");
    same("\n[\n  {\n    \"a\": \"b\"\n  }\n]\n\n");
}

#[test]
fn all_else_is_left_to_the_parser() {
    for text in [
        "",
        "# a\n",
        "---\n",
        "a",
        "'a'",
        "|\n  a",
        "a: &b c",
        "a: *b",
        "a: !b c",
        "? a",
        "a: b\n  c\n",
        "a: 'b\n  c'\n",
        "a: |+\n  b\n",
        "a: |2\n  b\n",
        "a: b\n...\n",
        "a: b\n---\n",
        "%YAML 1.2\n---\na: b\n",
        "a:\n\tb: c\n",
        "a:\tb",
        "a: b\rc: d",
        "a: \u{85}",
        "a: \u{2028}",
        "\u{feff}a: b",
        "a: \u{7f}",
        "a: [b\n  c]",
        "[a: b]",
        "{a}",
        "a: |\n\n",
        "- a\n- b\n  c: d\n",
        "a: b: c\n",
        "a:\n - b\n c: d\n",
        "a: - b\n",
        "{a: b}: c\n",
        "\"a\":b\n",
        "a: @b\n",
        "a: |\n   \n  b\n",
    ] {
        left_to_the_parser(text);
    }
}
