//! What `rak.toml` says of models, in two stages: what was written, and what it means.

mod model;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use rak_settings::{SettingsError, check_name};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

pub use self::model::{
    ModelFile, ModelSettings, Price, ProviderKind, ProviderSettings, RemoteKind, RemoteSettings,
};

/// The key beside the aliases.
const DEFAULT: &str = "default";

/// The table `models` of the configuration file: a table for each alias, and the key `default`. Unknown keys are errors.
#[derive(Clone, Debug, Default)]
pub struct ModelsFile {
    /// The alias that is meant where none is named; the only one there is, where absent.
    pub default: Option<String>,
    /// What the aliases stand for.
    pub models: BTreeMap<String, ModelFile>,
}

/// What it means.
#[derive(Clone, Debug, Default)]
pub struct ModelsSettings {
    /// The alias that is meant where none is named.
    pub default: Option<String>,
    /// What the aliases stand for.
    pub models: BTreeMap<String, ModelSettings>,
}

impl<'de> Deserialize<'de> for ModelsFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ModelsVisitor)
    }
}

/// By hand, because serde's own way to have keys of one kind beside a fixed one forgets where in the file a mistake is.
struct ModelsVisitor;

impl<'de> Visitor<'de> for ModelsVisitor {
    type Value = ModelsFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table for each model, and the key `default`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ModelsFile, A::Error> {
        let mut file = ModelsFile::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == DEFAULT {
                let value = map.next_value();
                file.default = Some(value.map_err(|_| {
                    A::Error::custom("`default` is the name of a model, and no model can be called so")
                })?);
            } else {
                file.models.insert(key, map.next_value()?);
            }
        }
        Ok(file)
    }
}

impl ModelsFile {
    /// What it means: paths are seen from `base`, and `${NAME}` is what `variable` says, which is the host's environment.
    pub fn settings(
        &self,
        base: &Path,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ModelsSettings, SettingsError> {
        let models = self.models.iter().map(|(name, file)| {
            let key = format!("models.{name}");
            check_name("a model", name).map_err(|problem| SettingsError::new(&key, problem))?;
            let mut settings = file.settings(&key, base, variable)?;
            self.follow(name, &mut vec![name], &mut settings.fallback)?;
            Ok((name.clone(), settings))
        });
        let models: BTreeMap<_, _> = models.collect::<Result<_, SettingsError>>()?;
        check_records(&models)?;
        Ok(ModelsSettings { default: self.default_model()?, models })
    }

    fn default_model(&self) -> Result<Option<String>, SettingsError> {
        match &self.default {
            Some(name) if self.models.contains_key(name) => Ok(Some(name.clone())),
            Some(name) => Err(SettingsError::new("models.default", self.unknown(name))),
            None if self.models.len() == 1 => Ok(self.models.keys().next().cloned()),
            None => Ok(None),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let names: Vec<_> = self.models.keys().map(String::as_str).collect();
        format!("there is no model {name:?}; there are: {}", names.join(", "))
    }

    /// Adds what is asked after the last of `path` fails, and after that, each once.
    fn follow<'a>(
        &'a self,
        name: &str,
        path: &mut Vec<&'a str>,
        found: &mut Vec<String>,
    ) -> Result<(), SettingsError> {
        let Some(file) = self.models.get(name) else { return Ok(()) };
        let key = format!("models.{name}.fallback");
        for next in &file.fallback {
            if path.contains(&next.as_str()) {
                let circle = path.join(" → ");
                return Err(SettingsError::new(
                    key,
                    format!("this goes round in a circle: {circle} → {next}"),
                ));
            }
            if !self.models.contains_key(next) {
                return Err(SettingsError::new(key, self.unknown(next)));
            }
            if !found.contains(next) {
                found.push(next.clone());
            }
            path.push(next);
            self.follow(next, path, found)?;
            path.pop();
        }
        Ok(())
    }
}

/// A file has one writer.
fn check_records(models: &BTreeMap<String, ModelSettings>) -> Result<(), SettingsError> {
    let mut writers = BTreeMap::new();
    for (name, settings) in models {
        let Some(record) = &settings.record else { continue };
        if let Some(other) = writers.insert(record, name) {
            let problem = format!("the model {other:?} is recorded there; give each a file of its own");
            return Err(SettingsError::new(format!("models.{name}.record"), problem));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn settings(text: &str) -> Result<ModelsSettings, String> {
        let file: ModelsFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let variable = |name: &str| (name == "TOKEN").then(|| "hunter2-secret".to_owned());
        file.settings(Path::new("/etc/rak"), &variable).map_err(|error| error.to_string())
    }

    pub(super) fn error(text: &str) -> String {
        settings(text).err().unwrap_or_else(|| panic!("{text} can be used"))
    }

    /// Models without anything of their own, and what each falls back to.
    fn models(fallbacks: &[(&str, &str)]) -> String {
        let table = |(name, fallback): &(&str, &str)| {
            format!("[{name}]\nprovider = 'scripted'\nscript = 'x'\nfallback = {fallback}\n")
        };
        fallbacks.iter().map(table).collect()
    }

    #[test]
    fn the_default_is_the_one_that_is_named_or_the_only_one() {
        assert_eq!(settings("").unwrap().default, None);
        assert_eq!(settings(&models(&[("a", "[]")])).unwrap().default.as_deref(), Some("a"));
        let two = models(&[("a", "[]"), ("b", "[]")]);
        assert_eq!(settings(&two).unwrap().default, None);
        assert_eq!(settings(&format!("default = 'b'\n{two}")).unwrap().default.as_deref(), Some("b"));
        assert!(
            error(&format!("default = 'c'\n{two}"))
                .contains("models.default: there is no model \"c\"; there are: a, b")
        );
    }

    #[test]
    fn a_fallback_has_fallbacks() {
        let text = models(&[("a", "['b', 'd']"), ("b", "['c', 'd']"), ("c", "[]"), ("d", "['c']")]);
        assert_eq!(settings(&text).unwrap().models["a"].fallback, ["b", "c", "d"]);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for (text, reason) in [
            (
                models(&[("a", "['b']"), ("b", "['a']")]),
                "models.b.fallback: this goes round in a circle: a → b → a",
            ),
            (models(&[("a", "['a']")]), "models.a.fallback: this goes round in a circle: a → a"),
            (models(&[("a", "['b']")]), "models.a.fallback: there is no model \"b\"; there are: a"),
            (models(&[("'a.b'", "[]")]), "models.a.b: the name of a model has 1 to 64 ASCII letters"),
            (models(&[("default", "[]")]), "`default` is the name of a model"),
            (
                models(&[("a", "[]\nrecord = 'r'"), ("b", "[]\nrecord = 'r'")]),
                "models.b.record: the model \"a\" is recorded there",
            ),
            ("a = 1".to_owned(), "invalid type: integer `1`"),
        ] {
            let error = error(&text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
