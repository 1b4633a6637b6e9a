//! What the model is to do, with values of the session's state in it.

use serde_json::Value;

use crate::{Context, Failure};

pub(super) enum Instruction<'a> {
    /// With keys in braces.
    Text(String),
    By(Box<By<'a>>),
}

pub(super) type By<'a> = dyn Fn(&Context) -> Result<String, Failure> + 'a;

impl Instruction<'_> {
    pub(super) fn text(&self, cx: &Context) -> Result<String, Failure> {
        match self {
            Self::Text(text) => filled(text, |key| cx.session().get(key)),
            Self::By(by) => by(cx),
        }
    }
}

/// The text with what stands at its keys.
fn filled(text: &str, value: impl Fn(&str) -> Result<Option<Value>, Failure>) -> Result<String, Failure> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        rest = if let Some(after) = from.strip_prefix("{{") {
            filled.push('{');
            after
        } else if let Some(after) = from.strip_prefix("}}") {
            filled.push('}');
            after
        } else if let Some((placeholder, after)) = placeholder(from) {
            filled.push_str(&placeholder.text(&value)?);
            after
        } else {
            let near: String = from.chars().take(20).collect();
            let problem = "the instruction has a brace where no key of the state is";
            return Err(Failure::failed(format!("{problem}; write it twice: {near}")));
        };
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A key in braces, and whether there has to be something.
struct Placeholder<'t> {
    key: &'t str,
    required: bool,
}

/// The key that the text begins with, and what follows it.
fn placeholder(text: &str) -> Option<(Placeholder<'_>, &str)> {
    let (inner, after) = text.strip_prefix('{')?.split_once('}')?;
    let key = inner.strip_suffix('?');
    let (key, required) = (key.unwrap_or(inner), key.is_none());
    let is_key = |letter: char| !letter.is_whitespace() && !"{}\"'?".contains(letter);
    (!key.is_empty() && key.chars().all(is_key)).then_some((Placeholder { key, required }, after))
}

impl Placeholder<'_> {
    fn text(&self, value: impl Fn(&str) -> Result<Option<Value>, Failure>) -> Result<String, Failure> {
        let Self { key, required } = *self;
        match value(key)? {
            Some(Value::String(text)) => Ok(text),
            Some(value) => Ok(value.to_string()),
            None if required => {
                let problem = format!("the instruction has `{{{key}}}` in it, and the state has no `{key}`");
                let failure = Failure::failed(format!("{problem}; `{{{key}?}}` may be absent"));
                Err(failure.with_code("missing_state"))
            }
            None => Ok(String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fill(text: &str) -> Result<String, Failure> {
        filled(text, |key| {
            Ok(match key {
                "user:name" => Some(json!("Ada")),
                "n" => Some(json!([1, 2])),
                _ => None,
            })
        })
    }

    #[test]
    fn keys_in_braces_are_filled() {
        assert_eq!(fill("Hi {user:name}: {n}{none?}.").unwrap(), "Hi Ada: [1,2].");
        assert_eq!(fill("ü{n}ü").unwrap(), "ü[1,2]ü");
        assert_eq!(fill("").unwrap(), "");
    }

    #[test]
    fn a_value_that_has_to_be_there_is_a_failure_that_names_it() {
        let failure = fill("Hi {none}.").unwrap_err();
        assert_eq!(failure.code.as_deref(), Some("missing_state"));
        assert!(failure.message.contains("`none`") && failure.message.contains("`{none?}`"), "{failure}");
    }

    #[test]
    fn a_brace_is_written_twice() {
        assert_eq!(fill("{{n}} }} {{\"a\": {n}}}").unwrap(), "{n} } {\"a\": [1,2]}");
        for text in ["{\"a\": 1}", "{}", "{ n }", "{?}", "a } b", "{n"] {
            assert!(fill(text).unwrap_err().message.contains("write it twice"), "{text}");
        }
    }
}
