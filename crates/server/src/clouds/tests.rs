#![allow(clippy::unwrap_used)]
use super::*;
use crate::Server;
use wharf_core::credentials::Credentials;

#[tokio::test]
async fn a_key_names_one_cloud() {
    let server = Server::builder().without_socket().max_clouds(3).start().await.unwrap();
    let one = server.new_cloud().start().unwrap();
    let two = server.new_cloud().credentials(&Credentials::new("AKIDtwo", "secret")).start().unwrap();
    let tag = |cloud: &crate::Cloud| cloud.gateway.tag;
    let picked = |named: Option<Named>| server.clouds.pick(named.as_ref()).unwrap().tag;
    assert_eq!(picked(Some(Named::Key(one.key()))), tag(&one));
    assert_eq!(picked(Some(Named::Key("AKIDtwo".into()))), tag(&two));
    assert_eq!(picked(Some(Named::Key("AKIDnobody".into()))), tag(&server));
    assert_eq!(picked(None), tag(&server));
    // Tokens and temporary keys contain the tag of their cloud.
    assert_eq!(picked(Some(Named::Token(format!("MII{}0123456789", tag(&two))))), tag(&two));
    assert_eq!(picked(Some(Named::Key(format!("STS.{}0123456789", tag(&one))))), tag(&one));
    for other in ["", "MII", "MIIzzzzzzzz", "MIIé1234567", "MIIffffffff"] {
        assert_eq!(picked(Some(Named::Token(other.into()))), tag(&server), "{other}");
    }
    let user = two.iam_user();
    let login = |password: &str| {
        let (name, domain) = (user.name.clone(), user.domain.clone());
        Some(Named::Login { name, domain, password: password.to_owned().into() })
    };
    assert_eq!(picked(login(user.password.expose())), tag(&two));
    assert_eq!(picked(login("wrong")), tag(&server));

    let full = server.new_cloud().start().unwrap_err();
    assert!(full.to_string().contains("there are 3 clouds"), "{full}");
    one.end().unwrap();
    assert!(one.end().unwrap_err().message.contains("no cloud has the key"));
    assert_eq!(picked(Some(Named::Key(one.key()))), tag(&server));
    let later = server.new_cloud().start().unwrap();
    assert_ne!(tag(&later), tag(&one));
    assert!(server.end().unwrap_err().message.contains("first cloud"));
}

#[tokio::test]
async fn no_two_clouds_have_a_key() {
    let server = Server::builder().without_socket().start().await.unwrap();
    let one = server.new_cloud().start().unwrap();
    for taken in [one.credentials(), server.credentials()] {
        assert_eq!(server.new_cloud().credentials(&taken).start().unwrap_err().place, "credentials.id");
        let other = if taken.id() == one.key() { server.cloud() } else { &one };
        assert_eq!(other.add_key(None, Some(taken.clone())).unwrap_err().place, "credentials.id");
        let sub = SubAccount::new("reader", taken);
        assert_eq!(other.add_sub_account(sub).unwrap_err().place, "credentials.id");
    }
    let added = one.add_key(Some("42"), None).unwrap();
    assert_eq!(server.cloud_of(added.id()).unwrap().key(), one.key());
    one.remove_key(added.id()).unwrap();
    assert!(server.cloud_of(added.id()).is_none());
    assert_eq!(one.remove_key(added.id()).unwrap_err().place, "id");
    assert!(one.remove_key(&one.key()).unwrap_err().message.contains("first key"));
    one.add_key(None, None).unwrap();
    one.reset();
    assert_eq!(one.gateway.accounts.keys().len(), 1);
}
