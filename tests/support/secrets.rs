//! Credentials in places of a manifest. Only they have the word `sesame`.

use super::build::Value;
use super::dice::Dice;

const NAMES: &[&str] = &["JAEGER_PASSWORD", "DD_API_KEY", "my_token", "SECRET-OF-MINE"];
const KEYS: &[&str] = &["oauth_secret", "seldon.io/engine-jaeger-password", "apiKeys", "x-token"];
const VALUES: &[&str] = &[
    "sesame",
    "open sesame",
    "it's \"sesame\"",
    "日本語 sesame: {[",
    "sesame\nsesame\n",
    "  - sesame # no comment",
    "\\sesame\t",
];
/// Texts that are credentials by their own form.
const TELLING: &[&str] = &[
    "http://user:sesame@jaeger/api",
    "http://user:se/sesame@jaeger:14268/api?token=sesame#sesame",
    "user:sesame@jaeger",
    "password=sesame,foo=bar",
    "env:prod,api_key:sesame",
    "run --api-key sesame",
    "--api-key=sesame",
    "{\"name\":\"A_KEY\",\"value\":\"sesame\"}",
    "password: 'sesame'\na: b\n",
    "line one\nTOKEN=sesame\n",
];

/// Puts credentials into a value of a manifest.
pub fn plant(dice: &mut Dice<'_>, value: &mut Value) {
    match value {
        Value::Text(_) | Value::Spelt(_) | Value::Alias(_) => {}
        Value::Marked(_, value) => plant(dice, value),
        Value::List(items) => {
            items.iter_mut().for_each(|item| plant(dice, item));
            let are_texts = items.iter().all(|item| matches!(item, Value::Text(_)));
            if are_texts && !items.is_empty() && dice.one_in(2) {
                items.push(text("--api-key"));
                items.push(text(dice.pick(VALUES)));
                items.push(text(dice.pick(TELLING)));
            }
        }
        Value::Map(entries) => {
            entries.iter_mut().for_each(|(_, value)| plant(dice, value));
            let is_entry = entries.iter().any(|(key, _)| key == "value");
            let names_one = is_entry && dice.one_in(3);
            let tells = is_entry && dice.one_in(3);
            for (key, value) in entries.iter_mut() {
                match key.as_str() {
                    "name" if names_one => *value = text(dice.pick(NAMES)),
                    "value" if names_one => *value = text(dice.pick(VALUES)),
                    "value" if tells => *value = text(dice.pick(TELLING)),
                    _ => {}
                }
            }
            if !is_entry && dice.one_in(8) {
                let value = text(dice.pick(VALUES));
                let value = if dice.one_in(4) { Value::List(vec![value]) } else { value };
                entries.push((dice.pick(KEYS).to_owned(), value));
            }
        }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
