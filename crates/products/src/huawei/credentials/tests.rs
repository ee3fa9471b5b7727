#![allow(clippy::unwrap_used)]

use super::*;
use std::path::PathBuf;
use wharf_core::ErrorKind;
use wharf_core::credentials::ProvideCredentials;

const GOOD: &str = "\u{feff}# mine\n[global]\nak = other\n\n[basic]\nAK = key-1\nsk: planted=/+secret\n\
                    security_token = planted-token\nproject_id = 0123abc\niam_endpoint = https://iam.example.com\n";

/// A separate file for each test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wharf-huawei-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn profile(&self) -> Profile {
        Profile::new().path(&self.0)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_file_is_read_as_the_vendors_client_reads_it() {
    let file = File::new("good", GOOD);
    let found = file.profile().credentials().await.unwrap();
    assert_eq!((found.id(), found.secret().expose()), ("key-1", "planted=/+secret"));
    assert_eq!(found.token().unwrap().expose(), "planted-token");
    assert_eq!(file.profile().project_id().unwrap().as_deref(), Some("0123abc"));
    // The other section lacks its secret.
    let error = file.profile().section("global").credentials().await.unwrap_err();
    assert!(error.message().ends_with("sk is missing in section [global]"), "{error}");
}

#[tokio::test]
async fn a_profile_of_another_identity_is_refused_by_name() {
    for name in ["agency_name", "source_profile", "role_arn"] {
        let file = File::new(name, &format!("[basic]\nak = a\nsk = planted\n{name} = planted\n"));
        let error = file.profile().credentials().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, Some(name)));
        assert!(!format!("{error} {error:?}").contains("planted"), "{error}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_said_without_what_is_in_it() {
    let cases = [
        ("none", "", "has no section [basic]"),
        ("empty", "[basic]\nak =\nsk = planted", "ak is empty in section [basic]"),
        ("line", "[basic]\nplanted-secret", "line 2 is neither [section] nor name = value"),
        ("large", &"#planted\n".repeat(200_000), "too large"),
    ];
    for (name, text, reason) in cases {
        let file = File::new(name, text);
        let error = file.profile().credentials().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.message().contains(reason), "{error}");
        assert!(!error.to_string().contains("planted"), "{error}");
    }
    let error = Profile::new().path("/nowhere/credentials").credentials().await.unwrap_err();
    assert_eq!(error.message(), "no file /nowhere/credentials");
}

#[tokio::test]
async fn the_environment() {
    let environment = environment().with_lookup(|name| match name {
        "HUAWEICLOUD_SDK_AK" => Some(" key-1 ".to_owned()),
        "HUAWEICLOUD_SDK_SK" => Some("secret".to_owned()),
        "HUAWEICLOUD_SDK_SECURITY_TOKEN" => Some("token".to_owned()),
        _ => None,
    });
    let found = environment.credentials().await.unwrap();
    assert_eq!((found.id(), found.secret().expose()), ("key-1", "secret"));
    assert_eq!(found.token().unwrap().expose(), "token");
    let error = super::environment().with_lookup(|_| None).credentials().await.unwrap_err();
    assert_eq!(error.message(), "HUAWEICLOUD_SDK_AK is not set");
}

#[test]
fn the_project_comes_from_where_the_credentials_come_from() {
    let file = File::new("project", GOOD);
    let of = |found: bool, set: &[&str]| {
        let variable = |name: &str| set.contains(&name).then(|| format!("value of {name}"));
        project(found, &variable, &file.profile())
    };
    assert_eq!(of(true, &[]).as_deref(), Some("0123abc"));
    assert_eq!(of(true, &[ACCESS_KEY]).as_deref(), Some("0123abc"));
    assert_eq!(of(true, &[ACCESS_KEY, SECRET_KEY]), None);
    assert_eq!(of(false, &[]), None);
    assert_eq!(of(true, &["HUAWEICLOUD_OIDC_AGENCY_URN"]), None);
    for found in [true, false] {
        let set = [ACCESS_KEY, SECRET_KEY, PROJECT];
        assert_eq!(of(found, &set).as_deref(), Some("value of HUAWEICLOUD_SDK_PROJECT_ID"));
    }
}

#[test]
fn an_endpoint_is_named_by_service_and_region() {
    let set =
        |name: &str| (name == "HUAWEICLOUD_SDK_REGION_CCE_CN_NORTH_4").then(|| " https://a ,https://b".to_owned());
    assert_eq!(endpoint(&set, "cce", "cn-north-4").as_deref(), Some("https://a"));
    assert_eq!(endpoint(&set, "cce", "cn-north-1"), None);
}
