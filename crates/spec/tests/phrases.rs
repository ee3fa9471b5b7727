//! Documentation does not contain the phrases that `docs/glossary.md` replaces.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files whose documentation is read, relative to the root of the repository.
const READ: &[&str] = &[
    "crates/core",
    "crates/sign",
    "crates/products",
    "crates/cluster",
    "crates/node",
    "crates/scaling",
    "crates/monitoring",
    "crates/tcr",
    "crates/wharf",
    "crates/ffi",
    "crates/python",
    "crates/server",
    "crates/world",
    "codegen",
    "specs",
    "docs",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
];

/// The file with the table of phrases. It is not checked itself.
const GLOSSARY: &str = "docs/glossary.md";

/// A line of documentation with its number, counted from 1.
type Line = (usize, String);

#[test]
fn documentation_uses_the_words_of_the_field() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let phrases = phrases(&fs::read_to_string(root.join(GLOSSARY)).unwrap());
    assert!(phrases.len() >= 20, "the table of phrases is not found: {phrases:?}");

    let mut files = Vec::new();
    for path in READ {
        collect(&root.join(path), &mut files);
    }
    files.sort();
    assert!(files.len() > 500, "only {} files found", files.len());

    let mut found = Vec::new();
    for file in &files {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        if name == GLOSSARY {
            continue;
        }
        let text = fs::read_to_string(file).unwrap();
        for (line, phrase) in uses(&documentation(&name, &text), &phrases) {
            let (old, new) = &phrases[phrase];
            found.push(format!("{name}:{line}: \"{}\": write {new}", old.join(" ")));
        }
    }
    assert!(found.is_empty(), "{} uses of phrases of {GLOSSARY}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn each_form_of_documentation_is_read() {
    let phrases = vec![(vec!["goes".to_owned(), "on".to_owned()], "continues".to_owned())];
    let lines = |name: &str, text: &str| -> Vec<usize> {
        uses(&documentation(name, text), &phrases).into_iter().map(|(line, _)| line).collect()
    };
    assert_eq!(lines("a.rs", "//! It goes\n//! on.\nlet goes_on = \"goes on\"; // goes on\n/// Goes on"), [1, 4]);
    assert_eq!(lines("a.h", "/** It\n * goes on. */\nint goes on;\n/* goes on */"), [2, 4]);
    assert_eq!(lines("a.py", "\"\"\"Goes on.\"\"\"\nx = 'goes on'\n\"\"\"\ngoes on\n\"\"\""), [1, 4]);
    assert_eq!(lines("a.md", "goes on\n```\ngoes on\n```\n`goes on`; who goes. On"), [1]);
    assert_eq!(lines("a.json", "{\"doc\":\n \"x\",\n\"doc\": \"\\\"goes on\\\"\", \"name\": \"goes on\"}"), [3]);
}

/// Returns the rows of the table under "Phrases": the words of each phrase, and what to write instead.
fn phrases(glossary: &str) -> Vec<(Vec<String>, String)> {
    let (_, table) = glossary.split_once("\n## Phrases\n").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.skip(1).map(|(old, new)| (words(old), new.to_owned())).collect()
}

/// Adds the files with documentation at or under a path.
fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if ["rs", "h", "hpp", "py", "pyi", "md", "json"].iter().any(|e| path.extension().is_some_and(|x| x == *e)) {
        files.push(path.to_owned());
    }
}

/// Returns the documentation in a file, by the extension of its name.
fn documentation(name: &str, text: &str) -> Vec<Line> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    match name.rsplit('.').next().unwrap() {
        "rs" => numbered
            .filter_map(|(number, line)| {
                let line = line.trim_start();
                let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
                Some((number, text.to_owned()))
            })
            .collect(),
        "h" | "hpp" => between(text, "/*", "*/"),
        "py" | "pyi" => between(text, "\"\"\"", "\"\"\""),
        "json" => numbered.flat_map(|(number, line)| docs(line).into_iter().map(move |doc| (number, doc))).collect(),
        _ => prose(text),
    }
}

/// Returns the text between pairs of marks, by line.
fn between(text: &str, open: &str, close: &str) -> Vec<Line> {
    let (mut lines, mut inside) = (Vec::new(), false);
    for (index, mut line) in text.lines().enumerate() {
        let mut kept = String::new();
        while let Some((before, after)) = line.split_once(if inside { close } else { open }) {
            if inside {
                kept.push_str(before);
                kept.push_str(" . ");
            }
            (inside, line) = (!inside, after);
        }
        if inside {
            kept.push_str(line);
        }
        lines.push((index + 1, kept));
    }
    lines
}

/// Returns the values of all keys `doc` in a line of JSON.
fn docs(line: &str) -> Vec<String> {
    line.split("\"doc\":")
        .skip(1)
        .map(|rest| {
            let mut escaped = false;
            let value = rest.trim_start().strip_prefix('"').unwrap_or_default().chars();
            let end = |c: &char| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                !ends
            };
            value.take_while(end).chain(" . ".chars()).collect()
        })
        .collect()
}

/// Returns the lines of Markdown outside of code blocks.
fn prose(text: &str) -> Vec<Line> {
    let mut code = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            lines.push((index + 1, line.to_owned()));
        }
    }
    lines
}

/// Returns the line and the index of each phrase in the lines. A phrase may continue on the next line.
fn uses(lines: &[Line], phrases: &[(Vec<String>, String)]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    for (number, line) in lines {
        if all.last().is_some_and(|(last, _)| last + 1 < *number) {
            all.push((*number, ".".to_owned()));
        }
        all.extend(words(line).into_iter().map(|word| (*number, word)));
    }
    let mut found = Vec::new();
    for start in 0..all.len() {
        for (index, (phrase, _)) in phrases.iter().enumerate() {
            let window = all.get(start..start + phrase.len());
            if window.is_some_and(|window| window.iter().map(|(_, word)| word).eq(phrase)) {
                found.push((all[start].0, index));
            }
        }
    }
    found
}

/// Splits text into words in lower case. Punctuation and text in backticks become ".".
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            words.push(".".to_owned());
            continue;
        }
        for token in part.split_whitespace() {
            let inner = token.trim_matches(|c: char| !c.is_alphanumeric());
            if !token.starts_with(|c: char| c.is_alphanumeric()) {
                words.push(".".to_owned());
            }
            if !inner.is_empty() {
                words.push(inner.to_lowercase());
            }
            if token.len() > 1 && !token.ends_with(|c: char| c.is_alphanumeric()) {
                words.push(".".to_owned());
            }
        }
    }
    words
}
