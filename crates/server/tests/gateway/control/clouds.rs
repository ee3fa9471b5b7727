//! Clouds, accounts, faults, mishaps and images over HTTP.

use super::{call, get, manual, new_cluster};
use crate::client::Call;
use serde_json::{Value, json};
use wharf_core::credentials::Credentials;
use wharf_server::Server;

fn credentials(json: &Value) -> Credentials {
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    Credentials::new(text("id"), text("secret"))
}

async fn clusters(server: &Server, credentials: &Credentials) -> (String, Value) {
    let answer = Call::tke("DescribeClusters", json!({})).with(|call| call.credentials = Some(credentials.clone()));
    let answer = answer.send(server).await;
    (answer.code(), answer.json()["TotalCount"].clone())
}

#[tokio::test]
async fn a_cloud_is_made_used_and_ended() {
    let server = manual().await;
    let (status, facts) = call(&server, "POST", "clouds", &json!({"speed": "manual"})).await;
    assert_eq!(status, 201, "{facts}");
    assert_eq!(facts["endpoint"], server.endpoint());
    let own = credentials(&facts["credentials"]);
    let create = Call::tke("CreateCluster", new_cluster()).with(|call| call.credentials = Some(own.clone()));
    assert_eq!(create.send(&server).await.code(), "");
    assert_eq!(clusters(&server, &own).await, (String::new(), json!(1)));
    assert_eq!(clusters(&server, &server.credentials()).await, (String::new(), json!(0)));

    let key = own.id().to_owned();
    let (_, moved) = call(&server, "POST", &format!("clock?cloud={key}"), &json!({"advance": 3600})).await;
    let (_, first) = get(&server, "clock").await;
    assert!(moved["time"].as_str() > first["time"].as_str(), "{moved} {first}");
    let fault = json!({"effect": {"kind": "refuse", "code": "InternalError"}, "times": 1});
    let (status, added) = call(&server, "POST", &format!("faults?cloud={key}"), &fault).await;
    assert_eq!(status, 201, "{added}");
    assert_eq!(clusters(&server, &server.credentials()).await.0, "");
    assert_eq!(clusters(&server, &own).await.0, "InternalError");
    let (_, journal) = get(&server, &format!("journal?cloud={key}&operation=DescribeClusters")).await;
    assert_eq!(journal["entries"].as_array().unwrap().len(), 2, "{journal}");
    let (_, list) = get(&server, "clouds").await;
    assert_eq!(list["clouds"].as_array().unwrap().len(), 2, "{list}");

    assert_eq!(call(&server, "DELETE", &format!("clouds/{key}"), &json!({})).await.0, 204);
    assert_eq!(clusters(&server, &own).await.0, "AuthFailure.SecretIdNotFound");
    let (status, answer) = call(&server, "DELETE", &format!("clouds/{}", server.key()), &json!({})).await;
    assert_eq!((status, &answer["error"]["place"]), (409, &json!("key")), "{answer}");
}

#[tokio::test]
async fn there_are_only_so_many_clouds() {
    let server = Server::builder().max_clouds(2).start().await.unwrap();
    assert_eq!(call(&server, "POST", "clouds", &json!({})).await.0, 201);
    let (status, answer) = call(&server, "POST", "clouds", &json!({})).await;
    assert_eq!(status, 429, "{answer}");
}

#[tokio::test]
async fn keys_and_sub_accounts_are_added_while_it_runs() {
    let server = manual().await;
    let (_, key) = call(&server, "POST", "accounts", &json!({"account": "42"})).await;
    let other = credentials(&key["credentials"]);
    let create = Call::tke("CreateCluster", new_cluster()).with(|call| call.credentials = Some(other.clone()));
    assert_eq!(create.send(&server).await.code(), "");
    assert_eq!(clusters(&server, &server.credentials()).await.1, 0);
    let statement = json!([{"effect": "allow", "action": "ccs:Describe*", "resource": "*"}]);
    let policy = json!({"vendor": "tencent", "document": {"version": "2.0", "statement": statement}});
    let reader = json!({"name": "reader", "account": "42", "policies": [policy]});
    let (status, added) = call(&server, "POST", "accounts/sub-accounts", &reader).await;
    assert_eq!(status, 201, "{added}");
    let sub = credentials(&added["credentials"]);
    assert_eq!(clusters(&server, &sub).await, (String::new(), json!(1)));
    let create = Call::tke("CreateCluster", new_cluster()).with(|call| call.credentials = Some(sub.clone()));
    let code = create.send(&server).await.code();
    assert!(code.contains("Unauthorized"), "{code}");
    let (_, list) = get(&server, "accounts").await;
    let account = list["accounts"].as_array().unwrap().iter().find(|account| account["account"] == "42").unwrap();
    assert_eq!(account["sub_accounts"][0]["policies"][0], policy);
    assert_eq!(call(&server, "DELETE", &format!("accounts/keys/{}", sub.id()), &json!({})).await.0, 204);
    assert_eq!(clusters(&server, &sub).await.0, "AuthFailure.SecretIdNotFound");
    let (status, again) = call(&server, "POST", "accounts/sub-accounts", &reader).await;
    assert_eq!(status, 201, "{again}");
}

#[tokio::test]
async fn a_machine_breaks_is_repaired_and_reclaimed() {
    let server = manual().await;
    let machine = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": 2,
        "VirtualPrivateCloud": {"VpcId": "vpc-default0", "SubnetId": "subnet-default1"}});
    let created = Call::tke("CreateCluster", new_cluster()).send(&server).await.json();
    server.advance(std::time::Duration::from_secs(60));
    let instances = json!({"ClusterId": created["ClusterId"], "RunInstancePara": machine.to_string()});
    let added = Call::tke("CreateClusterInstances", instances).send(&server).await;
    assert_eq!(added.code(), "", "{}", added.message());
    server.advance(std::time::Duration::from_secs(60));
    let nodes = |state: &Value| state["clusters"][0]["nodes"].as_array().unwrap().clone();
    let (_, state) = get(&server, "state").await;
    let node = nodes(&state)[0].clone();
    assert_eq!((node["ready"].clone(), node["condition"].clone()), (json!(true), json!("running")));
    let name = node["machine"].clone();
    let breaks = json!({"kind": "node_breaks", "node": name, "fault": "runtime"});
    let (status, done) = call(&server, "POST", "mishaps", &breaks).await;
    assert_eq!((status, &done["changed"]), (200, &json!([name])), "{done}");
    let (_, state) = get(&server, "state").await;
    assert_eq!((&nodes(&state)[0]["ready"], &nodes(&state)[0]["faults"]), (&json!(false), &json!(["runtime"])));
    assert_eq!(call(&server, "POST", "mishaps", &breaks).await.0, 409);
    let repair = json!({"kind": "node_repaired", "node": node["name"]});
    assert_eq!(call(&server, "POST", "mishaps", &repair).await.0, 200);
    assert_eq!(call(&server, "POST", "mishaps", &repair).await.0, 409);
    let (_, state) = get(&server, "state").await;
    assert_eq!(nodes(&state)[0]["ready"], true);
    let reclaim = json!({"kind": "machine_reclaimed", "node": name});
    assert_eq!(call(&server, "POST", "mishaps", &reclaim).await.0, 200);
    server.advance(std::time::Duration::from_secs(60));
    let (_, state) = get(&server, "state").await;
    assert_eq!(nodes(&state).len(), 1, "{state}");
}

#[tokio::test]
async fn a_zone_without_stock_sells_nothing() {
    let server = manual().await;
    let sold_out = json!({"kind": "sold_out", "product": "tke", "zone": "ap-guangzhou-1"});
    let (status, done) = call(&server, "POST", "mishaps", &sold_out).await;
    assert_eq!((status, &done["changed"]), (200, &json!(["ap-guangzhou-1/*"])), "{done}");
    let created = Call::tke("CreateCluster", new_cluster()).send(&server).await.json();
    server.advance(std::time::Duration::from_secs(60));
    let machine = json!({"InstanceType": "S5.MEDIUM4", "InstanceCount": 1,
        "VirtualPrivateCloud": {"VpcId": "vpc-default0", "SubnetId": "subnet-default1"}});
    let instances = json!({"ClusterId": created["ClusterId"], "RunInstancePara": machine.to_string()});
    let refused = Call::tke("CreateClusterInstances", instances.clone()).send(&server).await;
    assert_ne!(refused.code(), "");
    let in_stock = json!({"kind": "in_stock", "product": "tke", "zone": "ap-guangzhou-1"});
    assert_eq!(call(&server, "POST", "mishaps", &in_stock).await.0, 200);
    assert_eq!(Call::tke("CreateClusterInstances", instances).send(&server).await.code(), "");
}
