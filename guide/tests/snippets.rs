//! Runs the snippets of the guide that are not Rust, and checks that each page is a part of the book and of the crate.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../../crates/ffi/tests/build/mod.rs"]
#[allow(unreachable_pub)]
mod build;

#[path = "../../crates/python/tests/build/mod.rs"]
#[allow(unreachable_pub)]
mod wheel;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block of a page.
struct Snippet {
    /// The page and the line of the fence.
    place: String,
    /// The words behind the fence.
    language: String,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
}

/// The paths of all pages, relative to their folder.
fn pages() -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    let mut folders = vec![folder()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let relative = path.strip_prefix(folder()).unwrap();
                pages.insert(relative.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    pages.remove("SUMMARY.md");
    pages
}

fn snippets() -> Vec<Snippet> {
    let mut found: Vec<Snippet> = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(folder().join(&page)).unwrap();
        let mut open = false;
        for (line, content) in text.lines().enumerate() {
            match content.strip_prefix("```") {
                Some(_) if open => open = false,
                Some(language) => {
                    open = true;
                    let place = format!("{page}:{}", line + 1);
                    found.push(Snippet { place, language: language.to_owned(), text: String::new() });
                }
                None if open => {
                    let last = found.last_mut().unwrap();
                    last.text.push_str(content);
                    last.text.push('\n');
                }
                None => {}
            }
        }
        assert!(!open, "{page}: a block does not end");
    }
    found
}

/// The snippets of a language, at least as many as there were when this was written.
fn of(language: &str, at_least: usize) -> Vec<Snippet> {
    let found: Vec<_> = snippets().into_iter().filter(|snippet| snippet.language == language).collect();
    assert!(found.len() >= at_least, "{} snippets of {language}", found.len());
    found
}

fn write(snippet: &Snippet, extension: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guide");
    std::fs::create_dir_all(&folder).unwrap();
    let name = snippet.place.replace(|c: char| !c.is_alphanumeric(), "_");
    let path = folder.join(format!("{name}.{extension}"));
    std::fs::write(&path, &snippet.text).unwrap();
    path
}

#[test]
fn every_page_is_in_the_summary_and_its_rust_is_tested() {
    let summary = std::fs::read_to_string(folder().join("SUMMARY.md")).unwrap();
    let library = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("lib.rs")).unwrap();
    for page in pages() {
        assert!(summary.contains(&format!("({page})")), "{page} is not in the summary");
        assert!(library.contains(&format!("\"{page}\"")), "{page} is not in lib.rs");
    }
}

#[test]
fn every_snippet_is_in_a_language_that_is_run_or_shown() {
    // `toml` is a manifest, `console` a command that does not end by itself, `text` the output of a program.
    // The vendors' clients, for `witness`, are run by `tests/suite/guide.rs`.
    let known = ["rust", "python", "python,witness", "c", "toml", "console", "text"];
    for snippet in snippets() {
        assert!(known.contains(&snippet.language.as_str()), "{}: {:?}", snippet.place, snippet.language);
    }
}

#[test]
fn links_between_pages_lead_to_pages() {
    let pages = pages();
    for page in pages.iter().map(String::as_str).chain(["SUMMARY.md"]) {
        let text = std::fs::read_to_string(folder().join(page)).unwrap();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let here = folder().join(page);
            let path = if file.is_empty() { here } else { here.parent().unwrap().join(file) };
            let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{page}: {target}"));
            assert!(heading.is_empty() || has_heading(&text, heading), "{page}: {target}");
        }
    }
}

/// Returns true if the page has a heading that a link to `#name` leads to.
fn has_heading(text: &str, name: &str) -> bool {
    let name_of = |heading: &str| heading.trim().to_lowercase().replace(' ', "-").replace(['`', ',', ':', '.'], "");
    text.lines().filter(|line| line.starts_with('#')).any(|line| name_of(line.trim_start_matches('#')) == name)
}

#[test]
fn python_runs() {
    let mut mypy = Command::new(wheel::python());
    mypy.args(["-m", "mypy", "--strict", "--scripts-are-modules"]);
    for snippet in of("python", 10) {
        let program = write(&snippet, "py");
        wheel::run(Command::new(wheel::python()).arg(&program), &snippet.place);
        mypy.arg(program);
    }
    wheel::run(&mut mypy, "a type checker finds mistakes");
}

#[test]
fn c_runs() {
    for snippet in of("c", 1) {
        let program = build::compile(&write(&snippet, "c"), build::Linking::Shared, &[]);
        build::run(&mut Command::new(program));
    }
}
