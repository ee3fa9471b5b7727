//! Features of vendors' own descriptions that documents of private clouds rarely have: versions, editions, page tokens,
//! deprecation, names that are taken. The output for two small products is committed in `sample/` and compiled here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(dead_code, missing_docs, unused_imports, unreachable_pub, reason = "nobody calls the sample from outside")]
// Deprecated items do not break the build that generates them.
#![deny(deprecated)]

extern crate self as wharf_products;

#[path = "sample/crates/products/src/dock/generated/mod.rs"]
pub mod dock;

#[path = "sample/crates/cluster/src/dock/generated/mod.rs"]
mod ships;

#[path = "sample/crates/node/src/dock/generated/mod.rs"]
mod crews;

#[path = "sample/crates/products/src/twin/generated/mod.rs"]
mod first_twin;

#[path = "sample/crates/products/src/twin/v20220101/generated/mod.rs"]
mod second_twin;

pub mod twin {
    pub use crate::first_twin::*;
    pub mod v20220101 {
        pub use crate::second_twin::*;
    }
}

#[path = "sample/crates/cluster/src/twin/generated/mod.rs"]
mod first;

#[path = "sample/crates/cluster/src/twin/v20220101/generated/mod.rs"]
mod second;

#[path = "sample/crates/node/src/twin/v20220101/generated/mod.rs"]
mod parts;

wharf_core::request_type!();

use ships::operations::{ListShips, ListShipsOutput, WatchShips, WatchShipsOutput};
use ships::types::{ResultInfo, SecretInfo, Ship, ShipInfo, ShipPhase};
use std::path::Path;
use wharf_codegen::{emit, inventory};
use wharf_core::model::json::{Mode, Style, read, to_string};
use wharf_core::model::{JsonText, Model};
use wharf_core::operation::PageStyle;
use wharf_core::paginate::{given_token, next_token, set_token};
use wharf_core::{ErrorKind, Operation, Paginated};
use wharf_spec::Catalog;

#[test]
fn names_that_are_taken_give_way() {
    let _: fn(&ships::client::Client) -> Request<ListShips> =
        |client| client.list_ships().items_("a").send_("b").r#type("c").marker("d");
    let _: fn(&ships::client::Client) -> Request<ships::operations::New> = |client| client.new_();
    let _: fn(&ships::client::Client) -> Request<ships::operations::ConnectionInfo> =
        |client| client.connection_info("c-1");
    let info = ShipInfo::default().shape_("round").state(ShipPhase::Other_);
    assert_eq!(to_string(&info, Style::Compact), r#"{"shape":"round","stateMsg":"other"}"#);
    assert_eq!((ShipPhase::from("self"), ShipPhase::from("other")), (ShipPhase::Self_, ShipPhase::Other_));
    let mut result = ResultInfo::default();
    read(br#"{"Secret":{"word":"pl4nted"}}"#, &mut result, Mode::Strict).unwrap();
    assert_eq!(result.secret.as_ref().unwrap().word.as_ref().unwrap().expose(), "pl4nted");
    assert!(!format!("{result:?}").contains("pl4nted"));
}

/// Waiters have the names that Rust has: of operations, outputs, fields, setters, enumerations and their values.
#[test]
fn waiters_follow_renames() {
    use ships::client::Client;
    use ships::operations::ShowShipOutput;
    use ships::types::ShipPhase;
    use wharf_core::wait::Waiter;
    let _: fn(&Client) -> Waiter<ShowShipOutput, ShipPhase> = |client| client.wait_until_ship_waiting("s-1", "red");
    let _: fn(&Client) -> Waiter<(), ShipPhase> = |client| client.wait_until_ship_gone("s-1", "barge");
    assert_eq!(ships::operations::ShowShip::META.name, "GETshipInfo");
}

/// Waiters of the same name in two versions have the types of their version.
#[test]
fn waiters_belong_to_a_version() {
    use wharf_core::wait::Waiter;
    let _: fn(&first::client::Client) -> Waiter<first::operations::DescribeTwinsOutput, first::types::TwinState> =
        |client| client.wait_until_twin_there();
    let _: fn(&second::client::Client) -> Waiter<second::operations::DescribeTwinsOutput, second::types::TwinState> =
        |client| client.wait_until_twin_there();
    assert_eq!((first::types::TwinState::VALUES, second::types::TwinState::VALUES), (&["Born"][..], &["Grown"][..]));
}

/// The wire does not know of a rename.
#[test]
fn renames_stay_off_the_wire() {
    let ship = Ship::default().ship_id("s-1").info(|info| info.state(ShipPhase::Waiting));
    let ship = ship.infos(JsonText::from(ShipInfo::default().state("sailing")));
    let json = r#"{"shipid":"s-1","info":{"stateMsg":"waitting"},"infos":"{\"stateMsg\":\"sailing\"}"}"#;
    assert_eq!(to_string(&ship, Style::Compact), json);
    #[expect(deprecated)]
    let meta = ships::operations::UnloadShip::META;
    assert_eq!((meta.name, meta.method, meta.path), ("UnLoadShip", "PATCH", "/v3/access-policies/{ship_id}"));
    let shape = ShipInfo::default().shape();
    assert_eq!((shape.name, shape.type_name), ("SHIPinfoS", "ShipInfo"));
    assert_eq!(dock::codes::ErrorCode::DockAddressInvalid.as_str(), "Dock.CidrInvalid");
    assert_eq!(dock::codes::ErrorCode::DockCidrInvalid.as_str(), "Dock.CIDRInvalid");
}

#[test]
fn paths_keep_their_letters() {
    assert_eq!(ships::operations::New::META.path, "/api/v3.1/");
    assert_eq!(ships::operations::ConnectionInfo::META.path, "/clusters/{cluster_id}/inspectConfig");
    assert_eq!(crews::operations::ShowCargo::META.path, "/v3/ships/{shipId}/cargo.json");
}

#[test]
fn any_json_may_be_shared_by_crates() {
    let mut cargo = dock::types::Cargo::default();
    let text = r#"{"free":[1,{"a":null}],"stacks":[["a"],[]],"marks":{"x":{"y":"z"}}}"#;
    read(text.as_bytes(), &mut cargo, Mode::Strict).unwrap();
    assert_eq!(to_string(&cargo, Style::Compact), text);
}

#[test]
fn pages_by_token_need_no_size_and_no_total() {
    let paging = ListShips::META.paging.unwrap();
    assert_eq!((paging.style, paging.begin, paging.size, paging.max), (PageStyle::Token, "marker", "limit", 50));
    assert_eq!((paging.next, paging.total, paging.items), (&["page", "next"][..], &[][..], &["ships"][..]));
    let mut input = ListShips { limit: Some(5), ..ListShips::default() };
    assert_eq!((input.window(), given_token(&input, &paging)), ((None, Some(5)), None));
    input.set_window(40, 20);
    set_token(&mut input, &paging, Some("t-1"));
    assert_eq!((input.limit, input.marker.as_deref()), (Some(20), Some("t-1")));
    assert_eq!(given_token(&input, &paging).as_deref(), Some("t-1"));
    set_token(&mut input, &paging, None);
    assert_eq!(input.marker, None);
    let mut output = ListShipsOutput::default();
    assert_eq!((next_token(&output, &paging), ListShips::total(&output)), (None, None));
    read(br#"{"ships":[{"shipid":"a"}],"page":{"next":"t-2"}}"#, &mut output, Mode::Strict).unwrap();
    assert_eq!((next_token(&output, &paging).as_deref(), ListShips::count(&output)), (Some("t-2"), 1));

    let paging = WatchShips::META.paging.unwrap();
    assert_eq!((paging.size, paging.total, paging.next), ("", &["count"][..], &["next"][..]));
    let mut output = WatchShipsOutput::default();
    read(br#"{"events":["a","b"],"count":7,"next":""}"#, &mut output, Mode::Strict).unwrap();
    assert_eq!(
        (WatchShips::total(&output), WatchShips::items(output).unwrap()),
        (Some(7), vec!["a".to_owned(), "b".to_owned()])
    );
    let mut input = WatchShips::default();
    input.set_window(1, 2);
    assert!(input == WatchShips::default());
}

/// Each of these lines would be an error without the expectation, which fails if it is not.
#[test]
fn what_is_deprecated_says_so() {
    #[expect(deprecated)]
    let _: fn(&ships::client::Client) = |client| drop(client.unload_ship("s-1"));
    #[expect(deprecated)]
    let _ = ships::operations::UnloadShip::default();
    #[expect(deprecated)]
    let _ = Ship::default().old_name("a");
    #[expect(deprecated)]
    let _ = Ship::default().old_name;
    #[expect(deprecated)]
    let _ = Ship::default().hull(|hull| hull);
    #[expect(deprecated)]
    let _ = Ship::default().set_hull(Default::default());
    #[expect(deprecated)]
    let _ = ships::types::Hull::default();
    #[expect(deprecated)]
    let _ = ShipPhase::Sunk;
    // Reading and writing know it all the same.
    let mut ship = Ship::default();
    let text = r#"{"OldName":"a","hull":{"plates":2},"info":{"stateMsg":"sunk"}}"#;
    read(text.as_bytes(), &mut ship, Mode::Strict).unwrap();
    assert_eq!(to_string(&ship, Style::Compact), text);
}

#[test]
fn versions_are_modules_over_one_connection() {
    use first::operations::DescribeTwins;
    let (one, two) = (DescribeTwins::META, second::operations::DescribeTwins::META);
    assert_eq!((one.product, one.version, one.name, one.host), ("twin", "2018-01-01", "DescribeTwins", "twin"));
    assert_eq!((two.product, two.version, two.name, two.host), ("twin", "2022-01-01", "DescribeTwins", "twin"));
    assert_eq!((one.rate_limit, one.service), (0, "cluster"));
    let _ = (first::types::Twin::default().name, twin::v20220101::types::Twin::default().full_name);
    let _: fn(wharf_core::Connection) = |connection| {
        let clients = (first::client::Client::new(connection.clone()), parts::client::Client::new(connection));
        let _ = (clients.0.describe_twins(), clients.1.describe_parts());
    };
    // The connection's table has the codes of all versions, the enumeration of each version only its own.
    let codes: Vec<_> = first_twin::codes::CODES.iter().map(|meta| (meta.code, meta.kind)).collect();
    assert_eq!(codes, [("InternalError", ErrorKind::Service), ("ResourceUnavailable.Busy", ErrorKind::Transient)]);
    assert_eq!(second_twin::codes::CODES.len(), 1);
    assert_eq!(second_twin::codes::ErrorCode::ResourceUnavailableBusy.kind(), ErrorKind::Transient);
}

fn catalog() -> Catalog {
    Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sample/specs")).unwrap()
}

#[test]
fn docs_name_editions_documents_and_the_wire() {
    let files = emit::rust::emit(&catalog(), Path::new("")).unwrap();
    let file = |name: &str| {
        let text = &files[Path::new(&format!("crates/cluster/src/dock/generated/{name}.rs"))];
        text.replace("\n        /// ", " ").replace("\n    /// ", " ").replace("\n/// ", " ")
    };
    let list = file("operations/list_ships");
    for part in [
        "Document: <https://docs.example.com/#/openapi/DOCK/doc?api=ListShips>",
        "Private and public cloud. Paged: at most 50 items.",
        "`send`; in the query; public cloud only.",
    ] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let unload = file("operations/unload_ship");
    for part in ["`UnLoadShip` in the API.", "`PATCH /v3/access-policies/{ship_id}`.", "Private cloud only."] {
        assert!(unload.contains(part), "{part}: {unload}");
    }
    let types = file("types");
    for part in [
        "Its identifier. `shipid`.",
        "`SHIPinfoS` in the API.",
        "`infos`; JSON of a `ShipInfo`.",
        "`waitting`: It waits.",
        "Document: <https://docs.example.com/hull>",
        "#[deprecated(note = \"a ship that is gone is not listed\")]",
    ] {
        assert!(types.contains(part), "{part}: {types}");
    }
}

#[test]
fn the_inventory_has_what_files_say_of_layers() {
    let all = serde_json::to_value(inventory::of(&catalog(), true)).unwrap();
    let find = |part: &str, key: &str, name: &str| {
        all[part].as_array().unwrap().iter().find(|entry| entry[key] == name).unwrap().clone()
    };
    let unload = find("operations", "operation", "UnLoadShip");
    assert_eq!((&unload["rename"], &unload["editions"]), (&"UnloadShip".into(), &serde_json::json!(["private"])));
    assert_eq!(unload["deprecated"], "use `ReplaceShip`, which unloads too");
    let list = find("operations", "operation", "ListShips");
    assert_eq!(list["link"], "https://docs.example.com/#/openapi/DOCK/doc?api=ListShips");
    let ship = find("shapes", "name", "Ship");
    let (id, old) = (&ship["fields"][0], &ship["fields"][1]);
    assert_eq!((&id["name"], &id["rename"]), (&"shipid".into(), &"ship_id".into()));
    assert_eq!((&old["deprecated"], &old["editions"]), (&"use `shipid`".into(), &serde_json::json!(["private"])));
    assert_eq!(find("shapes", "name", "SHIPinfoS")["rename"], "ShipInfo");
    let versions = all["operations"].as_array().unwrap().iter().filter(|entry| entry["product"] == "twin");
    let versions: Vec<_> =
        versions.map(|entry| (entry["version"].as_str().unwrap(), entry["operation"].as_str().unwrap())).collect();
    let expected = [("2018-01-01", "DescribeTwins"), ("2022-01-01", "DescribeTwins"), ("2022-01-01", "DescribeParts")];
    assert_eq!(versions, expected);
}

/// A broken manifest stops Cargo itself, so the generator must build without the manifests that it writes.
#[test]
fn the_generator_depends_on_no_manifest_that_it_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let catalog = Catalog::load(&root.join("specs")).unwrap();
    let files = emit::all(&catalog, &root).unwrap();
    let written = files.keys().filter(|path| path.ends_with("Cargo.toml"));
    let name = |path: &Path| {
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"').map(str::to_owned));
        line.unwrap_or_else(|| panic!("{} has no name", path.display()))
    };
    let written: Vec<_> = written.map(|path| name(path)).collect();
    assert!(written.contains(&"wharf".to_owned()) && written.contains(&"wharf-cluster".to_owned()), "{written:?}");
    // Its dependencies, and theirs, including those of tests.
    let mut needed = vec!["codegen".to_owned()];
    let mut at = 0;
    while at < needed.len() {
        let text = std::fs::read_to_string(root.join(&needed[at]).join("Cargo.toml")).unwrap();
        for line in text.lines().filter(|line| line.starts_with("wharf")) {
            let package = line.split(['.', ' ', '=']).next().unwrap();
            assert!(!written.contains(&package.to_owned()), "{} depends on {package}", needed[at]);
            let folder = format!("crates/{}", package.trim_start_matches("wharf-"));
            if !needed.contains(&folder) {
                needed.push(folder);
            }
        }
        at += 1;
    }
    assert!(needed.contains(&"crates/spec".to_owned()), "{needed:?}");
}

/// A setter never hides a method of every request: the list in `naming` is complete.
#[test]
fn every_method_of_requests_is_reserved() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/core/src/request.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, made) = text.split_once("macro_rules! request_type").unwrap();
    let names = made.lines().filter_map(|line| {
        let rest = line.trim().strip_prefix("pub ")?;
        let (name, _) = rest.trim_start_matches("async ").strip_prefix("fn ")?.split_once(['(', '<'])?;
        Some(name)
    });
    let names: Vec<_> = names.collect();
    assert!(names.contains(&"send") && names.contains(&"items"), "{names:?}");
    for name in names {
        assert_eq!(wharf_spec::naming::request_setter(name), format!("{name}_"), "add it to REQUEST in naming.rs");
    }
}
