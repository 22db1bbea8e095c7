//! The content of a random manifest, before its style is chosen.

mod env;
mod value;

use super::Wanted;
use super::dice::Dice;
pub use value::{TRACING_VARIABLES, Value, text};
use value::{map, spelt};

const NODE_NAMES: &[&str] = &["classifier", "router", "combiner", "transformer", "model-é"];
const IMAGES: &[&str] = &["seldonio/mock:1.0", "registry.example.com:5000/a/b@sha256:0123456789abcdef", "python:3"];
const TEXTS: &[&str] = &[
    "plain",
    "two words",
    "it's",
    "say \"hi\"",
    "# no comment",
    "a: b",
    "yes",
    "1",
    "0.5",
    "",
    "日本語 テキスト",
    "{{ not a template }}",
    "- name: TRACING",
    "line one\nline two\n",
    "  indented\nless\n",
    "ends with spaces  \n\n\n",
    "a\\b\tc",
    "😀",
    "*star",
    "&and",
    "very long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccccccccccccccccc dddddddddd",
];

pub struct Builder<'d, 'r> {
    dice: &'d mut Dice<'r>,
    wanted: Wanted,
    /// True if there may be anchors and aliases, and keys in any order.
    anchors: bool,
    /// The names of the anchors so far, by the kind of their node.
    anchored: Vec<(Anchored, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Anchored {
    Scalar,
    Entry,
    Env,
    Container,
    Other,
}

impl<'d, 'r> Builder<'d, 'r> {
    pub fn new(dice: &'d mut Dice<'r>, wanted: Wanted, may_anchor: bool) -> Self {
        let anchors = may_anchor && dice.one_in(3);
        Self { dice, wanted, anchors, anchored: Vec::new() }
    }

    pub fn document(mut self) -> Value {
        match self.dice.below(16) {
            15 => self.other_resource(),
            13 | 14 => {
                let count = 1 + self.dice.below(3);
                let mut items: Vec<Value> = (0..count)
                    .map(|_| if self.dice.one_in(4) { self.other_resource() } else { self.deployment() })
                    .collect();
                if self.dice.one_in(6) {
                    items =
                        vec![map([("kind", text("List")), ("apiVersion", text("v1")), ("items", Value::List(items))])];
                }
                let kind = self.dice.pick(&["List", "SeldonDeploymentList"]);
                map([("apiVersion", text("v1")), ("kind", text(kind)), ("items", Value::List(items))])
            }
            _ => self.deployment(),
        }
    }

    fn other_resource(&mut self) -> Value {
        let quoted =
            "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n# quoted\nspec:\n  predictors: []\n";
        let data = map([("manifest.yaml", text(quoted)), ("other", self.any_text())]);
        map([
            ("apiVersion", text("v1")),
            ("kind", text("ConfigMap")),
            ("metadata", map([("name", text("config"))])),
            ("data", data),
        ])
    }

    fn deployment(&mut self) -> Value {
        let mut metadata = vec![("name".to_owned(), text("model"))];
        if self.dice.one_in(3) {
            metadata.push(("namespace".to_owned(), text("seldon")));
        }
        if self.dice.one_in(4) {
            let labels = map([("app", self.any_text()), ("team", text("risk"))]);
            let labels = self.may_anchor(Anchored::Other, labels);
            metadata.push(("labels".to_owned(), labels));
        }
        let mut spec = Vec::new();
        if self.dice.one_in(6) {
            spec.push(("name".to_owned(), self.any_text()));
        }
        if self.dice.one_in(10) {
            spec.push(("protocol".to_owned(), text(self.dice.pick(&["seldon", "tensorflow", ""]))));
        }
        if self.anchors && self.dice.one_in(2) {
            let common = self.common();
            spec.push(("x-common".to_owned(), common));
        }
        let count = if self.dice.one_in(4) { 2 + self.dice.below(2) } else { 1 };
        let predictors = (0..count).map(|index| self.predictor(index)).collect();
        spec.push(("predictors".to_owned(), Value::List(predictors)));
        let version = self.dice.pick(&["v1", "v1alpha2"]);
        let mut entries = vec![
            ("apiVersion".to_owned(), text(&format!("machinelearning.seldon.io/{version}"))),
            ("kind".to_owned(), text("SeldonDeployment")),
            ("metadata".to_owned(), Value::Map(metadata)),
            ("spec".to_owned(), Value::Map(spec)),
        ];
        self.may_shuffle(&mut entries);
        Value::Map(entries)
    }

    /// Anchors for the values after it.
    fn common(&mut self) -> Value {
        let mut entries = Vec::new();
        if self.dice.one_in(2) {
            let env = self.env_list();
            entries.push(("env".to_owned(), self.anchor(Anchored::Env, env)));
        }
        if self.dice.one_in(2) {
            let container = self.container("common", false);
            entries.push(("container".to_owned(), self.anchor(Anchored::Container, container)));
        }
        if entries.is_empty() || self.dice.one_in(2) {
            let scalar = self.any_text();
            entries.push(("text".to_owned(), self.anchor(Anchored::Scalar, scalar)));
        }
        if self.dice.one_in(2) {
            let entry = self.variable();
            entries.push(("variable".to_owned(), self.anchor(Anchored::Entry, entry)));
        }
        Value::Map(entries)
    }

    fn predictor(&mut self, index: usize) -> Value {
        let mut names: Vec<&str> = Vec::new();
        let graph = self.graph(0, &mut names);
        let mut entries = vec![("name".to_owned(), text(["default", "canary", "shadow"][index % 3]))];
        let mut push = |key: &str, value: Value| entries.push((key.to_owned(), value));
        if !self.dice.one_in(40) {
            push("graph", graph);
        }
        if self.dice.one_in(2) {
            push("replicas", spelt("1"));
        }
        if self.dice.one_in(8) {
            let value = self.dice.pick(&["true", "false"]);
            push("annotations", map([("seldon.io/no-engine", text(value))]));
        }
        if self.dice.one_in(5) {
            push("labels", map([("version", self.any_text()), ("note", self.any_text())]));
        }
        if let Some(specs) = self.component_specs(&names) {
            push("componentSpecs", specs);
        }
        match self.dice.below(8) {
            0..4 => {}
            4 if !self.wanted.untraced => push("svcOrchSpec", if self.dice.one_in(2) { spelt("") } else { map([]) }),
            5 => push("svcOrchSpec", map([("replicas", spelt("2"))])),
            _ => {
                let env = self.env();
                let mut spec = vec![("env".to_owned(), env)];
                if self.dice.one_in(3) {
                    spec.push(("replicas".to_owned(), spelt("2")));
                }
                if self.dice.one_in(4) {
                    spec.push(("resources".to_owned(), self.resources()));
                }
                self.may_shuffle(&mut spec);
                push("svcOrchSpec", Value::Map(spec));
            }
        }
        if self.dice.one_in(8) {
            push("explainer", map([("type", text("AnchorTabular"))]));
        }
        if self.dice.one_in(5) {
            push("traffic", spelt("100"));
        }
        self.may_shuffle(&mut entries);
        Value::Map(entries)
    }

    fn graph(&mut self, depth: usize, names: &mut Vec<&'static str>) -> Value {
        let name = NODE_NAMES[names.len() % NODE_NAMES.len()];
        names.push(name);
        let mut entries = vec![("name".to_owned(), text(name))];
        match self.dice.below(8) {
            0..4 => entries.push(("type".to_owned(), text("MODEL"))),
            4 => entries.push(("implementation".to_owned(), text("SIMPLE_MODEL"))),
            _ => {
                let server = self.dice.pick(&[
                    "SKLEARN_SERVER",
                    "XGBOOST_SERVER",
                    "MLFLOW_SERVER",
                    "TRITON_SERVER",
                    "MY_SERVER",
                ]);
                entries.push(("implementation".to_owned(), text(server)));
                entries.push(("modelUri".to_owned(), text("gs://seldon-models/iris")));
            }
        }
        if self.dice.one_in(5) {
            entries.push(("endpoint".to_owned(), map([("type", text("REST"))])));
        }
        if self.dice.one_in(12) {
            entries.push(("envSecretRefName".to_owned(), text("secret")));
        }
        if self.dice.one_in(4) {
            entries.push(("children".to_owned(), Value::List(Vec::new())));
        } else if depth < 2 && self.dice.one_in(3) {
            let count = 1 + self.dice.below(2);
            let children = (0..count).map(|_| self.graph(depth + 1, names)).collect();
            entries.push(("children".to_owned(), Value::List(children)));
        }
        self.may_shuffle(&mut entries);
        Value::Map(entries)
    }

    fn component_specs(&mut self, names: &[&str]) -> Option<Value> {
        match self.dice.below(10) {
            8 => return None,
            9 if !self.wanted.untraced => {
                let pod = |containers| map([("spec", map([("containers", containers)]))]);
                return Some(match self.dice.below(6) {
                    0 => spelt(""),
                    1 => Value::List(Vec::new()),
                    2 => Value::List(vec![map([])]),
                    3 => Value::List(vec![map([("spec", spelt("null"))])]),
                    4 => Value::List(vec![pod(Value::List(Vec::new()))]),
                    _ => Value::List(vec![pod(spelt("~"))]),
                });
            }
            _ => {}
        }
        let mut containers = Vec::new();
        for name in names {
            if !self.dice.one_in(5) {
                containers.push(self.container(name, true));
            }
        }
        if self.dice.one_in(6) {
            let names: &[&str] = match self.wanted.own_parts {
                true => &["sidecar", "datadog-lib-python-init", "datadog-agent", "seldon-trace-collector"],
                false => &["sidecar"],
            };
            let name = self.dice.pick(names);
            containers.push(self.container(name, true));
        }
        if self.dice.one_in(16) {
            containers.push(self.container("seldon-container-engine", true));
        }
        if containers.is_empty() {
            containers.push(self.container("other", true));
        }
        let second = containers.split_off(containers.len() - usize::from(containers.len() > 1 && self.dice.one_in(4)));
        let specs: Vec<Value> = [containers, second]
            .into_iter()
            .filter(|containers| !containers.is_empty())
            .map(|containers| self.component_spec(containers))
            .collect();
        Some(Value::List(specs))
    }

    fn component_spec(&mut self, containers: Vec<Value>) -> Value {
        let mut spec = vec![("containers".to_owned(), Value::List(containers))];
        if self.dice.one_in(4) {
            spec.push(("terminationGracePeriodSeconds".to_owned(), spelt("20")));
        }
        if self.dice.one_in(6) {
            let volume = map([("name", text("data")), ("emptyDir", map([]))]);
            spec.push(("volumes".to_owned(), Value::List(vec![volume])));
        }
        if self.dice.one_in(8) {
            let is_own = self.wanted.own_parts && self.dice.one_in(2);
            let name = if is_own { "datadog-lib-python-init" } else { "init" };
            let init = map([("name", text(name)), ("image", text("busybox"))]);
            spec.push(("initContainers".to_owned(), Value::List(vec![init])));
        }
        self.may_shuffle(&mut spec);
        let mut entries = vec![("spec".to_owned(), Value::Map(spec))];
        if self.wanted.own_parts && self.dice.one_in(6) {
            let label = self.dice.pick(&["tags.datadoghq.com/env", "admission.datadoghq.com/enabled"]);
            entries.push(("metadata".to_owned(), map([("labels", map([(label, text("mine"))]))])));
        } else if self.dice.one_in(6) {
            entries.push(("metadata".to_owned(), map([("labels", map([("a", self.any_text())]))])));
        }
        self.may_shuffle(&mut entries);
        Value::Map(entries)
    }

    fn container(&mut self, name: &str, may_alias: bool) -> Value {
        let mut entries = Vec::new();
        if may_alias
            && self.anchors
            && self.dice.one_in(8)
            && let Some(alias) = self.alias(Anchored::Container)
        {
            entries.push(("<<".to_owned(), alias));
        }
        entries.push(("name".to_owned(), text(name)));
        let bare = !self.wanted.untraced && self.dice.one_in(20);
        if !bare {
            let is_mlserver = self.wanted.own_parts && self.dice.one_in(4);
            let image = if is_mlserver { "seldonio/mlserver:1.7.1" } else { self.dice.pick(IMAGES) };
            entries.push(("image".to_owned(), text(image)));
        }
        if !self.dice.one_in(3) {
            let env = self.env();
            entries.push(("env".to_owned(), env));
        }
        if self.dice.one_in(10) {
            let source = map([("configMapRef", map([("name", text("more"))]))]);
            entries.push(("envFrom".to_owned(), Value::List(vec![source])));
        }
        if !self.wanted.untraced && self.dice.one_in(6) {
            let argument = self.dice.pick(&["--verbose", "--host=$(JAEGER_AGENT_HOST)", "$$(TRACING)", "a b"]);
            entries.push(("args".to_owned(), Value::List(vec![text(argument), self.any_text()])));
        }
        if self.dice.one_in(6) {
            let mount = map([("name", text("data")), ("mountPath", text("/data"))]);
            entries.push(("volumeMounts".to_owned(), Value::List(vec![mount])));
        }
        if self.dice.one_in(4) {
            entries.push(("resources".to_owned(), self.resources()));
        }
        self.may_shuffle(&mut entries);
        let container = Value::Map(entries);
        if may_alias { self.may_anchor(Anchored::Container, container) } else { container }
    }

    fn resources(&mut self) -> Value {
        if self.anchors
            && self.dice.one_in(4)
            && let Some(alias) = self.alias(Anchored::Other)
        {
            return alias;
        }
        let resources = map([("requests", map([("memory", text("1Mi")), ("cpu", spelt("0.5"))]))]);
        self.may_anchor(Anchored::Other, resources)
    }

    fn any_text(&mut self) -> Value {
        if self.anchors
            && self.dice.one_in(8)
            && let Some(alias) = self.alias(Anchored::Scalar)
        {
            return alias;
        }
        let value = text(self.dice.pick(TEXTS));
        self.may_anchor(Anchored::Scalar, value)
    }

    fn may_anchor(&mut self, what: Anchored, value: Value) -> Value {
        if self.anchors && self.dice.one_in(8) { self.anchor(what, value) } else { value }
    }

    fn anchor(&mut self, what: Anchored, value: Value) -> Value {
        if matches!(value, Value::Marked(..) | Value::Alias(_)) {
            return value;
        }
        let name = format!("a{}", self.anchored.len());
        self.anchored.push((what, name.clone()));
        Value::Marked(format!("&{name}"), Box::new(value))
    }

    fn alias(&mut self, what: Anchored) -> Option<Value> {
        let names: Vec<&String> =
            self.anchored.iter().filter(|(kind, _)| *kind == what).map(|(_, name)| name).collect();
        let name = names.get(self.dice.below(names.len().max(1)))?;
        Some(Value::Alias((*name).clone()))
    }

    fn may_shuffle(&mut self, entries: &mut [(String, Value)]) {
        // An alias must not come before its anchor.
        if !self.anchors && self.dice.one_in(4) {
            self.dice.shuffle(entries);
        }
    }
}
