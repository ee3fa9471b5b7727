#![allow(clippy::unwrap_used)]
use super::*;
use crate::{NewImage, Server, Time};
use serde_json::json;

async fn server() -> Server {
    Server::builder().without_socket().time(Time::Manual).start().await.unwrap()
}

/// The file of a cloud with something of everything.
fn filled(server: &Server) -> Value {
    let document = json!({"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]});
    let sub = SubAccount::new("reader", Credentials::new("AKIDreader", "secret")).password("Password-1");
    server.add_sub_account(sub.policy(Vendor::Tencent, document.to_string())).unwrap();
    server.add_key(Some("42"), Some(Credentials::new("AKIDother", "secret"))).unwrap();
    server.add_image(&NewImage::new("team/web", "v1")).unwrap();
    server.faults().add(Fault::throttle().operation("DescribeClusters").times(2));
    server.faults().skew_clock(7);
    let account = server.account();
    server.with_world(|world| drop(world.tke(&account, "ap-guangzhou")));
    serde_json::from_str(&server.save()).unwrap()
}

#[tokio::test]
async fn a_file_that_is_saved_loaded_and_saved_is_the_same() {
    let one = server().await;
    filled(&one);
    let text = one.save();
    let two = server().await;
    two.load(&text).unwrap();
    assert_eq!(two.save(), text);
    assert_eq!(two.now(), one.now());
    assert_eq!(two.faults().list().len(), 1);
    assert_eq!(two.images(), one.images());
    let again = Server::builder().without_socket().world(&text).start().await.unwrap();
    assert_eq!(again.save(), text);
}

#[tokio::test]
async fn several_clouds_can_start_from_one_file() {
    let server = server().await;
    let text = filled(&server).to_string();
    let home = server.account();
    for _ in 0..2 {
        let cloud = server.new_cloud().start().unwrap();
        let (key, user) = (cloud.key(), cloud.iam_user());
        cloud.load(&text).unwrap();
        assert_eq!((cloud.key(), cloud.account()), (key.clone(), home.clone()));
        assert_eq!(cloud.iam_user().password, user.password);
        assert_eq!(server.cloud_of(&key).unwrap().key(), key);
        assert_eq!(cloud.images(), server.images());
    }
    assert_eq!(server.cloud_of("AKIDother").unwrap().key(), server.key());
}

#[tokio::test]
async fn wrong_files_are_refused_with_the_place_and_change_nothing() {
    let server = server().await;
    let good = filled(&server);
    let before = server.save();
    let with = |place: &str, value: Value| {
        let mut file = good.clone();
        *file.pointer_mut(place).unwrap() = value;
        file
    };
    let without = |name: &str| {
        let mut file = good.clone();
        file.as_object_mut().unwrap().remove(name);
        file
    };
    let and = |name: &str| {
        let mut file = good.clone();
        file[name] = json!(1);
        file
    };
    let cases = [
        (and("elephant"), "", "elephant"),
        (with("/format", json!("zip")), "format", "zip"),
        (with("/version", json!(2)), "version", "newer"),
        (with("/version", json!("1")), "version", "invalid type"),
        (without("clock"), "", "clock"),
        (without("world"), "", "world"),
        (with("/clock/speed", json!(0)), "clock.speed", "0 is no speed"),
        (with("/clock/time", json!("2001-01-01T00:00:00.000Z")), "clock.time", "not the time"),
        (with("/accounts", json!([])), "accounts", "missing"),
        (with("/accounts/0/keys/0/secret", json!("")), "accounts.credentials", "empty"),
        (with("/accounts/1/account", good["accounts"][0]["account"].clone()), "accounts[1].account", "twice"),
        (with("/faults/0/operation", json!("Elephant")), "faults[0].operation", "fault"),
        (with("/world/version", json!(99)), "world.version", "99"),
        (with("/world/state", json!({"elephant": 1})), "world.state", "elephant"),
        (json!([]), "", "no object"),
    ];
    for (file, place, message) in cases {
        let problem = server.load(&file.to_string()).unwrap_err();
        assert!(problem.place.starts_with(place), "{problem:?} is not at {place}");
        assert!(problem.message.contains(message), "{problem:?} does not say {message}");
        assert!(!problem.expected.is_empty(), "{problem:?}");
        assert_eq!(server.save(), before, "{problem:?}");
    }
    let text = good.to_string();
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        assert!(server.load(&text[..cut]).is_err(), "cut at {cut}");
        assert!(server.load(&format!("{}{}", &text, "]")).is_err());
    }
    assert_eq!(server.save(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_private_and_replaced_as_a_whole() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("wharf-world-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("world.json");
    let server = server().await;
    for _ in 0..2 {
        server.save_to(&path).unwrap();
        assert_eq!(read_file(&path).unwrap(), server.save());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }
    assert!(server.save_to(folder.join("no/such/folder")).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}
