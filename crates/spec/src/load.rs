use crate::file::File;
use crate::model::Product;
use crate::problem::{Problem, Problems};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A spec file that is not read yet.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, below the folder of the specs: `tke/2018-05-25/cluster.json`.
    pub name: String,
    /// What it says.
    pub text: Cow<'static, str>,
}

impl Source {
    /// Returns whether an import has written it.
    pub fn is_imported(&self) -> bool {
        is_imported(&self.name)
    }

    /// Returns whether it has decisions for an import.
    pub(crate) fn is_overrides(&self) -> bool {
        self.name.ends_with(OVERRIDES)
    }

    /// Returns whether the file describes that version of a product: it is in the version's folder, or says what the
    /// product is.
    pub(crate) fn belongs_to(&self, product: &Product) -> bool {
        let mut path = self.name.splitn(3, '/');
        let (folder, below, file) = (path.next(), path.next(), path.next());
        let in_version = below == Some(&product.version) && file.is_some();
        folder == Some(&product.name) && (in_version || below == Some(ABOUT))
    }
}

/// The name of the file that says what a product is.
const ABOUT: &str = "product.json";

/// The name of the file with decisions for an import.
const OVERRIDES: &str = "/overrides.json";

/// Returns whether an import has written the file of that name.
pub(crate) fn is_imported(name: &str) -> bool {
    name.contains("/public/")
}

/// The spec files of a folder: `<product>/product.json` and `<product>/<version>/**/*.json`, sorted.
///
/// # Errors
/// One problem for each folder or file that cannot be read.
pub fn sources_in(folder: &Path) -> Result<Vec<Source>, Problems> {
    let mut sources = Vec::new();
    let mut problems = Vec::new();
    for product in entries(folder, &mut problems).into_iter().filter(|path| path.is_dir()) {
        let about = product.join(ABOUT);
        if !about.is_file() {
            problems.push(whole_file(&below(folder, &about), "is missing: a product exists when it does".to_owned()));
            continue;
        }
        let versions = entries(&product, &mut problems).into_iter().filter(|path| path.is_dir());
        let files = versions.flat_map(|version| json_files(&version, &mut problems)).collect::<Vec<_>>();
        for path in files.into_iter().chain([about]) {
            let name = below(folder, &path);
            match std::fs::read_to_string(&path) {
                Ok(text) => sources.push(Source { name, text: Cow::Owned(text) }),
                Err(error) => problems.push(whole_file(&name, format!("cannot be read: {error}"))),
            }
        }
    }
    if problems.is_empty() { Ok(sources) } else { Err(Problems(problems)) }
}

/// The path below a folder, with slashes on every system.
fn below(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// The JSON files in a folder and in its folders.
fn json_files(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(folder, problems) {
        if path.is_dir() {
            files.extend(json_files(&path, problems));
        } else if path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    files
}

fn entries(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>());
    match listed {
        Ok(mut paths) => {
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push(whole_file(&folder.to_string_lossy(), format!("cannot be listed: {error}")));
            Vec::new()
        }
    }
}

/// Reads a file; the kind is told by the key it has.
pub(crate) fn parse(source: &Source) -> Result<File, Problem> {
    #[derive(Deserialize)]
    struct Keys {
        operations: Option<IgnoredAny>,
        shapes: Option<IgnoredAny>,
        errors: Option<IgnoredAny>,
        services: Option<IgnoredAny>,
        additions: Option<IgnoredAny>,
        overrides: Option<IgnoredAny>,
    }

    let keys: Keys = typed(source)?;
    match keys {
        Keys { operations: Some(_), .. } => typed(source).map(File::Operations),
        Keys { shapes: Some(_), .. } => typed(source).map(File::Shapes),
        Keys { errors: Some(_), .. } => typed(source).map(File::Errors),
        Keys { services: Some(_), .. } => typed(source).map(File::About),
        Keys { additions: Some(_), .. } => typed(source).map(File::Additions),
        Keys { overrides: Some(_), .. } => Ok(File::Overrides),
        _ => {
            let keys = "has none of the keys \"operations\", \"shapes\", \"errors\", \"services\", \"additions\", \"overrides\"";
            Err(whole_file(&source.name, keys.to_owned()))
        }
    }
}

fn typed<T: DeserializeOwned>(source: &Source) -> Result<T, Problem> {
    // Following the path takes as long again as reading, so it is done for a file with an error alone.
    if let Ok(value) = serde_json::from_str(&source.text) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_str(&source.text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let way = error.path().to_string();
        // What is no JSON at all has no way to it.
        let way = way.trim_end_matches(['.', '?']).to_owned();
        Problem { item: way, ..whole_file(&source.name, error.inner().to_string()) }
    })
}

fn whole_file(name: &str, message: String) -> Problem {
    Problem { file: name.to_owned(), item: String::new(), field: String::new(), message }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_that_no_spec_has_is_named_with_its_place() {
        let text =
            r#"{"product":"p","version":"v","errors":{"A":{"doc":"d","source":"s","kind":"invalid","again":true}}}"#;
        let problem = parse(&Source { name: "p/v/errors.json".into(), text: text.into() }).unwrap_err().to_string();
        assert!(problem.starts_with("p/v/errors.json: errors.A"), "{problem}");
        assert!(problem.contains("unknown field `again`"), "{problem}");
    }
}
