//! The values that a random manifest consists of.

/// A value of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A string, however it is written.
    Text(String),
    /// A plain scalar with this text, which may be empty.
    Spelt(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// `&name` or `!!tag` before a value.
    Marked(String, Box<Value>),
    /// `*name`
    Alias(String),
}

/// The variables that `enable` for either backend writes or removes.
pub const TRACING_VARIABLES: &[&str] = &[
    "TRACING",
    "JAEGER_AGENT_HOST",
    "JAEGER_AGENT_PORT",
    "JAEGER_SAMPLER_TYPE",
    "JAEGER_SAMPLER_PARAM",
    "JAEGER_SERVICE_NAME",
    "JAEGER_DISABLED",
    "DD_ENABLED",
    "DD_AGENT_HOST",
    "DATADOG_TRACE_AGENT_PORT",
    "DD_TRACE_AGENT_PORT",
    "DD_SERVICE",
    "DD_TAGS",
    "DD_SAMPLE_RATE",
    "DD_TRACE_SAMPLING_RULES",
    "DD_SAMPLING_RATE",
    "DD_TRACE_SAMPLE_RATE",
];

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn spelt(text: &str) -> Value {
    Value::Spelt(text.to_owned())
}

pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Value {
    /// The value without its anchor or tag.
    pub fn bare(&self) -> &Value {
        match self {
            Self::Marked(_, value) => value.bare(),
            other => other,
        }
    }

    /// Returns true for an item of a list that may be removed as a whole: a tracing variable, an alias, or a collection
    /// of only such items.
    pub fn may_go(&self) -> bool {
        match self.bare() {
            Self::Alias(_) => true,
            Self::Map(entries) => {
                let name = entries.iter().find(|(key, _)| key == "name").map(|(_, value)| value.bare());
                let traces = matches!(name, Some(Self::Text(name)) if TRACING_VARIABLES.contains(&name.as_str()));
                let empty =
                    entries.iter().all(|(key, _)| ["name", "env", "spec", "containers", "<<"].contains(&&**key));
                traces || empty
            }
            _ => false,
        }
    }
}
