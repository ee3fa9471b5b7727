//! The files of the page: served all, and only what the page's policy allows.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use http::StatusCode;
use std::collections::BTreeSet;
use std::path::Path;

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn text(name: &str) -> &'static str {
    FILES.iter().find(|(file, ..)| *file == name).map(|(_, _, text)| *text).unwrap()
}

#[test]
fn every_file_of_the_folder_is_served_with_its_content_type() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/control/ui");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = names.filter(|name| !name.ends_with(".rs")).collect();
    let served: BTreeSet<String> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(files, served);
    for name in files {
        let response = file(&name);
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        let expected = match name.rsplit('.').next().unwrap() {
            "html" => "text/html; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("no content type is known for .{other}"),
        };
        assert_eq!(header(&response, "content-type"), expected, "{name}");
    }
}

#[test]
fn every_answer_has_the_headers_that_protect_a_page() {
    for name in [PAGE, "main.js", "none.js"] {
        let response = file(name);
        let policy = header(&response, "content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
        ] {
            assert!(policy.split(';').any(|given| given.trim() == part), "{name}: {part} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{name}");
        assert_eq!(header(&response, "cache-control"), "no-cache", "{name}");
    }
}

#[test]
fn other_names_are_not_found() {
    assert!(concerns("/_wharf/ui") && concerns("/_wharf/ui/main.js"));
    assert!(!concerns("/_wharf/uix") && !concerns("/_wharf/state") && !concerns("/"));
    for name in ["none.js", "../mod.rs", "mod.rs", "", "/main.js", "tests.rs"] {
        assert_eq!(file(name).status(), StatusCode::NOT_FOUND, "{name}");
    }
}

/// The files that a file of the page loads.
fn loaded(text: &str) -> Vec<&str> {
    let marks = ["src=\"", "href=\"", "from \"", "import \""];
    let quoted = marks.into_iter().flat_map(|mark| text.split(mark).skip(1));
    let paths = quoted.filter_map(|rest| rest.split('"').next());
    paths.filter(|path| path.starts_with("./") || path.starts_with(PATH)).collect()
}

#[test]
fn what_the_files_load_is_served() {
    let mut count = 0;
    for (name, _, text) in FILES {
        for path in loaded(text) {
            let loaded = path.strip_prefix("./").or_else(|| path.strip_prefix(PATH)?.strip_prefix('/')).unwrap_or(path);
            assert_eq!(file(loaded).status(), StatusCode::OK, "{name} loads {path}");
            count += 1;
        }
    }
    assert!(count > 60, "only {count} files are loaded by others");
}

#[test]
fn the_blocks_of_style_sheets_are_closed() {
    for (name, _, text) in FILES.iter().filter(|(name, ..)| name.ends_with(".css")) {
        let mut depth = 0_i32;
        for (number, line) in (1..).zip(text.lines()) {
            let change = |letter| i32::try_from(line.matches(letter).count()).unwrap();
            depth += change('{') - change('}');
            assert!((0..=3).contains(&depth), "{name}:{number}: {depth} blocks are open");
        }
        assert_eq!(depth, 0, "{name}: a block is not closed");
    }
}

#[test]
fn every_script_is_loaded() {
    let loaded: BTreeSet<&str> =
        FILES.iter().flat_map(|(_, _, text)| loaded(text)).filter_map(|path| path.rsplit('/').next()).collect();
    for (name, ..) in FILES.iter().filter(|(name, ..)| *name != "index.html") {
        assert!(loaded.contains(name), "{name} is loaded by no other file");
    }
}

#[test]
fn nothing_leaves_the_machine_and_nothing_parses_html() {
    for (name, _, text) in FILES {
        let addresses =
            text.match_indices("://").filter_map(|(at, _)| text.get(at + 3..)?.split(['"', '/', '`', ' ']).next());
        for host in addresses {
            // The name space of SVG, and the address of the server itself in an example.
            assert!(["www.w3.org", "${host}"].contains(&host), "{name} names {host}");
        }
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "DOMParser"]
        {
            assert!(!text.contains(forbidden), "{name} uses {forbidden}");
        }
    }
}

#[test]
fn the_page_has_no_inline_scripts_and_styles() {
    let page = text("index.html");
    assert!(!page.contains("<style") && !page.contains(" style="), "styles belong to files");
    for script in page.match_indices("<script").filter_map(|(at, _)| page.get(at..)?.split("</script>").next()) {
        let (tag, content) = script.split_once('>').unwrap();
        assert!(tag.contains(" src=") && content.is_empty(), "{script}");
    }
    let handler = page.split_whitespace().find(|word| word.starts_with("on") && word.contains('='));
    assert_eq!(handler, None);
}
