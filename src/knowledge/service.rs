//! A service's name with placeholders.

use super::PlaceholderValues;

/// A service's name whose placeholders are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<TemplatePiece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePiece {
    Text(String),
    Placeholder(Placeholder),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Name,
    Namespace,
    Predictor,
    Container,
}

const FIELDS: &[(&str, Placeholder)] = &[
    ("name", Placeholder::Name),
    ("namespace", Placeholder::Namespace),
    ("predictor", Placeholder::Predictor),
    ("container", Placeholder::Container),
];

/// The valid placeholders, for messages.
const PLACEHOLDERS: &str = "the placeholders are {name}, {namespace}, {predictor} and {container}";

impl Template {
    /// Splits a name at its placeholders.
    ///
    /// # Errors
    /// An unknown placeholder, or a brace without its other half.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(brace) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(brace);
            let inner = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let Some((word, after)) = inner.filter(|(word, _)| !word.contains('{')) else {
                return Err(format!("a brace without its other half; {PLACEHOLDERS}"));
            };
            let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == word) else {
                return Err(format!("there is no placeholder {{{word}}}; {PLACEHOLDERS}"));
            };
            pieces.extend((!before.is_empty()).then(|| TemplatePiece::Text(before.to_owned())));
            pieces.push(TemplatePiece::Placeholder(*field));
            rest = after;
        }
        pieces.extend((!rest.is_empty()).then(|| TemplatePiece::Text(rest.to_owned())));
        Ok(Self { pieces })
    }

    /// The name, its placeholders filled in.
    pub(super) fn fill(&self, place: &PlaceholderValues<'_>) -> String {
        let text = |piece: &TemplatePiece| match piece {
            TemplatePiece::Text(text) => text.clone(),
            TemplatePiece::Placeholder(Placeholder::Name) => place.name.to_owned(),
            TemplatePiece::Placeholder(Placeholder::Namespace) => place.namespace.to_owned(),
            TemplatePiece::Placeholder(Placeholder::Predictor) => place.predictor.to_owned(),
            TemplatePiece::Placeholder(Placeholder::Container) => place.container.to_owned(),
        };
        self.pieces.iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: PlaceholderValues<'_> =
        PlaceholderValues { name: "iris", namespace: "seldon", predictor: "main", container: "classifier" };

    fn filled(text: &str) -> Result<String, String> {
        Template::parse(text).map(|template| template.fill(&PLACE))
    }

    #[test]
    fn placeholders_are_filled_everywhere() {
        assert_eq!(filled("plain"), Ok("plain".to_owned()));
        assert_eq!(filled("{name}"), Ok("iris".to_owned()));
        assert_eq!(filled("{namespace}/{name}.{predictor}{container}!"), Ok("seldon/iris.mainclassifier!".to_owned()));
        assert_eq!(filled("$(POD_NAME)"), Ok("$(POD_NAME)".to_owned()));
    }

    #[test]
    fn a_name_that_is_filled_in_is_not_read_again() {
        let place = PlaceholderValues { name: "{container}", ..PLACE };
        assert_eq!(Template::parse("{name}").map(|template| template.fill(&place)), Ok("{container}".to_owned()));
    }

    #[test]
    fn anything_else_in_braces_names_the_four() {
        let four = "the placeholders are {name}, {namespace}, {predictor} and {container}";
        assert_eq!(filled("{pod}"), Err(format!("there is no placeholder {{pod}}; {four}")));
        assert_eq!(filled("{}"), Err(format!("there is no placeholder {{}}; {four}")));
        assert_eq!(filled("{Name}"), Err(format!("there is no placeholder {{Name}}; {four}")));
        for text in ["{", "}", "{name", "name}", "{{name}}", "{na{name}", "}{name"] {
            assert_eq!(filled(text), Err(format!("a brace without its other half; {four}")), "{text}");
        }
    }
}
