//! Blocks that codegen writes into files, between two marker lines.

use crate::Error;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Stdio;

/// Comment syntax of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emit) enum Comment {
    /// `// ...`, in Rust.
    Slashes,
    /// `# ...`, in TOML.
    Hash,
    /// `<!-- ... -->`, in Markdown.
    Angles,
}

impl Comment {
    fn line(self, text: &str) -> String {
        match self {
            Self::Slashes => format!("// {text}"),
            Self::Hash => format!("# {text}"),
            Self::Angles => format!("<!-- {text} -->"),
        }
    }
}

fn markers(name: &str, comment: Comment) -> (String, String) {
    let source = if name == "waiters" { "specs/*/*/*.json" } else { "specs/*/product.json" };
    let begin = format!("begin {name}: written by `cargo codegen` from {source}; do not edit");
    (comment.line(&begin), comment.line(&format!("end {name}")))
}

/// Replaces the text between the markers of that name.
///
/// # Errors
/// When the markers are missing, duplicated, or in the wrong order.
pub(in crate::emit) fn replace(text: &str, name: &str, comment: Comment, body: &str) -> Result<String, String> {
    let (begin, end) = markers(name, comment);
    let places = |marker: &str| -> Vec<usize> {
        let mut at = 0;
        let mut found = Vec::new();
        for line in text.split_inclusive('\n') {
            if line.trim_end() == marker {
                found.push(at);
            }
            at += line.len();
        }
        found
    };
    match (&places(&begin)[..], &places(&end)[..]) {
        ([from], [to]) if from < to => {
            let (before, after) = (text.get(..*from).unwrap_or_default(), text.get(*to..).unwrap_or_default());
            Ok(format!("{before}{begin}\n{}\n{after}", body.trim_end()))
        }
        ([], []) => Err(format!("has no line `{begin}` with a line `{end}` below it")),
        _ => Err(format!("has not one line `{begin}` with one line `{end}` below it")),
    }
}

/// Returns a file that consists of one block.
pub(in crate::emit) fn alone(name: &str, comment: Comment, body: &str) -> String {
    let (begin, end) = markers(name, comment);
    format!("{begin}\n{}\n{end}\n", body.trim_end())
}

/// Returns whether a Rust file consists of one block.
pub(crate) fn is_block(text: &str) -> bool {
    let (begin, end) = markers("product", Comment::Slashes);
    text.starts_with(&begin) && text.trim_end().ends_with(&end)
}

/// Returns the text of a file, if it exists.
pub(in crate::emit) fn read(path: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Formats one Rust file. From standard input `rustfmt` does not follow the modules that the file names.
pub(in crate::emit) fn format(path: &str, text: &str) -> Result<String, Error> {
    let failed = |error: std::io::Error| Error::new(path, format!("rustfmt: {error}"));
    let mut child = crate::emit::rust::format::rustfmt()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(Error::new(path, String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|error| Error::new(path, error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_outside_of_the_markers_stays() {
        let text = format!("before\n{}after\n", alone("things", Comment::Hash, "old"));
        let replaced = replace(&text, "things", Comment::Hash, "new\n").unwrap();
        assert_eq!(replaced, format!("before\n{}after\n", alone("things", Comment::Hash, "new")));
        assert_eq!(replace(&replaced, "things", Comment::Hash, "new").unwrap(), replaced);
    }

    #[test]
    fn missing_and_doubled_markers_are_named() {
        let block = alone("things", Comment::Slashes, "old");
        let missing = replace("nothing", "things", Comment::Slashes, "new").unwrap_err();
        assert!(missing.contains("// begin things") && missing.contains("// end things"), "{missing}");
        assert!(replace(&format!("{block}{block}"), "things", Comment::Slashes, "new").is_err());
        assert!(replace(&block, "others", Comment::Slashes, "new").is_err());
    }
}
