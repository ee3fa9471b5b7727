use super::*;

#[test]
fn white_space_is_changed_outside_of_strings_alone() {
    assert_eq!(respaced(r#"{"A": "b, c: \" d", "E": [1, 2]}"#, ""), r#"{"A":"b, c: \" d","E":[1,2]}"#);
    assert_eq!(respaced(r#"{"A":"b,c:\\","E":[1,2]}"#, " "), r#"{"A": "b,c:\\", "E": [1, 2]}"#);
}

#[test]
fn escapes_are_those_of_json_and_of_urls() {
    assert_eq!(escaped("a集𝄞"), "a\\u96c6\\ud834\\udd1e");
    assert_eq!(small_escapes("A%2FB%E9C%"), "A%2fB%e9C%");
}

#[test]
fn hosts_of_other_vendors_are_left_out() {
    let own = ["cs.aliyuncs.com".to_owned()];
    let found = hosts("alibaba", "127.0.0.1:80", "TKE.tencentcloudapi.com", &own);
    assert!(found.contains(&own[0]) && found.contains(&"localhost:80".to_owned()));
    assert!(found.iter().all(|host| !host.to_lowercase().contains("tencent")), "{found:?}");
}

#[test]
fn no_wrong_secret_is_the_right_one() {
    let secrets = Secrets { id: "id".to_owned(), secret: "abc".to_owned(), others: vec!["other".to_owned()] };
    let wrong = secrets.wrong();
    assert!(wrong.iter().all(|(_, secret)| secret != "abc"));
    assert!(wrong.iter().any(|(_, secret)| secret == "other"));
}

#[test]
fn texts_in_other_charsets_have_their_bytes() {
    assert_eq!(*Charset::Gbk.bytes("集a"), [0xbc, 0xaf, b'a']);
    assert_eq!(*Charset::Latin1.bytes("é集"), [0xe9, b'?']);
}
