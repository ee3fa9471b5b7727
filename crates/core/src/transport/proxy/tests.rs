#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::ErrorKind;

const SECRET: &str = "planted-secret";

fn read(variables: &[(&str, &str)]) -> Result<Option<Environment>, Error> {
    Environment::read(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

fn way(variables: &[(&str, &str)], url: &str) -> Option<String> {
    read(variables).unwrap()?.of(&url.parse().unwrap()).map(String::from)
}

#[test]
fn each_scheme_has_its_variable_and_all_of_them_one() {
    let (http, https) = ("http://cloud.example.com/", "https://cloud.example.com/");
    let set = [("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "http://h:2"), ("ALL_PROXY", "http://a:3")];
    assert_eq!(way(&set, https).as_deref(), Some("http://s:1/"));
    assert_eq!(way(&set, http).as_deref(), Some("http://h:2/"));
    assert_eq!(way(&set[2..], https).as_deref(), Some("http://a:3/"));
    assert_eq!(way(&set[2..], http).as_deref(), Some("http://a:3/"));
    assert_eq!(way(&set[..1], http), None);
    // Lower case too; an empty variable is not set.
    let small = [("HTTPS_PROXY", " "), ("https_proxy", "http://s:1"), ("http_proxy", "h:2"), ("all_proxy", "")];
    assert_eq!(way(&small, https).as_deref(), Some("http://s:1/"));
    assert_eq!(way(&small, http).as_deref(), Some("http://h:2/"));
    assert!(read(&[("ALL_PROXY", ""), ("NO_PROXY", "<wrong>")]).unwrap().is_none());
    // Under a web server the upper-case variable may come from a request.
    let served = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil:1")];
    assert_eq!(way(&served, http), None);
}

#[test]
fn a_password_may_hold_anything_that_ends_no_host() {
    for (given, user, password) in [
        ("http://user:p@ss@127.0.0.1:3128", "user", "p@ss"),
        ("http://user:p%40ss@127.0.0.1:3128", "user", "p@ss"),
        ("http://user:a:b@c:d@127.0.0.1:3128", "user", "a:b@c:d"),
        ("http://user:100%25@127.0.0.1:3128", "user", "100%"),
        ("http://us%3Aer:%2F%3F%23@127.0.0.1:3128", "us:er", "/?#"),
        ("http://user:a b+c&d=e!$'()*,;[]\\\"<>^`{|}~@127.0.0.1:3128", "user", "a b+c&d=e!$'()*,;[]\\\"<>^`{|}~"),
        ("http://user:密码@127.0.0.1:3128", "user", "密码"),
        ("http://user@127.0.0.1:3128", "user", ""),
        ("user:p@ss@127.0.0.1:3128/", "user", "p@ss"),
    ] {
        let url = read(&[("HTTPS_PROXY", given)]).unwrap().unwrap().https.unwrap().url;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        assert_eq!(
            (decoded(url.username()), decoded(url.password().unwrap_or_default())),
            (user.into(), password.into())
        );
        assert_eq!((url.host_str(), url.port()), (Some("127.0.0.1"), Some(3128)), "{given}");
    }
}

#[test]
fn a_proxy_that_is_wrong_is_refused_by_its_variable_and_never_repeated() {
    for wrong in [
        "socks5://127.0.0.1:9",
        "socks5h://me:planted-secret@127.0.0.1:9",
        "SOCKS4://127.0.0.1:9",
        "ftp://127.0.0.1:9",
        "http:/127.0.0.1:9",
        "http//127.0.0.1:9",
        "://127.0.0.1:9",
        "proxy",
        "http://",
        "http://proxy.example.com",
        "http://proxy.example.com:",
        "http://proxy.example.com:0",
        "http://proxy.example.com:65536",
        "http://proxy.example.com:port",
        "http://proxy.example.com:31 28",
        "http://:3128",
        "http://me:planted-secret@:3128",
        "http://me:planted-secret@proxy.example.com",
        "http://me:planted-secret/x@proxy.example.com:3128",
        "http://me:12/planted-secret@proxy.example.com:3128",
        "http://me:planted-secret?@proxy.example.com:3128",
        "http://me:planted-secret#@proxy.example.com:3128",
        "http://me:100%planted-secret@proxy.example.com:3128",
        "http://me:planted-secret%@proxy.example.com:3128",
        "http://me:planted-secret%ff@proxy.example.com:3128",
        "http://me:planted-secret\n@proxy.example.com:3128",
        "http://proxy.example.com:3128/planted-secret",
        "http://pro xy.example.com:3128",
        "\"http://proxy.example.com:3128\"",
        "'http://proxy.example.com:3128'",
        "http://proxy..example.com:3128",
        "http://[::1:3128",
        "http://[nonsense]:3128",
        "http://a:1,http://b:2",
        "\u{fffd}",
    ] {
        for name in ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            let error = read(&[(name, wrong)]).err().unwrap_or_else(|| panic!("{wrong} is taken"));
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("proxy")), "{wrong}");
            assert!(error.message().contains(name) && !error.is_retryable(), "{error}");
            assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
        }
    }
    for good in
        ["http://[::1]:3128", "HTTP://Proxy.Example.com:3128/", "proxy_1.example.com:3128", "http://127.0.0.1:80"]
    {
        read(&[("ALL_PROXY", good)]).unwrap();
    }
}

#[test]
fn exceptions_are_hosts_suffixes_addresses_and_networks_with_ports_or_without() {
    let direct = |except: &str, url: &str| way(&[("ALL_PROXY", "http://p:1"), ("no_proxy", except)], url).is_none();
    for (except, inside, outside) in [
        ("example.com", "https://example.com", "https://notexample.com"),
        ("example.com", "https://tke.example.com", "https://example.com.evil.org"),
        (".example.com", "https://tke.example.com", "https://example.org"),
        ("*.example.com", "https://a.tke.example.com", "https://example.org"),
        ("EXAMPLE.com.", "https://TKE.example.COM", "https://example"),
        ("tke.example.com:8443", "https://tke.example.com:8443", "https://tke.example.com"),
        ("tke.example.com:443", "https://tke.example.com", "https://tke.example.com:8443"),
        ("10.0.0.0/8", "https://10.1.2.3:5443", "https://11.0.0.1"),
        ("10.1.2.0/23", "https://10.1.3.255", "https://10.1.4.0"),
        ("0.0.0.0/0", "https://192.0.2.1", "https://cloud.example.com"),
        ("192.0.2.1", "https://192.0.2.1", "https://192.0.2.10"),
        ("192.0.2.1:80", "http://192.0.2.1", "https://192.0.2.1"),
        ("::1", "https://[::1]", "https://[::2]"),
        ("[::1]:8443", "https://[::1]:8443", "https://[::1]"),
        ("2001:db8::/32", "https://[2001:db8:1::5]", "https://[2001:db9::5]"),
        ("a.example.com, b.example.com ,,c.example.com", "https://c.example.com", "https://d.example.com"),
        ("a.example.com b.example.com", "https://b.example.com", "https://d.example.com"),
        ("localhost", "https://localhost", "https://local"),
    ] {
        assert!(direct(except, inside), "{except} {inside}");
        assert!(!direct(except, outside), "{except} {outside}");
    }
    assert!(direct("x.org,*", "https://anything.example.com"));
    for wrong in [
        "10.*",
        "exa*mple.com",
        "<local>",
        "http://example.com",
        "10.0.0.0/33",
        "10.0.0/8",
        "a:b",
        "a.example.com;b",
        "::1/129",
        "a:0",
    ] {
        let error =
            read(&[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", &format!("example.com,{wrong}"))]).err().unwrap();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("proxy")), "{wrong}");
        assert!(error.message().contains("NO_PROXY") && error.message().contains("number 2"), "{error}");
    }
}

#[test]
fn errors_name_the_variable_of_a_proxy_and_no_password() {
    let set = [("HTTPS_PROXY", "http://me:planted@proxy.example.com:3128"), ("NO_PROXY", "inside.example.com")];
    let used = Used::Environment(Arc::new(read(&set).unwrap().unwrap()));
    let named = |url: &str| used.for_url(&url.parse().unwrap());
    let shown = named("https://tke.example.com/").unwrap();
    assert_eq!(shown, "the proxy proxy.example.com:3128 of the environment variable HTTPS_PROXY");
    assert_eq!(named("https://inside.example.com/"), None);
    assert_eq!(named("http://tke.example.com/"), None);
    assert!(!format!("{used:?}").contains("planted"), "{used:?}");
}
