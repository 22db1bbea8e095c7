//! The object of an AdmissionReview, as text: as values it would take many times the memory.

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube_core::{ObjectMeta, Resource};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::manifest::WORD;

pub(super) const GROUP: &str = "machinelearning.seldon.io";

type Fields<'r> = BTreeMap<String, &'r RawValue>;

/// The fields of an object, those of its metadata, and of the latter what is asked about.
pub(super) struct ObjectFields<'r> {
    fields: Fields<'r>,
    metadata: Fields<'r>,
    asked: ObjectMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedMetadata {
    name: Option<String>,
    generate_name: Option<String>,
    deletion_timestamp: Option<Time>,
}

impl<'r> Deserialize<'r> for ObjectFields<'r> {
    fn deserialize<D: Deserializer<'r>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        let text = fields.get("metadata").map_or("null", |metadata| metadata.get());
        let metadata: Option<Fields<'r>> = serde_json::from_str(text).map_err(Error::custom)?;
        let asked: Option<AskedMetadata> = serde_json::from_str(text).map_err(Error::custom)?;
        let AskedMetadata { name, generate_name, deletion_timestamp } = asked.unwrap_or_default();
        let asked = ObjectMeta { name, generate_name, deletion_timestamp, ..ObjectMeta::default() };
        Ok(Self { metadata: metadata.unwrap_or_default(), fields, asked })
    }
}

impl Resource for ObjectFields<'_> {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        WORD.into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        "v1".into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "seldondeployments".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.asked
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.asked
    }
}

impl<'r> ObjectFields<'r> {
    /// The text of the spec. Equal specs have equal texts: the API server writes them by one function.
    pub(super) fn spec(&self) -> Option<&'r str> {
        self.fields.get("spec").map(|spec| spec.get())
    }

    /// The text of the object with these texts in its metadata, without what nothing reads and no patch is about.
    pub(super) fn text(&self, texts: &[(&str, &str)]) -> serde_json::Result<String> {
        let (mut fields, mut metadata) = (self.fields.clone(), self.metadata.clone());
        let texts = texts.iter().map(|(key, text)| Ok(((*key).to_owned(), to_raw_value(text)?)));
        let texts = texts.collect::<serde_json::Result<BTreeMap<_, _>>>()?;
        metadata.extend(texts.iter().map(|(key, text)| (key.clone(), text.as_ref())));
        metadata.remove("managedFields");
        fields.remove("status");
        let metadata = to_raw_value(&metadata)?;
        fields.insert("metadata".to_owned(), &metadata);
        serde_json::to_string(&fields)
    }
}
