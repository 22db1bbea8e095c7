//! `agent compose`: Jaeger 2 and a model for one machine.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::jaeger::NO_OWN_TRACES;
use super::yaml;
use crate::knowledge::ports::{JAEGER_UI, THRIFT};

pub(crate) const MODEL_PORT: u16 = 9000;

/// The name of the service, and of its host.
const JAEGER: &str = "jaeger";

/// Jaeger 2 and a model.
#[derive(Debug)]
pub(crate) struct Compose {
    pub name: String,
    pub image: String,
    pub model_image: String,
}

#[derive(Debug, Serialize)]
struct ComposeFile {
    name: String,
    services: ComposeServices,
}

#[derive(Debug, Serialize)]
struct ComposeServices {
    jaeger: ComposeService,
    model: ComposeService,
}

#[derive(Debug, Serialize)]
struct ComposeService {
    image: String,
    environment: BTreeMap<&'static str, String>,
    ports: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cap_drop: Vec<&'static str>,
    security_opt: [&'static str; 1],
}

impl ComposeService {
    /// A service with one port, which only this machine reaches.
    fn new(image: &str, port: u16, environment: BTreeMap<&'static str, String>) -> Self {
        Self {
            image: image.to_owned(),
            environment,
            ports: vec![format!("127.0.0.1:{port}:{port}")],
            depends_on: Vec::new(),
            cap_drop: Vec::new(),
            security_opt: ["no-new-privileges:true"],
        }
    }
}

impl Compose {
    pub(crate) fn file(&self) -> Result<String> {
        let text = |value: &str| value.to_owned();
        let (sampler, off) = NO_OWN_TRACES;
        let listen = BTreeMap::from([("JAEGER_LISTEN_HOST", text("0.0.0.0")), (sampler, text(off))]);
        let model = BTreeMap::from([
            ("TRACING", text("1")),
            ("JAEGER_AGENT_HOST", text(JAEGER)),
            ("JAEGER_AGENT_PORT", text(THRIFT.text)),
            ("JAEGER_SAMPLER_TYPE", text("const")),
            ("JAEGER_SAMPLER_PARAM", text("1")),
            // The wrapper of 1.3 reads the first, that of 1.5 and later the second.
            ("PREDICTIVE_UNIT_SERVICE_PORT", MODEL_PORT.to_string()),
            ("PREDICTIVE_UNIT_HTTP_SERVICE_PORT", MODEL_PORT.to_string()),
        ]);
        let services = ComposeServices {
            jaeger: ComposeService {
                cap_drop: vec!["ALL"],
                ..ComposeService::new(&self.image, JAEGER_UI.number, listen)
            },
            model: ComposeService {
                depends_on: vec![JAEGER],
                ..ComposeService::new(&self.model_image, MODEL_PORT, model)
            },
        };
        yaml(&ComposeFile { name: self.name.clone(), services })
    }
}
