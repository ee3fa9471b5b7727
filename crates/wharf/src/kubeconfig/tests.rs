//! Tests of reading, changing, merging and writing, without a server.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Exec, Kubeconfig, User, merge, yaml};
use crate::ErrorKind;
use crate::file;
use serde_json::{Value, json};
use std::path::PathBuf;

const CONFIG: &str = "
apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {server: 'https://192.0.2.1:6443', certificate-authority-data: LS0t}
users:
- name: u
  user: {token: planted-token}
contexts:
- name: prod
  context: {cluster: c, user: u, namespace: team}
current-context: prod
";

fn config() -> Kubeconfig {
    Kubeconfig::parse(CONFIG).unwrap()
}

/// A new folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("wharf-kubeconfig-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_parts_of_a_file() {
    let config = config();
    assert_eq!((config.server(), config.namespace()), (Some("https://192.0.2.1:6443"), Some("team")));
    assert_eq!(config.certificate_authority().unwrap().as_deref(), Some("---"));
    assert_eq!(config.user(), Some(User::Token("planted-token".into())));
    assert_eq!((config.tls_server_name(), config.expires()), (None, None));
    let [context] = config.contexts()[..] else { panic!() };
    assert_eq!((context.name, context.cluster, context.user), ("prod", "c", "u"));
    assert_eq!(config.expose(), CONFIG, "an unchanged file keeps its text");
    let shown = format!("{config:?} {:?}", config.user());
    assert!(!shown.contains("planted") && shown.contains("prod"), "{shown}");
}

#[test]
fn changes_are_in_the_text() {
    let changed = config().with_namespace("other").unwrap().with_tls_server_name("kubernetes").unwrap();
    let changed = changed.with_server("https://[2001:db8::1]").unwrap().with_prefix("größe");
    let again = Kubeconfig::parse(changed.expose()).unwrap();
    assert_eq!(again.current_context(), Some("größe-prod"));
    assert_eq!((again.namespace(), again.tls_server_name()), (Some("other"), Some("kubernetes")));
    assert_eq!(again.server(), Some("https://[2001:db8::1]"));
    assert_eq!(again.user(), config().user());
    let exec = Exec::new("wharf-credential").args(["tke", "--cluster", "cls-1"]).env("REGION", "r");
    let replaced = Kubeconfig::parse(config().with_exec(&exec).expose()).unwrap();
    assert_eq!(replaced.user(), Some(User::Exec(exec)));
    assert!(!replaced.expose().contains("planted"));
    let error = config().with_context("none").unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::NotFound, Some("current-context")));
    assert!(error.message().contains("prod"));
    let empty = Kubeconfig::parse("").unwrap();
    assert_eq!(empty.with_namespace("x").unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn wrong_files_are_refused_without_being_quoted() {
    for (text, field) in [
        ("planted: [", "kubeconfig"),
        ("\tplanted", "kubeconfig"),
        ("- planted", "kubeconfig"),
        ("planted", "kubeconfig"),
        ("a: &a [planted]\nb: *planted", "kubeconfig"),
        ("a: planted\na: planted", "kubeconfig"),
        ("kind: Planted", "kubeconfig.kind"),
        ("clusters: {name: planted}", "kubeconfig.clusters"),
        ("users: [planted]", "kubeconfig.users.0.name"),
        ("users: [{name: a}, {name: [planted]}]", "kubeconfig.users.1.name"),
        ("contexts: [{name: a, context: planted}]", "kubeconfig.contexts.0.context"),
    ] {
        let error = Kubeconfig::parse(text).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{text}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{error:?}");
    }
    // Entries without content are allowed.
    let config = Kubeconfig::parse("users: null\ncontexts: [{name: a, context: null}]\ncurrent-context: a").unwrap();
    assert_eq!((config.user(), config.server(), config.contexts().len()), (None, None, 1));
}

#[test]
fn files_that_would_fill_the_memory_are_refused() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for at in 1..12 {
        let before = format!("*a{}", at - 1);
        laughs.push_str(&format!("a{at}: &a{at} [{}]\n", vec![before; 10].join(", ")));
    }
    assert!(Kubeconfig::parse(&laughs).is_err());
    let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(Kubeconfig::parse(&deep).is_err());
    assert!(Kubeconfig::parse(&"#".repeat(yaml::MAX_FILE + 1)).is_err());
}

#[test]
fn any_document_can_be_read_again() {
    let document = json!({
        "a": {"b": [{"c": {}, "d": [[1, "x"], [], {"e": null}]}, {}, "text", [{"f": 1}]]},
        "yes": "yes", "no": "0x10", "1": "1.5", "ü: {": "line\nbreak \u{85}\u{2028}\u{feff}\u{7f} \"'#", "": "", "-": "- a",
        "n": [true, false, null, -5, 18446744073709551615u64, 0.5], "date": "2024-01-01", "null": "null", "~": "~",
    });
    let Value::Object(document) = document else { panic!() };
    let text = yaml::write(&document);
    assert_eq!(yaml::read(text.expose()).unwrap(), document, "{}", text.expose());
    assert_eq!(yaml::read(yaml::write(&Default::default()).expose()).unwrap(), Default::default());
}

#[test]
fn values_are_read_as_kubectl_reads_them() {
    let read = yaml::read("a: [yes, No, on, true, ~, null, '1', 2024-01-01, <<]").unwrap();
    assert_eq!(read["a"], json!([true, false, true, true, null, null, "1", "2024-01-01", "<<"]));
}

#[test]
fn merging_keeps_everything_that_is_there() {
    let folder = folder("merge");
    let path = folder.join("sub/config");
    config().merge_into(&path).unwrap();
    let foreign = "
apiVersion: v1
preferences: {colors: true}
x-other: {kept: [1, {two: 2}]}
clusters:
- {name: mine, cluster: {server: 'https://a', insecure-skip-tls-verify: true, unknown: x}, beside: y}
contexts:
- {name: größe, context: {cluster: mine, user: me, extensions: [{name: other, extension: {a: 1}}]}}
current-context: größe
users:
- {name: me, user: {auth-provider: {name: gcp}}}
";
    std::fs::write(&path, foreign).unwrap();
    config().merge_into(&path).unwrap();
    let read = || yaml::read(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let merged = read();
    let before = yaml::read(foreign).unwrap();
    for (key, value) in &before {
        match value {
            Value::Array(items) => assert!(items.iter().all(|item| merged[key].as_array().unwrap().contains(item))),
            value => assert_eq!(&merged[key], value, "{key}"),
        }
    }
    let file = Kubeconfig::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(file.current_context(), Some("größe"));
    assert_eq!(file.with_context("prod").unwrap().user(), config().user());
    // Again: our entries are replaced, and nothing is doubled.
    let renewed = Kubeconfig::parse(&CONFIG.replace("planted-token", "new-token")).unwrap();
    renewed.merge_and_switch(&path).unwrap();
    let file = Kubeconfig::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!((file.current_context(), file.contexts().len()), (Some("prod"), 2));
    assert_eq!(file.user(), Some(User::Token("new-token".into())));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn names_of_others_are_not_taken() {
    let mut document = yaml::read("users: [{name: u, user: {token: other}}]").unwrap();
    let error = merge::into(&config(), &mut document, false).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Conflict, Some("users.u")));
    assert!(!error.to_string().contains("planted") && error.to_string().contains("with_prefix"), "{error}");
    // An entry of another cluster, which this crate wrote, is not taken either.
    let mut document = Default::default();
    merge::into(&config().with_origin("tke/cls-1".into(), None), &mut document, false).unwrap();
    let renewed = Kubeconfig::parse(&CONFIG.replace("planted-token", "new-token")).unwrap();
    let other = renewed.clone().with_origin("tke/cls-2".into(), None);
    assert_eq!(merge::into(&other, &mut document, false).unwrap_err().kind(), ErrorKind::Conflict);
    merge::into(&renewed.with_origin("tke/cls-1".into(), None), &mut document, false).unwrap();
    assert_eq!(document["users"][0]["user"]["token"], "new-token");
    // The same entry of others is left as it is.
    let mut same = yaml::read(CONFIG).unwrap();
    merge::into(&config(), &mut same, false).unwrap();
    assert_eq!(same, yaml::read(CONFIG).unwrap());
}

#[test]
fn a_file_that_is_wrong_or_locked_stays_as_it_is() {
    let folder = folder("locked");
    let path = folder.join("config");
    std::fs::write(&path, "planted: [").unwrap();
    let error = config().merge_into(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "planted: [");
    std::fs::write(&path, "").unwrap();
    let lock = file::Lock::of(&path).unwrap();
    let error = config().merge_into(&path).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("kubeconfig")));
    assert!(error.message().contains("config.lock"), "{error}");
    drop(lock);
    config().merge_into(&path).unwrap();
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["config"], "no lock and no temporary file is left");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn many_merge_at_the_same_time() {
    let folder = folder("many");
    let path = folder.join("config");
    std::thread::scope(|scope| {
        for at in 0..8 {
            let path = &path;
            scope.spawn(move || config().with_prefix(&format!("cls-{at}")).merge_into(path).unwrap());
        }
    });
    let file = Kubeconfig::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(file.contexts().len(), 8);
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone_and_replaced_at_once() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder("mode");
    let (path, link) = (folder.join("config"), folder.join("link"));
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    config().write_to(&path).unwrap();
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    symlink(&path, &link).unwrap();
    // A reader of the old file has all of it, and the link stays one.
    let mut old = std::fs::File::open(&path).unwrap();
    let changed = config().with_namespace("new").unwrap();
    changed.write_to(&link).unwrap();
    assert_eq!(mode(), 0o600);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::io::read_to_string(&mut old).unwrap(), CONFIG);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), changed.expose());
    let error = config().write_to(&folder).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.to_string().contains("planted"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "no temporary file is left");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn certificates_that_are_none_have_no_expiry() {
    for pem in [
        "",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----",
    ] {
        assert_eq!(super::certificate::expiry(pem), None);
    }
}
