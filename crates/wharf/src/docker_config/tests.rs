#![allow(clippy::unwrap_used)]

use super::*;

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("wharf-docker-config-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// `docker login` writes `auth` as base64 of `user:password`.
#[test]
fn a_login_has_the_format_of_docker() {
    let login = DockerConfig::new("demo.tencentcloudcr.com", "100000000001", "secret");
    let document: Value = serde_json::from_str(login.to_json().expose()).unwrap();
    let entry = &document["auths"]["demo.tencentcloudcr.com"];
    assert_eq!(entry["username"], "100000000001");
    assert_eq!(entry["auth"], "MTAwMDAwMDAwMDAxOnNlY3JldA==");
    let secret = login.image_pull_secret("registry");
    assert_eq!(secret["type"], "kubernetes.io/dockerconfigjson");
    let data = STANDARD.decode(secret["data"][".dockerconfigjson"].as_str().unwrap()).unwrap();
    assert_eq!(data, login.to_json().expose().as_bytes());
    assert!(!format!("{login:?}").contains("secret"));
}

#[test]
fn a_file_keeps_what_it_has() {
    let path = folder("keeps").join("new").join("config.json");
    DockerConfig::new("a.example", "one", "1").merge_into(&path).unwrap();
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    document["credsStore"] = json!("desktop");
    document["auths"]["b.example"] = json!({"auth": "eA==", "unknown": "é"});
    std::fs::write(&path, document.to_string()).unwrap();
    DockerConfig::new("a.example", "two", "2").merge_into(&path).unwrap();
    let merged: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(merged["credsStore"], "desktop");
    assert_eq!(merged["auths"]["b.example"], document["auths"]["b.example"]);
    assert_eq!(merged["auths"]["a.example"]["username"], "two");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap()) & 0o777, 0o600);
}

#[test]
fn a_file_that_is_something_else_is_unchanged() {
    let folder = folder("other");
    let login = DockerConfig::new("a.example", "one", "password");
    for (name, text) in [("list", "[1]"), ("broken", "{\"auths\": {\"x\": \"hunter2\""), ("auths", "{\"auths\": [1]}")]
    {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let error = login.merge_into(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
        assert_eq!(error.field(), Some(FIELD), "{name}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
    }
    assert_eq!(login.merge_into(&folder).unwrap_err().kind(), ErrorKind::Configuration);
}

#[test]
fn times_in_seconds_and_in_milliseconds_are_read() {
    assert_eq!(expiry(1_717_200_000), expiry(1_717_200_000_000));
    assert_eq!(expiry(0), None);
    assert_eq!(expiry(-5), None);
    assert!(expiry(i64::MAX).is_none_or(|time| time > UNIX_EPOCH));
}
