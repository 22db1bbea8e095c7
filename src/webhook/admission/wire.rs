//! The AdmissionReview of `k8s.io/api/admission/v1`. Of a request only what is asked about is read, and its objects stay
//! text: as values they would take many times the memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

pub(super) const API_VERSION: &str = "admission.k8s.io/v1";
pub(super) const KIND: &str = "AdmissionReview";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Review<'r> {
    pub api_version: String,
    pub kind: String,
    #[serde(borrow)]
    pub request: Option<ReviewRequest<'r>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewRequest<'r> {
    pub uid: String,
    pub kind: ObjectKind,
    pub sub_resource: Option<String>,
    /// Missing for an object whose name is made later.
    pub name: Option<String>,
    pub namespace: Option<String>,
    pub operation: Verb,
    #[serde(borrow)]
    pub object: Option<&'r RawValue>,
    #[serde(borrow)]
    pub old_object: Option<&'r RawValue>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ObjectKind {
    pub group: String,
    pub version: String,
    pub kind: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Verb {
    Create,
    Update,
    Delete,
    Connect,
}

impl Verb {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
        }
    }
}

type Fields<'r> = BTreeMap<String, &'r RawValue>;

/// The fields of an object, and those of its metadata.
pub(super) struct ObjectFields<'r> {
    fields: Fields<'r>,
    metadata: Fields<'r>,
}

impl<'r> ObjectFields<'r> {
    pub(super) fn of(object: &'r RawValue) -> Option<Self> {
        let fields: Fields<'r> = serde_json::from_str(object.get()).ok()?;
        let metadata = match fields.get("metadata") {
            Some(metadata) => serde_json::from_str::<Option<Fields<'r>>>(metadata.get()).ok()?.unwrap_or_default(),
            None => Fields::new(),
        };
        Some(Self { fields, metadata })
    }

    /// The text of the spec. Equal specs have equal texts: the API server writes them by one function.
    pub(super) fn spec(&self) -> Option<&'r str> {
        self.fields.get("spec").map(|spec| spec.get())
    }

    /// A text of the metadata that is not empty.
    pub(super) fn metadata(&self, key: &str) -> Option<String> {
        let text: Option<String> = serde_json::from_str(self.metadata.get(key)?.get()).ok()?;
        text.filter(|text| !text.is_empty())
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewAnswer {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub response: ReviewResponse,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReviewResponse {
    pub uid: String,
    pub allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Denial>,
    #[serde(flatten)]
    pub patch: Option<EncodedPatch>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Denial {
    pub code: u16,
    pub message: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EncodedPatch {
    patch_type: &'static str,
    patch: String,
}

impl EncodedPatch {
    pub(super) fn of(operations: &[u8]) -> Self {
        Self { patch_type: "JSONPatch", patch: base64(operations) }
    }
}

/// The base64 of RFC 4648, which is how JSON has bytes in Go.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or_default()));
        let digit = |at: usize| if at > chunk.len() { '=' } else { char::from(DIGITS[bits >> (18 - 6 * at) & 63]) };
        text.extend((0..4).map(digit));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn bytes_are_encoded_as_in_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
