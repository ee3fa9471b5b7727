//! The layers of the server: one pipeline, dialects that are called by it, and views that know none of each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

const VIEWS: [&str; 5] = ["ack", "cce", "ccs", "tcr", "tke"];

/// The stages in their order, as the pipeline calls them.
const STAGES: [&str; 14] = [
    "dialect.arrive(",
    "dialect.route(",
    "self.authenticate(",
    "injected(",
    "dialect.owner(",
    "dialect.region(",
    "self.limit_rate(",
    "dialect.gather(",
    "parameters::validate(",
    "parameters::redact(",
    "access::check(",
    "self.act(",
    "tell_total(",
    "reply(",
];

/// The source files below a folder of `src` without their tests, with their paths.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            if name == "tests" {
                continue;
            }
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|end| end == "rs") {
                out.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root.join(folder), &mut paths);
    assert!(!paths.is_empty(), "{folder} has no sources");
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        (name, fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

fn pipeline() -> String {
    sources("gateway").into_iter().find(|(name, _)| name == "gateway/pipeline.rs").unwrap().1
}

#[test]
fn one_function_calls_the_stages_in_their_order() {
    let text = pipeline();
    let (_, body) = text.split_once("    fn stages(").unwrap();
    let (body, _) = body.split_once("\n    }\n").unwrap();
    let places: Vec<usize> =
        STAGES.iter().map(|stage| body.find(stage).unwrap_or_else(|| panic!("{stage} is not called"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    for stage in STAGES {
        assert_eq!(body.matches(stage).count(), 1, "{stage} is called once");
    }
}

#[test]
fn no_dialect_calls_a_stage() {
    for (name, text) in sources("").into_iter().filter(|(name, _)| name != "gateway/pipeline.rs") {
        for stage in STAGES.iter().filter(|stage| !["reply(", "injected("].contains(*stage)) {
            // An annotation of CCE has a structure in it, which no other validator checks either.
            let validates_text = *stage == "parameters::validate(" && name == "cce/install.rs";
            assert!(validates_text || !text.contains(*stage), "{name} calls {stage}");
        }
    }
}

#[test]
fn every_stage_and_every_type_of_the_pipeline_has_one_definition() {
    let shared = ["fn authenticate(&self, dialect", "fn limit_rate(", "fn act(", "fn redact(", "fn answer("];
    let validators = ["fn validate(\n", "fn tell_total(", "fn reply(product"];
    let types = ["struct Input", "type Handler ", "struct Refusal", "struct Context", "trait Dialect", "struct Denied"];
    let all = sources("");
    for definition in shared.into_iter().chain(validators).chain(types) {
        let places: Vec<&str> =
            all.iter().filter(|(_, text)| text.contains(definition)).map(|(name, _)| name.as_str()).collect();
        assert_eq!(places.len(), 1, "{definition}: {places:?}");
    }
    let validators = all.iter().filter(|(name, text)| name.starts_with("gateway/") && text.contains("fn validate"));
    assert_eq!(validators.count(), 1);
    for (name, text) in &all {
        assert!(!text.contains(".old"), "{name} asks for a flag `old`");
    }
}

#[test]
fn the_gateway_and_the_views_do_not_import_views() {
    let shared = ["gateway", "access", "doctor", "listen"].into_iter().flat_map(sources);
    let views = VIEWS.into_iter().flat_map(sources);
    for (name, text) in shared.chain(views) {
        let own = name.split('/').next().unwrap();
        for view in VIEWS.into_iter().filter(|view| *view != own) {
            let direct = format!("crate::{view}");
            let named = text
                .split(direct.as_str())
                .skip(1)
                .any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
            let listed = text.split("use crate::{").skip(1).filter_map(|rest| rest.split_once(';')).any(|(list, _)| {
                list.split([',', '{', '}', ' ', '\n']).any(|part| part.split("::").next() == Some(view))
            });
            assert!(!named && !listed, "{name} imports the view {view}");
        }
    }
}
