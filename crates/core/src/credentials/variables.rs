//! Environment variables, and their replacement in tests.

use super::Lookup;
use std::fmt;
use std::sync::Arc;

/// Environment variables by name. The default is the process's environment.
#[derive(Clone)]
pub struct Variables(Lookup);

impl Variables {
    /// Returns variables that a function looks up.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// Returns a variable that is set and not empty, without the blanks around it.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Returns whether a variable is `true`, in upper or lower case.
    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns those of the variables that are set and not empty.
    pub fn set<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.get(name).is_some()).collect()
    }
}

impl Default for Variables {
    fn default() -> Self {
        Self(Arc::new(super::variable))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variables")
    }
}
