//! What acts on the images of an instance: webhooks, rules of retention, immutable tags, replication.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const REPOSITORY: &str = "demo/team/web";

/// A listener that answers every request with the status, and passes on what it received.
pub(super) async fn listener(status: u16) -> (String, mpsc::UnboundedReceiver<String>) {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", socket.local_addr().unwrap());
    let (send, receive) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            let mut text = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                text.extend_from_slice(&buffer[..read]);
                let whole = String::from_utf8_lossy(&text).into_owned();
                let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
                let length = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
                if read == 0 || body.len() >= length.unwrap_or(0) {
                    break;
                }
            }
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
            if send.send(String::from_utf8(text).unwrap()).is_err() {
                return;
            }
        }
    });
    (address, receive)
}

pub(super) fn trigger(name: &str, address: &str, events: &[&str], condition: &str) -> Value {
    json!({
        "Namespace": "team",
        "Trigger": {
            "Name": name, "EventTypes": events, "Condition": condition, "Enabled": true, "Id": 0, "Description": "",
            "NamespaceId": 0,
            "Targets": [{"Address": address, "Headers": [{"Key": "X-Secret", "Values": ["planted-secret"]}]}],
        },
    })
}

pub(super) async fn received(requests: &mut mpsc::UnboundedReceiver<String>) -> (String, Value) {
    let request = tokio::time::timeout(Duration::from_secs(20), requests.recv()).await.unwrap().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn webhooks_are_told_of_pushes_pulls_and_deletions() {
    let cloud = Cloud::new().await;
    let (address, mut requests) = listener(200).await;
    let events = ["pushImage", "pullImage", "deleteImage"];
    let made = cloud.call("CreateWebhookTrigger", trigger("all", &address, &events, "web:v")).await;
    let hook = made["Trigger"]["Id"].as_i64().unwrap();
    let image = Image::of(&["one"]);
    cloud.push("demo/team/other", "v1", &image).await;
    cloud.push(REPOSITORY, "v1", &image).await;
    let (head, body) = received(&mut requests).await;
    assert!(head.starts_with("POST /hook HTTP/1.1"), "{head}");
    assert!(head.to_ascii_lowercase().contains("x-secret: planted-secret"), "{head}");
    assert_eq!((&body["type"], &body["operator"]), (&json!("pushImage"), &json!(cloud.account)));
    assert_eq!(
        body["event_data"]["resources"],
        json!([{
            "digest": image.manifest.digest, "tag": "v1", "resource_url": "demo.tencentcloudcr.com/team/web:v1",
        }])
    );
    assert_eq!(body["event_data"]["repository"]["repo_full_name"], "team/web");
    let token = cloud.token(REPOSITORY).await;
    cloud.get(&format!("/v2/{REPOSITORY}/manifests/v1"), &token).await;
    assert_eq!(received(&mut requests).await.1["type"], "pullImage");
    let image = json!({"NamespaceName": "team", "RepositoryName": "web", "ImageVersion": "v1"});
    cloud.call("DeleteImage", image).await;
    assert_eq!(received(&mut requests).await.1["type"], "deleteImage");
    // The log has them, the newest first.
    let mut log = Value::Null;
    for _ in 0..100 {
        log = cloud.call("DescribeWebhookTriggerLog", json!({"Namespace": "team", "Id": hook})).await;
        if log["Logs"][0]["Status"] == "Success" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let kinds: Vec<&str> =
        log["Logs"].as_array().unwrap().iter().map(|one| one["EventType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["deleteImage", "pullImage", "pushImage"]);
    assert_eq!((&log["TotalCount"], &log["Logs"][0]["Status"]), (&json!(3), &json!("Success")));
    cloud.call("DeleteWebhookTrigger", json!({"Namespace": "team", "Id": hook})).await;
    let list = cloud.call("DescribeWebhookTrigger", json!({})).await;
    assert_eq!(list["TotalCount"], 0);
}

#[tokio::test]
async fn a_webhook_that_fails_is_in_the_log() {
    let cloud = Cloud::new().await;
    let (address, mut requests) = listener(500).await;
    cloud.call("CreateWebhookTrigger", trigger("failing", &address, &["pushImage"], "")).await;
    cloud.push(REPOSITORY, "v1", &Image::of(&["one"])).await;
    received(&mut requests).await;
    let mut status = Value::Null;
    for _ in 0..100 {
        let log = cloud.call("DescribeWebhookTriggerLog", json!({"Namespace": "team"})).await;
        status = log["Logs"][0]["Status"].clone();
        if status != "Pending" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status, "Error");
    for (input, code) in [
        (trigger("failing", &address, &["pushImage"], ""), "InvalidParameter.ErrorTcrInvalidParameter"),
        (trigger("x", "ftp://example.com", &["pushImage"], ""), "InvalidParameter.ErrorTcrInvalidParameter"),
        (trigger("x", &address, &["pushed"], ""), "InvalidParameter.ErrorTcrInvalidParameter"),
        (trigger("x", &address, &["pushImage"], "("), "InvalidParameter.ErrorTcrInvalidParameter"),
    ] {
        assert_eq!(cloud.code("CreateWebhookTrigger", input).await, code);
    }
}

#[tokio::test]
async fn a_rule_of_retention_removes_what_it_does_not_keep() {
    let cloud = Cloud::new().await;
    for tag in ["v1", "v2", "v3", "release"] {
        cloud.push(REPOSITORY, tag, &Image::of(&[tag])).await;
        cloud.server.advance(Duration::from_secs(60));
    }
    let namespace = cloud.call("DescribeNamespaces", json!({})).await["NamespaceList"][0]["NamespaceId"].clone();
    let rule = |cron: &str| {
        json!({
            "NamespaceId": namespace, "CronSetting": cron,
            "AdvancedRuleItems": [
                {"RetentionPolicy": {"Key": "latestPushedK", "Value": 1},
                 "TagFilter": {"Decoration": "matches", "Pattern": "v*"},
                 "RepositoryFilter": {"Decoration": "repoMatches", "Pattern": "**"}},
                {"RetentionPolicy": {"Key": "nDaysSinceLastPush", "Value": 2},
                 "TagFilter": {"Decoration": "matches", "Pattern": "release"}},
            ],
        })
    };
    cloud.call("CreateTagRetentionRule", rule("manual")).await;
    assert_eq!(cloud.code("CreateTagRetentionRule", rule("manual")).await, "InternalError.ErrConflict");
    let policies = cloud.call("DescribeTagRetentionRules", json!({"NamespaceName": "team"})).await;
    let id = policies["RetentionPolicyList"][0]["RetentionId"].clone();
    cloud.call("CreateTagRetentionExecution", json!({"RetentionId": id, "DryRun": true})).await;
    assert_eq!(cloud.tags("team", "web").await.len(), 4);
    let before = cloud.server.layer_bytes();
    cloud.call("CreateTagRetentionExecution", json!({"RetentionId": id})).await;
    assert_eq!(cloud.tags("team", "web").await, ["release", "v3"]);
    assert!(cloud.server.layer_bytes() < before);
    let executions = cloud.call("DescribeTagRetentionExecution", json!({"RetentionId": id})).await;
    assert_eq!(executions["TotalCount"], 2);
    let execution = executions["RetentionExecutionList"][0]["ExecutionId"].clone();
    let tasks = json!({"RetentionId": id, "ExecutionId": execution});
    let tasks = cloud.call("DescribeTagRetentionExecutionTask", tasks).await;
    let task = &tasks["RetentionTaskList"][0];
    assert_eq!((&task["Repository"], &task["Total"], &task["Retained"]), (&json!("team/web"), &json!(4), &json!(2)));

    // A daily rule is executed by itself, at midnight.
    let mut daily = rule("daily");
    daily["RetentionId"] = id.clone();
    cloud.call("ModifyTagRetentionRule", daily).await;
    cloud.server.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(cloud.tags("team", "web").await, ["release", "v3"]);
    cloud.server.advance(Duration::from_secs(3 * 24 * 60 * 60));
    assert_eq!(cloud.tags("team", "web").await, ["v3"]);
    cloud.call("DeleteTagRetentionRule", json!({"RetentionId": id})).await;
    assert_eq!(cloud.code("DeleteTagRetentionRule", json!({"RetentionId": id})).await, "ResourceNotFound");
    let mut wrong = rule("hourly");
    assert_eq!(cloud.code("CreateTagRetentionRule", wrong.clone()).await, "InvalidParameter");
    wrong["CronSetting"] = json!("daily");
    wrong["AdvancedRuleItems"][0]["RetentionPolicy"]["Key"] = json!("always");
    assert_eq!(cloud.code("CreateTagRetentionRule", wrong).await, "InvalidParameter");
}

#[tokio::test]
async fn an_immutable_tag_neither_moves_nor_goes() {
    let cloud = Cloud::new().await;
    let rule = |tags: &str| {
        json!({
            "NamespaceName": "team",
            "Rule": {
                "RepositoryPattern": "**", "RepositoryDecoration": "repoMatches", "TagPattern": tags,
                "TagDecoration": "matches", "Disabled": false, "RuleId": 0, "NsName": "team",
            },
        })
    };
    cloud.call("CreateImmutableTagRules", rule("v*")).await;
    let image = Image::of(&["one"]);
    cloud.push(REPOSITORY, "v1", &image).await;
    // The same image again is no change.
    cloud.push(REPOSITORY, "v1", &image).await;
    let other = Image::of(&["two"]);
    cloud.push(REPOSITORY, "dev", &other).await;
    let token = cloud.token(REPOSITORY).await;
    assert_eq!(refusal(cloud.put_manifest(REPOSITORY, "v1", &token, &other).await, 412).await, "DENIED");
    let delete = cloud.request(Method::DELETE, &format!("/v2/{REPOSITORY}/manifests/v1"), &token).send().await.unwrap();
    assert_eq!(refusal(delete, 412).await, "DENIED");
    let tags = json!({"NamespaceName": "team", "RepositoryName": "web", "Tags": ["dev", "v1"]});
    assert_eq!(cloud.code("DeleteRepositoryTags", tags.clone()).await, "FailedOperation.PreconditionFailed");
    assert_eq!(cloud.tags("team", "web").await, ["dev", "v1"]);
    let rules = cloud.call("DescribeImmutableTagRules", json!({})).await;
    let id = rules["Rules"][0]["RuleId"].clone();
    cloud.call("DeleteImmutableTagRules", json!({"NamespaceName": "team", "RuleId": id})).await;
    cloud.call("DeleteRepositoryTags", tags).await;
    assert!(cloud.tags("team", "web").await.is_empty());
}

#[tokio::test]
async fn an_image_is_copied_to_another_instance_with_its_layers() {
    let cloud = Cloud::new().await;
    let input = json!({"RegistryName": "mirror", "RegistryType": "basic"});
    let mirror = cloud.call("CreateInstance", input).await["RegistryId"].as_str().unwrap().to_owned();
    cloud.server.advance(Duration::from_secs(60));
    let rule = json!({
        "SourceRegistryId": cloud.id, "DestinationRegistryId": mirror,
        "Rule": {
            "Name": "copies", "DestNamespace": "copies", "Override": true, "Deletion": true,
            "Filters": [{"Type": "name", "Value": "team/**"}, {"Type": "tag", "Value": "v*"}],
        },
    });
    cloud.call("ManageReplication", rule.clone()).await;
    assert_eq!(cloud.code("ManageReplication", rule).await, "InternalError.ErrorTcrResourceConflict");
    let image = Image::of(&["one", "two"]);
    cloud.push(REPOSITORY, "v1", &image).await;
    cloud.push(REPOSITORY, "dev", &Image::of(&["dev"])).await;

    let password = cloud.call("CreateInstanceToken", json!({"RegistryId": mirror})).await;
    let password = password["Token"].as_str().unwrap().to_owned();
    let scope = "repository:mirror/copies/web:pull";
    let token = token_of(cloud.token_for(&cloud.account, &password, &[scope]).await).await;
    let manifest = cloud.get("/v2/mirror/copies/web/manifests/v1", &token).await;
    assert_eq!(manifest.bytes().await.unwrap(), image.manifest.bytes);
    for blob in image.blobs() {
        let read = cloud.get(&format!("/v2/mirror/copies/web/blobs/{}", blob.digest), &token).await;
        assert_eq!(read.bytes().await.unwrap(), blob.bytes);
    }
    let copies = json!({"RegistryId": mirror, "NamespaceName": "copies", "RepositoryName": "web"});
    let list = cloud.call("DescribeImages", copies.clone()).await;
    assert_eq!((&list["TotalCount"], &list["ImageInfoList"][0]["ImageVersion"]), (&json!(1), &json!("v1")));
    let runs = cloud.call("DescribeReplicationExecutions", json!({})).await;
    assert_eq!((&runs["TotalCount"], &runs["ReplicationExecutionList"][0]["Status"]), (&json!(1), &json!("Succeed")));
    let tasks = json!({"ExecutionId": runs["ReplicationExecutionList"][0]["ExecutionID"]});
    let tasks = cloud.call("DescribeReplicationTasks", tasks).await;
    assert_eq!(tasks["ReplicationTaskList"][0]["DstResource"], "copies/web:v1");
    // The copy stays when the original's layers go, and goes with the original's tag.
    let tag = json!({"NamespaceName": "team", "RepositoryName": "web", "ImageVersion": "v1"});
    cloud.call("DeleteImage", tag).await;
    assert_eq!(cloud.call("DescribeImages", copies).await["TotalCount"], 0);
    let other = json!({"SourceRegistryId": cloud.id, "RuleName": "copies"});
    cloud.call("DeleteReplicationRule", other.clone()).await;
    assert_eq!(cloud.code("DeleteReplicationRule", other).await, "ResourceNotFound");
}
