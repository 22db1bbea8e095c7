//! The env lists of a random manifest.

use super::value::{map, spelt, text};
use super::{Anchored, Builder, TRACING_VARIABLES, Value};

impl Builder<'_, '_> {
    /// The value of `env`.
    pub fn env(&mut self) -> Value {
        if !self.wanted.untraced && self.dice.one_in(10) {
            return match self.dice.below(3) {
                0 => spelt(self.dice.pick(&["", "null", "~"])),
                _ => Value::List(Vec::new()),
            };
        }
        if self.anchors
            && self.dice.one_in(5)
            && let Some(alias) = self.alias(Anchored::Env)
        {
            return alias;
        }
        let env = self.env_list();
        self.may_anchor(Anchored::Env, env)
    }

    pub fn env_list(&mut self) -> Value {
        let count = 1 + self.dice.below(if self.wanted.untraced { 3 } else { 7 });
        Value::List((0..count).map(|_| self.list_entry()).collect())
    }

    fn list_entry(&mut self) -> Value {
        if self.anchors
            && self.dice.one_in(6)
            && let Some(alias) = self.alias(Anchored::Entry)
        {
            return alias;
        }
        let entry = self.variable();
        self.may_anchor(Anchored::Entry, entry)
    }

    pub fn variable(&mut self) -> Value {
        let mut entries =
            if self.wanted.untraced || self.dice.one_in(3) { self.other_variable() } else { self.tracing_variable() };
        if self.anchors
            && self.dice.one_in(10)
            && let Some(alias) = self.alias(Anchored::Entry)
        {
            entries.insert(self.dice.below(2), ("<<".to_owned(), alias));
        }
        self.may_shuffle(&mut entries);
        Value::Map(entries)
    }

    fn other_variable(&mut self) -> Vec<(String, Value)> {
        if self.wanted.own_parts && self.dice.one_in(4) {
            let (name, value) = self.dice.pick(&[
                ("JAEGER_CONFIG_PATH", "/mine/jaeger.yaml"),
                ("DD_TRACE_ENABLED", "true"),
                ("DD_TRACE_ENABLED", "0"),
                ("OTEL_TRACES_SAMPLER", "traceidratio"),
                ("MLSERVER_TRACING_SERVER", "collector:4317"),
            ]);
            return vec![("name".to_owned(), text(name)), ("value".to_owned(), text(value))];
        }
        let name = self.dice.pick(&["MODEL_NAME", "LOG_LEVEL", "ADDRESS", "DD_ENV", "PYTHONPATH", "VÄRIABLE"]);
        let mut entries = vec![("name".to_owned(), text(name))];
        match self.dice.below(8) {
            6 => entries.push(("valueFrom".to_owned(), self.reference())),
            7 if !self.wanted.untraced => {
                entries.push(("value".to_owned(), text("$(JAEGER_AGENT_HOST):$(JAEGER_AGENT_PORT)")))
            }
            // An empty one is not given back.
            _ if name == "PYTHONPATH" => {
                let path = self.dice.pick(&["/app", "/app:/lib", "two words", "it's", "a: b"]);
                entries.push(("value".to_owned(), text(path)));
            }
            _ => {
                let value = self.any_text();
                entries.push(("value".to_owned(), value));
            }
        }
        entries
    }

    /// A tracing variable in a form right or wrong.
    fn tracing_variable(&mut self) -> Vec<(String, Value)> {
        let name = self.dice.pick(TRACING_VARIABLES);
        let mut entries = vec![("name".to_owned(), text(name))];
        let mut push = |key: &str, value: Value| entries.push((key.to_owned(), value));
        match self.dice.below(16) {
            0..4 => {
                let right = match name {
                    "TRACING" | "DD_ENABLED" => self.dice.pick(&["1", "true", "0", "yes"]),
                    "JAEGER_SAMPLER_TYPE" => self.dice.pick(&["const", "probabilistic"]),
                    "JAEGER_DISABLED" => self.dice.pick(&["true", "false"]),
                    "DD_TRACE_SAMPLING_RULES" => self.dice.pick(&["[{\"sample_rate\":1}]", "[{\"service\":\"a\"}]"]),
                    "DD_TAGS" => "team:risk,env:prod",
                    _ => self.dice.pick(&["5775", "8126", "1", "localhost"]),
                };
                push("value", text(right));
            }
            4..7 => push("value", spelt(self.dice.pick(&["1", "0.75", "true", "yes", "5775", "0x1F", "1_000"]))),
            7 => push("value", spelt(self.dice.pick(&["", "null", "~"]))),
            8 => push("value", text("")),
            9 => {}
            10 => push("valueFrom", map([("fieldRef", map([("fieldPath", text("status.hostIP"))]))])),
            11 => push("valueFrom", self.reference()),
            12 => {
                push("value", spelt(self.dice.pick(&["", "1"])));
                push("valueFrom", self.reference());
            }
            13 => {
                let tag = self.dice.pick(&["!!int", "!!str", "!!float"]);
                push("value", Value::Marked(tag.to_owned(), Box::new(text("5"))));
            }
            14 => push("valueFrom", spelt("")),
            _ => {
                let value = self.any_text();
                push("value", value);
            }
        }
        entries
    }

    fn reference(&mut self) -> Value {
        match self.dice.below(4) {
            0 => map([("secretKeyRef", map([("name", text("secret")), ("key", text("key"))]))]),
            1 => map([(
                "configMapKeyRef",
                map([("name", text("config")), ("key", text("key")), ("optional", spelt("true"))]),
            )]),
            2 => map([("fieldRef", map([("apiVersion", text("v1")), ("fieldPath", text("status.hostIP"))]))]),
            _ => map([("fieldRef", map([("fieldPath", text("status.podIP"))]))]),
        }
    }
}
