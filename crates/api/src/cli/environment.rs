//! The environment of the process. No other code reads it.

use std::{collections::BTreeMap, ffi::OsString, path::PathBuf};

use super::failure::Failure;

/// The variable that names the configuration file. `--config` takes precedence.
const CONFIG: &str = "USHER_CONFIG";

/// The variables of this process that concern Usher. No `Debug`: some values are secrets.
#[derive(Default)]
pub(super) struct Environment {
    /// The configuration file.
    pub(super) file: Option<PathBuf>,
    /// Variables whose names begin with `USHER_`, in any case.
    pub(super) variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the environment of this process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    pub(super) fn read() -> Result<Self, Failure> {
        Self::from_variables(std::env::vars_os())
    }

    /// Fails if an Usher variable is not UTF-8.
    fn from_variables(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, Failure> {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| is_usher_variable(name)) else { continue };
            if name == CONFIG {
                environment.file = (!value.is_empty()).then(|| value.into());
                continue;
            }
            let value = value.into_string();
            let value = value.map_err(|_| Failure::Configuration(format!("{name} is not UTF-8")))?;
            environment.variables.insert(name.to_owned(), value);
        }
        Ok(environment)
    }
}

fn is_usher_variable(name: &str) -> bool {
    name.get(..6).is_some_and(|prefix| prefix.eq_ignore_ascii_case("USHER_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from<const N: usize>(variables: [(&str, &str); N]) -> Environment {
        Environment::from_variables(variables.into_iter().map(|(name, value)| (name.into(), value.into())))
            .unwrap()
    }

    #[test]
    fn other_variables_are_ignored() {
        let environment = from([
            ("PATH", "/bin"),
            ("USHER__A", "1"),
            ("usher__b", "2"),
            ("USHER_CONFIG", "x.toml"),
            ("ÜSHER_", ""),
        ]);
        let names: Vec<&str> = environment.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["USHER__A", "usher__b"]);
        assert_eq!(environment.file, Some(PathBuf::from("x.toml")));
        assert_eq!(from([("USHER_CONFIG", "")]).file, None);
    }

    #[cfg(unix)]
    #[test]
    fn usher_variables_must_be_utf8() {
        use std::os::unix::ffi::OsStringExt as _;
        let broken = OsString::from_vec(vec![0xff]);
        assert!(Environment::from_variables([("OTHER".into(), broken.clone())].into_iter()).is_ok());
        let failure = Environment::from_variables([("USHER__A".into(), broken)].into_iter()).err().unwrap();
        assert_eq!(failure.to_string(), "USHER__A is not UTF-8");
    }
}
