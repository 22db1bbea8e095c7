use super::*;

/// The lead and bytes of each node, indented by its depth.
fn outline(text: &str) -> String {
    let tree = match Tree::parse(text) {
        Ok(tree) => tree,
        Err(error) => return format!("{error:?}"),
    };
    let mut out = String::new();
    for (id, node) in tree.nodes() {
        let mut depth = 0;
        let mut at = id;
        while let Some(parent) = tree.parent(at) {
            (at, depth) = (parent, depth + 1);
        }
        let lead = tree.lead(id).map_or(String::new(), |at| format!("{} ", &text[at..=at]));
        out.push_str(&format!("{}{lead}{:?}\n", "  ".repeat(depth), &text[node.span.range()]));
    }
    out
}

#[test]
fn block_collections_end_with_their_last_leaf() {
    assert_eq!(
        outline("a:\n- x: 1 # c\n\n# d\n-   y\nb:\n  - - z\n\n"),
        r#""a:\n- x: 1 # c\n\n# d\n-   y\nb:\n  - - z"
  "a"
  : "- x: 1 # c\n\n# d\n-   y"
    - "x: 1"
      "x"
      : "1"
    - "y"
  "b"
  : "- - z"
    - "- z"
      - "z"
"#
    );
}

#[test]
fn empty_nulls_follow_their_indicator() {
    assert_eq!(
        outline("a: # c\nb: &x\nc:\n-\n- # d\nf: {g, h: , \"i\":, ? j : k}\n? l\n"),
        r#""a: # c\nb: &x\nc:\n-\n- # d\nf: {g, h: , \"i\":, ? j : k}\n? l"
  "a"
  : ""
  "b"
  : ""
  "c"
  : "-\n-"
    - ""
    - ""
  "f"
  : "{g, h: , \"i\":, ? j : k}"
    "g"
    ""
    "h"
    : ""
    "\"i\""
    : ""
    ? "j"
    : "k"
  ? "l"
  ""
"#
    );
}

#[test]
fn a_colon_after_a_comma_belongs_to_the_next_entry() {
    assert_eq!(
        outline("[{\"a\", :b}, {\"c\", : d, e}, [f, : g, h : , : ]]\n"),
        r#""[{\"a\", :b}, {\"c\", : d, e}, [f, : g, h : , : ]]"
  "{\"a\", :b}"
    "\"a\""
    ""
    ":b"
    ""
  "{\"c\", : d, e}"
    "\"c\""
    ""
    ""
    : "d"
    "e"
    ""
  "[f, : g, h : , : ]"
    "f"
    " : g"
      ""
      : "g"
    "h :"
      "h"
      : ""
    " :"
      ""
      : ""
"#
    );
}

#[test]
fn block_scalars_begin_at_their_header_and_end_with_their_content() {
    assert_eq!(
        outline("a: | # c\n  x\n\n   \n\n# d\nb: !t &y\n  >-\n  z\n\nc: |+\n  k\n\n\nd: |\ne: |2\n    m\n   \n"),
        r#""a: | # c\n  x\n\n   \n\n# d\nb: !t &y\n  >-\n  z\n\nc: |+\n  k\n\n\nd: |\ne: |2\n    m\n   "
  "a"
  : "| # c\n  x\n\n   "
  "b"
  : ">-\n  z"
  "c"
  : "|+\n  k\n\n"
  "d"
  : "|"
  "e"
  : "|2\n    m\n   "
"#
    );
}

#[test]
fn line_breaks_and_byte_offsets_are_exact() {
    assert_eq!(
        outline("名: é # ü\r\nl: \"a\r\n  b\"\r\nm: |\r\n  x\r\n\r\nn: p q\r\n  r\r\n"),
        "\"名: é # ü\\r\\nl: \\\"a\\r\\n  b\\\"\\r\\nm: |\\r\\n  x\\r\\n\\r\\nn: p q\\r\\n  r\"\n  \"名\"\n  : \"é\"\n  \"l\"\n  : \"\\\"a\\r\\n  b\\\"\"\n  \"m\"\n  : \"|\\r\\n  x\"\n  \"n\"\n  : \"p q\\r\\n  r\"\n"
    );
}

#[test]
fn limits_are_checked() {
    let fault = |text: &str| Tree::parse(text).err().map(|error| (error.at, error.fault));
    assert_eq!(fault(&"[".repeat(100_000)), Some((MAX_DEPTH + 1, SyntaxFault::TooDeep)));
    assert!(Tree::parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_ok());
    assert_eq!(fault("{[a]: b}"), Some((1, SyntaxFault::KeyIsNoScalar)));
    assert_eq!(fault("v: {{ .x }}"), Some((4, SyntaxFault::KeyIsNoScalar)));
    assert_eq!(fault("a: &x [*x]"), Some((7, SyntaxFault::RecursiveAlias)));
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for n in 1..7 {
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(",")));
    }
    assert!(matches!(fault(&bomb), Some((_, SyntaxFault::TooManyNodes))));
}
