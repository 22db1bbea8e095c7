//! Values that another tool fills in before Kubernetes sees them.

/// The start of a value that SOPS encrypted.
const SOPS: &str = "ENC[AES256_GCM,";

/// Returns true if another tool is to fill in a value: `${NAME}` of Flux and envsubst, an encrypted value of SOPS and, in
/// quotes, `{{ name }}` and `<name>`. Kubernetes' own `$(NAME)` is none.
pub(crate) fn is_placeholder(text: &str, is_quoted: bool) -> bool {
    let has = |open: &str, close: &str| {
        text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).is_some_and(|(name, _)| !name.is_empty())
    };
    // Most values have none of these bytes, which is found out faster than a missing text.
    if !text.bytes().any(|byte| matches!(byte, b'$' | b'[' | b'{' | b'<')) {
        return false;
    }
    has("${", "}") || text.starts_with(SOPS) || (is_quoted && (has("{{", "}}") || has("<", ">")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_has_a_name_in_it() {
        for text in ["${HOST}", "http://${HOST}:80", "${A:=1}", "ENC[AES256_GCM,data:Zg==,type:str]"] {
            assert!(is_placeholder(text, false), "{text}");
        }
        for text in ["{{ .Values.host }}", "<agent-host>"] {
            assert!(is_placeholder(text, true) && !is_placeholder(text, false), "{text}");
        }
        for text in ["$(HOST)", "$HOST", "${", "${}", "{name}", "<>", "a > b", "ENC[k8s_secret@a/b]"] {
            assert!(!is_placeholder(text, true), "{text}");
        }
    }
}
