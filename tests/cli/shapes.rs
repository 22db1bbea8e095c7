//! Manifests with very many of one thing, as block YAML, as one line of flow YAML, and as one line of JSON.

use std::fmt::Write as _;

use seldon_trace::internals::yaml::{Kind, NodeId, ScalarKind, ScalarStyle, Tree};

use crate::support::{MANIFEST, stream};

/// The name of a thing, and a manifest with this many of it.
pub type Shape = (&'static str, fn(usize) -> String);

/// Manifests without a tracing variable: `disable` restores them after `enable`.
pub const UNTRACED: [Shape; 30] = [
    ("documents", stream),
    ("documents of another kind", |count| "kind: Pod\n---\n".repeat(count) + MANIFEST),
    ("documents that quote a manifest", |count| {
        MANIFEST.to_owned() + &"---\ndata: |\n  SeldonDeployment\n".repeat(count)
    }),
    ("items of a list", |count| format!("kind: List\nitems:\n{}", item().repeat(count))),
    ("predictors", |count| MANIFEST.to_owned() + &numbered("  - {name: p@, graph: {name: a}}\n", count)),
    ("containers", |count| MANIFEST.to_owned() + &numbered("        - name: c@\n", count)),
    ("graph nodes", |count| {
        let nodes = numbered("      - {name: n@, implementation: SKLEARN_SERVER}\n", count);
        MANIFEST.replace("name: classifier\n    c", &format!("name: classifier\n      children:\n{nodes}    c"))
    }),
    ("graph nodes that do not trace, before one that does", |count| {
        let nodes = numbered("      - {name: n@, implementation: TRITON_SERVER}\n", count);
        let last = "      - {name: last, implementation: SKLEARN_SERVER}\n";
        MANIFEST.replace("name: classifier\n    c", &format!("name: classifier\n      children:\n{nodes}{last}    c"))
    }),
    ("graph nodes without a container", |count| {
        let nodes = numbered("      - {name: n@}\n", count);
        MANIFEST.replace("name: classifier\n    c", &format!("name: classifier\n      children:\n{nodes}    c"))
    }),
    ("volumes", |count| {
        let mounts = numbered("          - {name: v@, mountPath: /v@}\n", count);
        let volumes = numbered("        - {name: v@}\n", count);
        format!("{MANIFEST}          volumeMounts:\n{mounts}        volumes:\n{volumes}")
    }),
    ("predictors with annotations", |count| {
        MANIFEST.to_owned()
            + &numbered("  - {name: p@, graph: {name: a}, annotations: {seldon.io/svc-name: s@, k: 1}}\n", count)
    }),
    ("env entries", |count| env(&numbered("          - name: V@\n            value: 'x'\n", count))),
    ("env entries in brackets", |count| {
        format!("{MANIFEST}          env: [{}]\n", numbered("{name: V@, value: x}, ", count))
    }),
    ("env entries of one name", |count| env(&"          - name: REGION\n            value: x\n".repeat(count))),
    ("references", |count| env(&numbered("          - name: V@\n            value: $(DD_ENABLED) $(V@)\n", count))),
    ("comments", |count| "# c\n".repeat(count) + MANIFEST),
    ("comments before an entry", |count| env(&("            # c\n".repeat(count) + "          - name: R\n"))),
    ("comments after entries", |count| env(&numbered("          # c\n          - name: V@ # d\n", count))),
    ("comments in brackets", |count| {
        let entries = numbered("            # c\n            {name: V@}, # d\n", count);
        format!("{MANIFEST}          env: [\n{entries}          ]\n")
    }),
    ("empty lines", |count| env(&("\n".repeat(count) + "          - name: R\n"))),
    ("spaces", |count| env(&format!("          - name: R{}\n", " ".repeat(count)))),
    ("keys", |count| format!("{MANIFEST}{}", numbered("          k@: 1\n", count))),
    ("keys of one name", |count| format!("{MANIFEST}big:\n{}", "  k: 1\n".repeat(count))),
    ("anchors", |count| format!("{MANIFEST}big:\n{}", numbered("- &a@ x\n- *a@\n", count))),
    ("merge keys", |count| format!("{MANIFEST}big:\n- &a {{k: 1}}\n{}", "- {<<: *a}\n".repeat(count))),
    ("tags", |count| format!("{MANIFEST}big:\n{}- !{} x\n", numbered("- !t@ x\n", count), "t".repeat(count))),
    ("lines of a block scalar", |count| format!("{MANIFEST}          big: |\n{}", "            x\n".repeat(count))),
    ("block scalars", |count| format!("{MANIFEST}big:\n{}", "- |\n  x\n".repeat(count))),
    ("lines in quotes", |count| format!("{MANIFEST}big: \"x\n{}  \"\n", "  x\n".repeat(count))),
    ("items in brackets", |count| format!("{MANIFEST}big: [{}]\n", "[x], ".repeat(count))),
];

/// Manifests in which each of the many things is changed, removed or a finding.
pub const TRACED: [Shape; 11] = [
    ("traced predictors", |count| MANIFEST.to_owned() + &numbered(TRACED_PREDICTOR, count)),
    ("entries to quote", |count| env(&"          - name: TRACING\n            value: 1\n".repeat(count))),
    ("entries to remove", |count| {
        env(&numbered("          # c\n          - name: DD_ENABLED\n            value: '1'\n", count))
    }),
    ("entries to remove, interleaved", |count| {
        env(&numbered(
            "          - name: V@\n            value: x\n          - name: DD_ENABLED\n            value: '1'\n",
            count,
        ))
    }),
    ("entries to remove in brackets", |count| {
        format!("{MANIFEST}          env: [{}]\n", numbered("{name: V@}, {name: DD_ENABLED, value: '1'}, ", count))
    }),
    ("entries to remove on lines in brackets", |count| {
        let entries =
            numbered("            # c\n            {name: V@}, # d\n            {name: DD_ENABLED}, # e\n", count);
        format!("{MANIFEST}          env: [\n{entries}          ]\n")
    }),
    ("text after which entries are removed", |count| {
        env(&numbered(
            "          - name: V@\n            value: |\n              x\n\n          - name: DD_ENABLED\n",
            count,
        ))
    }),
    ("references to replace", |count| {
        let reference = "          - name: JAEGER_AGENT_PORT\n            valueFrom:\n              # c\n              fieldRef: {fieldPath: x}\n";
        env(&reference.repeat(count))
    }),
    ("allowed findings", |count| {
        env(&"          # seldon-trace: allow ST001\n          - name: TRACING\n            value: 1\n".repeat(count))
    }),
    ("findings below many keys", |count| {
        let keys = format!("  - k: 1\n{}", numbered("    k@: 1\n", count));
        let entries = "          - name: TRACING\n            value: 1\n".repeat(count);
        env(&entries).replace("  - name: default\n", &keys)
    }),
    ("annotations and predictors", |count| {
        let annotations = numbered("    seldon.io/engine-jaeger-x@: y\n", count);
        let predictors = numbered("  - {name: p@, graph: {name: a}}\n", count);
        MANIFEST.replace("spec:\n  p", &format!("spec:\n  annotations:\n{annotations}  p")) + &predictors
    }),
];

/// A predictor with a variable to quote, one of the other backend, one that lint finds and a reference.
const TRACED_PREDICTOR: &str = "  - name: p@
    graph: {name: a, implementation: SKLEARN_SERVER}
    componentSpecs:
    - spec:
        containers:
        - name: a
          env:
          - name: TRACING
            value: 1
          - name: DD_ENABLED
            value: '1'
          - name: JAEGER_AGENT_PORT
            value: udp
          - name: JAEGER_AGENT_HOST
            valueFrom: {fieldRef: {fieldPath: status.podIP}}
";

/// How a shape is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Block,
    /// A List on one line of flow YAML.
    Flow,
    /// A List on one line of JSON.
    Json,
}

impl Form {
    /// The shape in this form; `None` if the form can't have it, such as comments in JSON.
    pub fn of(self, (_, shape): Shape, count: usize) -> Option<String> {
        let written = |count| match self {
            Self::Block => shape(count),
            Self::Flow | Self::Json => on_one_line(&shape(count), self == Self::Json),
        };
        let text = written(count);
        (self == Self::Block || text.len() > 2 * written(count / 4).len()).then_some(text)
    }
}

pub fn env(entries: &str) -> String {
    format!("{MANIFEST}          env:\n{entries}")
}

pub fn numbered(pattern: &str, count: usize) -> String {
    (0..count).map(|at| pattern.replace('@', &at.to_string())).collect()
}

pub fn item() -> String {
    format!("- {}\n", MANIFEST.trim_end().replace('\n', "\n  "))
}

/// The documents as the items of a List on one line.
fn on_one_line(text: &str, json: bool) -> String {
    let tree = Tree::parse(text).unwrap();
    let mut line = Line { tree: &tree, json, out: String::new() };
    match tree.roots() {
        [root] => line.node(root),
        roots => {
            line.out.push_str(if json { r#"{"kind":"List","items":["# } else { "{kind: List, items: [" });
            line.separated(roots, Line::node);
            line.out.push_str("]}");
        }
    }
    line.out + "\n"
}

struct Line<'t> {
    tree: &'t Tree<'t>,
    json: bool,
    out: String,
}

impl Line<'_> {
    fn node(&mut self, id: &NodeId) {
        let (tree, text) = (self.tree, self.tree.text());
        let id = if self.json { tree.resolve(*id) } else { *id };
        let properties = tree.properties(id);
        for property in [properties.anchor, properties.tag.map(|(_, tag)| tag)].into_iter().flatten() {
            if !self.json {
                let _ = write!(self.out, "{} ", &text[property.range()]);
            }
        }
        match &tree.node(id).kind {
            Kind::Alias(_) => {
                let _ = write!(self.out, "{} ", &text[tree.span(id).range()]);
            }
            Kind::Scalar { .. } if tree.scalar_kind(id) == ScalarKind::Null => self.out.push_str("null"),
            Kind::Scalar { text: value, style } => {
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let source = &text[tree.span(id).range()];
                if self.json || is_block || source.contains('\n') {
                    self.out.push_str(&serde_json::to_string(value).unwrap());
                } else {
                    self.out.push_str(source);
                }
            }
            Kind::Sequence { .. } => {
                self.out.push('[');
                self.separated(tree.items(id), Self::node);
                self.out.push(']');
            }
            Kind::Mapping { .. } => {
                self.out.push('{');
                self.separated(&tree.entries(id).collect::<Vec<_>>(), |line, (key, value)| {
                    line.node(key);
                    line.out.push_str(if line.json { ":" } else { ": " });
                    line.node(value);
                });
                self.out.push('}');
            }
        }
    }

    fn separated<T>(&mut self, parts: &[T], mut write: impl FnMut(&mut Self, &T)) {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(if self.json { "," } else { ", " });
            }
            write(self, part);
        }
    }
}
