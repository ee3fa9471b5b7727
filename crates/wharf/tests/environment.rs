//! What the process's environment says about proxies, keys and identities, in every product. Each case is a process of
//! its own.
#![cfg(all(feature = "tke", feature = "tcr", feature = "ccs", feature = "cce", feature = "ack"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use wharf::any::Connection;

/// Says what a child does.
const CHILD: &str = "WHARF_TEST_CHILD";
const MARK: &str = "what came of it: ";
/// Products, and an operation of each.
const PRODUCTS: [(&str, &str); 5] = [
    ("tke", "DescribeRegions"),
    ("tcr", "DescribeInstances"),
    ("ccs", "DescribeCluster"),
    ("cce", "ListClusters"),
    ("ack", "DescribeClustersV1"),
];
const REMOTE: &str = "http://cloud.example.com";

/// The child's part: connects and calls as its variable says, and tells what came of it.
#[tokio::test]
async fn child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let task: Value = serde_json::from_str(&task).unwrap();
    let call = async {
        let connection = Connection::from_options(task["product"].as_str().unwrap(), &task["options"])
            .map_err(|error| (error, "connect"))?;
        let operation = task["operation"].as_str().unwrap();
        connection.call(operation, Value::Null).await.map_err(|error| (error, "call"))
    };
    let told = match call.await {
        Ok(_) => json!({"ok": true}),
        Err((error, step)) => json!({
            "step": step, "kind": format!("{:?}", error.kind()), "field": error.field(), "message": error.message(),
            "retryable": error.is_retryable(), "all": format!("{error} {error:?}"),
        }),
    };
    println!("{MARK}{told}");
}

/// Runs a child in an environment of these variables alone. Its home is empty unless one is given.
fn run((product, operation): (&str, &str), options: Value, variables: &[(&str, &str)]) -> Value {
    let mut all = json!({"region": "ap-guangzhou", "retry": {"base_delay": 0.001}, "call_timeout": 10});
    if product == "cce" {
        all["project_id"] = "p".into();
    }
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    let task = json!({"product": product, "operation": operation, "options": all});
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--nocapture"])
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("PATH", "/nonexistent");
    let output = command.envs(variables.iter().copied()).env(CHILD, task.to_string()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("planted"), "{text}");
    let told = text.lines().find_map(|line| line.split_once(MARK)).unwrap_or_else(|| panic!("{text}"));
    serde_json::from_str(told.1).unwrap()
}

/// A server for one request, which answers nothing of use and gives the request's head.
fn raw_server() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let head = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).unwrap() == 1 {
            head.push(byte[0]);
        }
        let _ = socket.write_all(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        String::from_utf8(head).unwrap()
    });
    (address, head)
}

fn key() -> Value {
    json!({"id": "id", "secret": "planted-key"})
}

#[test]
fn a_proxy_that_is_not_supported_is_an_error_of_the_setting() {
    for product in PRODUCTS {
        let https = json!({
            "credentials": key(), "endpoint": "https://tke.cloud.example.com",
            "resolve": {"tke.cloud.example.com": "127.0.0.1:9"},
        });
        for name in ["ALL_PROXY", "HTTPS_PROXY", "https_proxy"] {
            let told = run(product, https.clone(), &[(name, "socks5://me:planted-password@127.0.0.1:9")]);
            assert_eq!(
                (&told["step"], &told["kind"], &told["field"]),
                (&json!("connect"), &json!("Configuration"), &json!("proxy"))
            );
            assert!(told["message"].as_str().unwrap().contains(name) && told["retryable"] == false, "{told}");
        }
        let told = run(product, https, &[("HTTPS_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "10.*")]);
        assert!(told["field"] == "proxy" && told["message"].as_str().unwrap().contains("NO_PROXY"), "{told}");
    }
}

#[test]
fn a_password_of_a_proxy_is_sent_whole() {
    let (address, head) = raw_server();
    let proxy = format!("http://user:planted@pass:word@{address}");
    let options = json!({"credentials": key(), "endpoint": REMOTE, "danger_accept_plain_http": true});
    run(PRODUCTS[0], options, &[("HTTP_PROXY", &proxy)]);
    let head = head.join().unwrap();
    // user:planted@pass:word
    assert!(head.contains("dXNlcjpwbGFudGVkQHBhc3M6d29yZA=="), "{head}");
    assert!(head.starts_with("POST http://cloud.example.com/"), "{head}");
}

#[test]
fn an_exception_is_reached_without_the_proxy() {
    for except in ["cloud.example.com", ".example.com", "*.example.com", "*", "other.org, cloud.example.com"] {
        let (address, head) = raw_server();
        let port = address.rsplit_once(':').unwrap().1;
        let options = json!({
            "credentials": key(), "endpoint": format!("{REMOTE}:{port}"), "danger_accept_plain_http": true,
            "resolve": {"cloud.example.com": address},
        });
        run(PRODUCTS[0], options, &[("ALL_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", except)]);
        assert!(head.join().unwrap().starts_with("POST / HTTP/1.1"), "{except}");
    }
}

/// Variables of identities, and the one of them that the error must name: what it says is no file, no URL or no role.
fn identities() -> Vec<(usize, Vec<&'static str>, &'static str)> {
    let tke = vec!["TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"];
    let agency = vec!["HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN", "HUAWEICLOUD_OIDC_TOKEN_FILE"];
    let rrsa = vec!["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"];
    vec![
        (0, tke.clone(), "TKE_WEB_IDENTITY_TOKEN_FILE"),
        (0, vec!["TKE_ROLE_ARN"], "TKE_REGION"),
        (1, tke.clone(), "TKE_WEB_IDENTITY_TOKEN_FILE"),
        (2, tke, "TKE_WEB_IDENTITY_TOKEN_FILE"),
        (3, vec!["HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"], "HUAWEICLOUD_SDK_ID_TOKEN_FILE"),
        (3, vec!["HUAWEICLOUD_SDK_IDP_ID"], "HUAWEICLOUD_SDK_ID_TOKEN_FILE"),
        (3, agency, "HUAWEICLOUD_OIDC_TOKEN_FILE"),
        (
            3,
            vec!["HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
            "HC_CONTAINER_CREDENTIALS_FULL_URI",
        ),
        (4, rrsa, "ALIBABA_CLOUD_OIDC_TOKEN_FILE"),
        (4, vec!["ALIBABA_CLOUD_OIDC_TOKEN_FILE"], "ALIBABA_CLOUD_ROLE_ARN"),
        (4, vec!["ALIBABA_CLOUD_ROLE_ARN"], "ALIBABA_CLOUD_ROLE_ARN"),
        (4, vec!["ALIBABA_CLOUD_CREDENTIALS_URI"], "ALIBABA_CLOUD_CREDENTIALS_URI"),
        (4, vec!["ALIBABA_CLOUD_CREDENTIALS_FILE"], "ALIBABA_CLOUD_CREDENTIALS_FILE"),
        (4, vec!["ALIBABA_CLOUD_CONFIG_FILE"], "ALIBABA_CLOUD_CONFIG_FILE"),
        (4, vec!["ALIBABA_CLOUD_PROFILE"], "ALIBABA_CLOUD_PROFILE"),
        (0, vec!["TCCLI_PROFILE"], "TCCLI_PROFILE"),
    ]
}

#[test]
fn an_identity_that_is_meant_and_fails_is_named_and_the_nodes_role_is_not_used() {
    for (product, names, named) in identities() {
        let variables: Vec<_> = names.iter().map(|name| (*name, "/nowhere/x")).collect();
        let told = run(PRODUCTS[product], json!({}), &variables);
        let kinds = [json!("Configuration"), json!("Credentials")];
        assert!(told["step"] == "call" && kinds.contains(&told["kind"]), "{told}");
        assert_eq!(told["field"], named, "{told}");
        assert!(!told["message"].as_str().unwrap().contains("no credentials found"), "{told}");
        // Credentials that are given are used all the same: the address is nobody's.
        let options = json!({"credentials": key(), "endpoint": "http://127.0.0.1:9"});
        assert_eq!(run(PRODUCTS[product], options, &variables)["kind"], "ConnectionFailed", "{names:?}");
    }
}

#[test]
fn keys_that_are_half_there_or_not_keys_are_refused_by_their_variable() {
    let names = [
        (0, "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
        (2, "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SESSION_TOKEN"),
        (3, "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
        (4, "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    ];
    for (product, id, secret, token) in names {
        for (variables, field) in [
            (vec![(id, "id")], secret),
            (vec![(secret, "planted")], id),
            (vec![(id, "id"), (secret, "")], secret),
            (vec![(id, "id"), (secret, "planted\nsecret")], secret),
            (vec![(id, "\"id\""), (secret, "planted")], id),
            (vec![(id, "id"), (secret, "planted"), (token, "planted token")], token),
        ] {
            let told = run(PRODUCTS[product], json!({}), &variables);
            assert_eq!((&told["kind"], &told["field"]), (&json!("Configuration"), &json!(field)), "{told}");
        }
    }
}

#[test]
fn settings_that_are_wrong_are_named_with_their_variable() {
    for (product, name, value, field) in [
        (0, "TENCENTCLOUD_REGION", "ap guangzhou", "region"),
        (2, "TENCENTCLOUD_REGION", "ap/guangzhou", "region"),
        (4, "ALIBABA_CLOUD_REGION_ID", "cn beijing", "region"),
        (3, "HUAWEICLOUD_SDK_PROJECT_ID", "a b", "project_id"),
        (3, "HUAWEICLOUD_SDK_IAM_ENDPOINT", "iam", "iam_endpoint"),
    ] {
        let options = json!({"credentials": key(), "region": if product == 3 { json!("r") } else { Value::Null }, "project_id": null});
        let mut options = options;
        if product != 3 {
            options.as_object_mut().unwrap().remove("project_id");
        }
        let told = run(PRODUCTS[product], options, &[(name, value)]);
        assert_eq!(
            (&told["step"], &told["kind"], &told["field"]),
            (&json!("connect"), &json!("Configuration"), &json!(field)),
            "{told}"
        );
        assert!(told["message"].as_str().unwrap().contains(name), "{told}");
    }
    for (product, name) in [(0, "TENCENTCLOUD_CREDENTIALS_FILE"), (3, "HUAWEICLOUD_SDK_CREDENTIALS_FILE")] {
        let told = run(PRODUCTS[product], json!({}), &[(name, "/nowhere/credentials")]);
        assert_eq!((&told["kind"], &told["field"]), (&json!("Configuration"), &json!(name)), "{told}");
    }
}

/// A home with one file, as long as the test.
struct Home(PathBuf);

impl Home {
    fn new(file: &str, text: &str) -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let home = std::env::temp_dir().join(format!("wharf-home-{}-{number}", std::process::id()));
        let path = home.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        Self(home)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_profile_that_means_another_identity_is_never_passed_over() {
    let ini = |section: &str, key: &str, more: &str| format!("[{section}]\n{key}\n{more} = planted\n");
    let tencent = "secret_id = id\nsecret_key = planted";
    let huawei = "ak = id\nsk = planted";
    let mut cases = Vec::new();
    for name in ["role_arn", "role-arn", "source_profile", "credential_source", "role_session_name", "external_id"] {
        cases.push((0, ".tencentcloud/credentials", ini("default", tencent, name), name));
        cases.push((0, ".tencentcloud/credentials", ini("default", "", name), name));
        cases.push((2, ".tencentcloud/credentials", ini("default", tencent, name), name));
    }
    for name in ["idp_id", "id_token_file", "agency_name", "assume_role", "source_profile"] {
        cases.push((3, ".huaweicloud/credentials", ini("basic", huawei, name), name));
        cases.push((3, ".huaweicloud/credentials", ini("basic", "", name), name));
    }
    for (mode, name) in [
        ("OIDC", "oidc_provider_arn"),
        ("CloudSSO", "cloud_sso_sign_in_url"),
        ("OAuth", "oauth_access_token"),
        ("External", "process_command"),
        ("CredentialsURI", "credentials_uri"),
        ("RsaKeyPair", "RsaKeyPair"),
        ("RamRoleArn", "ram_role_arn"),
    ] {
        let profile = json!({"name": "default", "mode": mode, "access_key_id": "id", "access_key_secret": "planted"});
        let file = json!({"current": "default", "profiles": [profile]}).to_string();
        cases.push((4, ".aliyun/config.json", file, name));
    }
    let ak = "access_key_id = id\naccess_key_secret = planted\ntype = access_key";
    for name in ["sso_session", "source_profile", "credential_process"] {
        cases.push((4, ".alibabacloud/credentials", ini("default", ak, name), name));
    }
    cases.push((4, ".alibabacloud/credentials", "[default]\ntype = rsa_key_pair\n".to_owned(), "type"));
    let tccli = |more: Value| {
        let mut file = json!({"secretId": "id", "secretKey": "planted"});
        file.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        file.to_string()
    };
    cases.push((0, ".tccli/default.credential", tccli(json!({"type": "saml"})), "saml"));
    cases.push((0, ".tccli/default.credential", tccli(json!({"type": "sso", "expiresAt": 1})), "expired"));
    cases.push((0, ".tccli/default.credential", tccli(json!({"role-arn": "planted"})), "role-arn"));
    for (product, file, text, name) in cases {
        let home = Home::new(file, &text);
        let told = run(PRODUCTS[product], json!({}), &[("HOME", home.0.to_str().unwrap())]);
        let message = told["message"].as_str().unwrap();
        assert!(told["step"] == "call" && told["field"].is_string(), "{name}: {told}");
        assert!(message.contains(name) && !message.contains("no credentials found"), "{name}: {told}");
    }
}

#[test]
fn a_profile_with_a_key_alone_is_used() {
    let tencent =
        "[default]\nsecret_id = id\nsecret_key = planted\ntoken = planted\nregion = ap-guangzhou\nrole_arn =\n";
    let huawei =
        "[basic]\nak = id\nsk = planted\nproject_id = p\niam_endpoint = https://iam.example.com\ndomain_id = d\n";
    let alibaba = r#"{"current": "a", "profiles": [{"name": "a", "mode": "AK", "access_key_id": "id", "access_key_secret": "planted",
        "ram_role_arn": "", "expired_seconds": 0}]}"#;
    for (product, file, text) in [
        (0, ".tencentcloud/credentials", tencent),
        (2, ".tencentcloud/credentials", tencent),
        (3, ".huaweicloud/credentials", huawei),
        (4, ".aliyun/config.json", alibaba),
        (
            4,
            ".alibabacloud/credentials",
            "[default]\ntype = access_key\naccess_key_id = id\naccess_key_secret = planted\n",
        ),
        (
            4,
            ".alibabacloud/credentials.ini",
            "[default]\ntype = access_key\naccess_key_id = id\naccess_key_secret = planted\n",
        ),
        (0, ".tccli/default.credential", r#"{"secretId": "id", "secretKey": "planted", "token": null}"#),
    ] {
        let home = Home::new(file, text);
        let options = json!({"endpoint": "http://127.0.0.1:9"});
        let told = run(PRODUCTS[product], options, &[("HOME", home.0.to_str().unwrap())]);
        assert_eq!(told["kind"], "ConnectionFailed", "{told}");
    }
}

/// Keys in the environment, which a profile that is named goes before.
const KEYS: &[(&str, &str)] = &[
    ("TENCENTCLOUD_SECRET_ID", "env-id"),
    ("TENCENTCLOUD_SECRET_KEY", "planted"),
    ("HUAWEICLOUD_SDK_AK", "env-id"),
    ("HUAWEICLOUD_SDK_SK", "planted"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "env-id"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "planted"),
];

/// A home with a file of each vendor, which has the profiles `default` (Huawei: `basic`) and `other`.
struct Profiles(PathBuf);

impl Profiles {
    fn new() -> Self {
        let home = std::env::temp_dir().join(format!("wharf-profiles-{}", std::process::id()));
        let alibaba = ["default", "other"].map(|name| {
            let id = format!("{name}-id");
            json!({"name": name, "mode": "AK", "access_key_id": id, "access_key_secret": "planted"})
        });
        for (path, text) in [
            (
                ".tencentcloud/credentials",
                "[default]\nsecret_id = default-id\nsecret_key = planted\n[other]\nsecret_id = other-id\nsecret_key = planted\n"
                    .to_owned(),
            ),
            (".huaweicloud/credentials", "[basic]\nak = default-id\nsk = planted\n[other]\nak = other-id\nsk = planted\n".to_owned()),
            (".aliyun/config.json", json!({"current": "default", "profiles": alibaba}).to_string()),
        ] {
            let path = home.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(home)
    }
}

impl Drop for Profiles {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_profile_that_is_named_is_used_instead_of_the_chain() {
    let home = Profiles::new();
    let variables: Vec<_> = KEYS.iter().copied().chain([("HOME", home.0.to_str().unwrap())]).collect();
    for product in PRODUCTS {
        let asked = |profile: Value| {
            let (address, head) = raw_server();
            let mut options = json!({"profile": profile, "endpoint": format!("http://{address}")});
            if product.0 == "ccs" {
                options["http_method"] = "GET".into();
            }
            run(product, options, &variables);
            head.join().unwrap()
        };
        let head = asked("other".into());
        assert!(head.contains("other-id") && !head.contains("env-id"), "{product:?}: {head}");
        let head = asked(Value::Null);
        assert!(head.contains("env-id"), "{product:?}: {head}");

        let told = run(product, json!({"profile": "elephant"}), &variables);
        assert!(told["step"] == "call" && told["message"].as_str().unwrap().contains("elephant"), "{told}");
        for options in [json!({"profile": " "}), json!({"profile": "other", "credentials": key()})] {
            let told = run(product, options, &variables);
            assert_eq!(
                (&told["step"], &told["kind"], &told["field"]),
                (&json!("connect"), &json!("Configuration"), &json!("profile"))
            );
        }
    }
}
