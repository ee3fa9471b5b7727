//! A whole world as text, and a world made from such a text.

pub(crate) mod forms;

use super::check::Problem;
use crate::World;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the format that [`World::save`] writes.
pub const FORMAT: u64 = 1;

/// The most levels of lists and objects in a text that [`World::load`] reads.
pub const MOST_LEVELS: usize = 160;

/// The largest text that [`World::load`] reads, in bytes.
pub const MOST_BYTES: usize = 256 << 20;

/// A world with the version of its format.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved<W> {
    version: u64,
    state: W,
}

/// The part of a saved world that every version has.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

/// The reason why a text is not a world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", Prefix(path))]
pub struct LoadError {
    path: String,
    message: String,
}

/// A place before a message; empty if the whole text is meant.
struct Prefix<'a>(&'a str);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "{}: ", self.0) }
    }
}

impl LoadError {
    /// The place in the text as a path of names and indexes (`state.realms[0].value.clusters[2].row.name`). It is empty
    /// if the text as a whole is wrong.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there, and what is expected.
    pub fn message(&self) -> &str {
        &self.message
    }

    fn version(version: u64) -> Self {
        Self::new("version", format!("format {version} is not supported, format {FORMAT} is expected"))
    }

    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

impl From<Problem> for LoadError {
    fn from(problem: Problem) -> Self {
        Self::new(format!("state.{}", problem.path), problem.message)
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for LoadError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        // A path of the text as a whole is shown as one dot. Unreadable keys are shown as question marks.
        let path = path.trim_end_matches("?").trim_end_matches('.');
        Self::new(path, error.inner().to_string())
    }
}

impl World {
    /// Returns the whole world as JSON. The same world gives the same text.
    ///
    /// The text contains what callers keep secret: tokens, passwords of instances, Kubernetes Secrets. It is meant for
    /// [`World::load`]. Open streams are no part of it.
    pub fn save(&self) -> String {
        let saved = Saved { version: FORMAT, state: self };
        serde_json::to_string(&saved).unwrap_or_default()
    }

    /// Returns the world that [`World::save`] has written.
    ///
    /// # Errors
    /// The place and the reason if the text is too long, is not JSON, is of a newer version, has an unknown field, a
    /// missing field or one of another type, or contradicts itself, for example by a node whose machine is not there.
    pub fn load(text: &str) -> Result<Self, LoadError> {
        if text.len() > MOST_BYTES {
            return Err(LoadError::new("", format!("{} bytes, of at most {MOST_BYTES}", text.len())));
        }
        check_depth(text)?;
        let world = match read::<Saved<Self>>(text) {
            Ok(Saved { version: FORMAT, state }) => state,
            Ok(Saved { version, .. }) => return Err(LoadError::version(version)),
            // A text of another version can have any fields, so its version is the better reason.
            Err(error) => {
                return match read::<Head>(text) {
                    Ok(Head { version }) if version != FORMAT => Err(LoadError::version(version)),
                    _ => Err(error),
                };
            }
        };
        match world.check().into_iter().next() {
            Some(problem) => Err(problem.into()),
            None => Ok(world),
        }
    }
}

/// Reads the whole text, of which [`check_depth`] has limited the depth.
fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, LoadError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // Objects of callers have up to the 128 levels of serde_json's own limit, and the world is around them.
    deserializer.disable_recursion_limit();
    let value = serde_path_to_error::deserialize(&mut deserializer)?;
    deserializer.end().map_err(|error| LoadError::new("", error.to_string()))?;
    Ok(value)
}

/// Refuses a text with too many levels of lists and objects, because each level needs memory of the stack.
fn check_depth(text: &str) -> Result<(), LoadError> {
    let (mut levels, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => levels += 1,
            b'}' | b']' if !in_string => levels = levels.saturating_sub(1),
            _ => {}
        }
        if levels > MOST_LEVELS {
            return Err(LoadError::new("", format!("more than {MOST_LEVELS} levels of lists and objects")));
        }
    }
    Ok(())
}
