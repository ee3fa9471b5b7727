//! Application triggers: what fires them and what they leave in the log.

use super::{Cloud, HOUR, ONE, key, refused};
use wharf::tcr::registry::Request;
use wharf::tcr::registry::operations::CreateApplicationTriggerPersonal;
use wharf::tcr::types::{TriggerInvokeMethod, TriggerLogResp, TriggerResp, WorkloadType};
use wharf::tke;

/// A trigger of `team/app` for a Deployment in a cluster that is not there.
pub(super) fn trigger(
    cloud: &Cloud,
    name: &str,
    method: &str,
    expression: &str,
) -> Request<CreateApplicationTriggerPersonal> {
    cloud
        .one
        .create_application_trigger_personal("cls-12345678")
        .repo_name("team/app")
        .trigger_name(name)
        .invoke_method(method)
        .invoke_expr(expression)
        .namespace("default")
        .workload_type(WorkloadType::Deployment)
        .workload_name("web")
        .container_name("main")
        .cluster_region(1)
}

async fn listed(cloud: &Cloud, repository: Option<&str>, name: Option<&str>) -> Vec<TriggerResp> {
    let mut request = cloud.one.describe_application_trigger_personal();
    if let Some(repository) = repository {
        request = request.repo_name(repository);
    }
    if let Some(name) = name {
        request = request.trigger_name(name);
    }
    let data = request.send().await.unwrap().data;
    assert_eq!(data.total_count, i64::try_from(data.trigger_info.len()).unwrap(), "total and list");
    data.trigger_info
}

fn names(triggers: &[TriggerResp]) -> String {
    triggers.iter().filter_map(|trigger| trigger.trigger_name.as_deref()).collect::<Vec<_>>().join(" ")
}

/// The log as `trigger/tag`, in an order, of a repository.
async fn log(cloud: &Cloud, order: Option<(&str, &str)>, repository: Option<&str>) -> Vec<TriggerLogResp> {
    let mut request = cloud.one.describe_application_trigger_log_personal();
    if let Some((direction, column)) = order {
        request = request.order(direction).order_by(column);
    }
    if let Some(repository) = repository {
        request = request.repo_name(repository);
    }
    let data = request.send().await.unwrap().data;
    assert_eq!(data.total_count, i64::try_from(data.log_info.len()).unwrap(), "total and list");
    data.log_info
}

fn runs(log: &[TriggerLogResp]) -> String {
    let run = |run: &TriggerLogResp| {
        format!("{}/{}", run.trigger_name.as_deref().unwrap_or(""), run.tag_name.as_deref().unwrap_or(""))
    };
    log.iter().map(run).collect::<Vec<_>>().join(" ")
}

pub(super) async fn triggers_are_made_listed_changed_and_deleted(cloud: &Cloud) {
    cloud.repository("team/web").await;
    trigger(cloud, "first", "taglist", "v1;v2").send().await.unwrap();
    trigger(cloud, "second", "all", "").repo_name("team/web").send().await.unwrap();
    let all = listed(cloud, None, None).await;
    assert_eq!(names(&all), "first second");
    let made = all[0].clone();
    assert_eq!(made.create_time.as_deref(), Some("2024-06-01 08:00:00"));
    let condition = made.invoke_condition.unwrap();
    assert_eq!(
        (condition.invoke_method, condition.invoke_expr.as_deref()),
        (TriggerInvokeMethod::TagList, Some("v1;v2"))
    );
    let workload = made.invoke_para.unwrap();
    assert_eq!(workload.cluster_id.as_deref(), Some("cls-12345678"));
    assert_eq!(workload.service_name.as_deref(), Some("Deployment:web"));
    assert_eq!((workload.container_name.as_deref(), workload.cluster_region), (Some("main"), Some(1)));
    assert_eq!(names(&listed(cloud, Some("team/web"), None).await), "second");
    assert_eq!(names(&listed(cloud, None, Some("first")).await), "first");
    assert_eq!(names(&listed(cloud, Some("team/web"), Some("first")).await), "");
    assert_eq!(cloud.two.describe_application_trigger_personal().send().await.unwrap().data.total_count, 0);
    let twice = refused(trigger(cloud, "first", "all", ""), "first").await;
    assert_eq!(twice, "InvalidParameter.ErrTriggerExist");

    cloud.server.advance(HOUR);
    let change = cloud
        .one
        .modify_application_trigger_personal()
        .trigger_name("first")
        .new_trigger_name("third")
        .repo_name("team/web")
        .invoke_method(TriggerInvokeMethod::Regex)
        .invoke_expr("^v[0-9]+$")
        .workload_type(WorkloadType::StatefulSet)
        .workload_name("db")
        .cluster_region(4);
    change.send().await.unwrap();
    assert_eq!(names(&listed(cloud, None, None).await), "third second");
    let changed = listed(cloud, Some("team/web"), Some("third")).await.remove(0);
    assert_eq!(changed.create_time.as_deref(), Some("2024-06-01 08:00:00"));
    assert_eq!(changed.update_time.as_deref(), Some("2024-06-01 09:00:00"));
    assert_eq!(changed.invoke_condition.unwrap().invoke_method, TriggerInvokeMethod::Regex);
    let workload = changed.invoke_para.unwrap();
    assert_eq!((workload.service_name.as_deref(), workload.cluster_region), (Some("StatefulSet:db"), Some(4)));
    assert_eq!(
        (workload.namespace.as_deref(), workload.cluster_id.as_deref()),
        (Some("default"), Some("cls-12345678"))
    );
    let taken = cloud.one.modify_application_trigger_personal().trigger_name("third").new_trigger_name("second");
    assert_eq!(refused(taken, "second").await, "ResourceInUse");

    cloud.one.delete_application_trigger_personal().trigger_name("second").send().await.unwrap();
    assert_eq!(names(&listed(cloud, None, None).await), "third");
    let gone = cloud.one.delete_application_trigger_personal().trigger_name("second");
    assert_eq!(refused(gone, "second").await, "ResourceNotFound.ErrNoTrigger");
}

pub(super) async fn a_push_fires_triggers_and_leaves_logs(cloud: &Cloud) {
    cloud.repository("team/web").await;
    trigger(cloud, "every", "all", "").send().await.unwrap();
    trigger(cloud, "listed", "taglist", "v1,v3").send().await.unwrap();
    trigger(cloud, "shaped", "regex", r"^v[12]$").send().await.unwrap();
    trigger(cloud, "a-web", "all", "").repo_name("team/web").send().await.unwrap();
    assert_eq!(log(cloud, None, None).await, []);
    for tag in ["v1", "v2", "v3"] {
        cloud.push("team/app", tag, tag);
        cloud.server.advance(HOUR);
    }
    cloud.push("team/web", "w1", "web");
    let oldest_first = "every/v1 listed/v1 shaped/v1 every/v2 shaped/v2 every/v3 listed/v3";
    assert_eq!(runs(&log(cloud, Some(("asc", "invoke_time")), Some("team/app")).await), oldest_first);
    let all = log(cloud, None, None).await;
    assert!(runs(&all).starts_with("a-web/w1 listed/v3 every/v3 "), "newest first: {}", runs(&all));
    let by_name = log(cloud, Some(("asc", "trigger_name")), None).await;
    assert_eq!(runs(&by_name), "a-web/w1 every/v1 every/v2 every/v3 listed/v1 listed/v3 shaped/v1 shaped/v2");
    let by_tag = log(cloud, Some(("desc", "tag_name")), Some("team/app")).await;
    assert_eq!(runs(&by_tag), "listed/v3 every/v3 shaped/v2 every/v2 shaped/v1 listed/v1 every/v1");
    let by_repository = log(cloud, Some(("desc", "repo_name")), None).await;
    assert_eq!(by_repository[0].repo_name.as_deref(), Some("team/web"));

    let run = all.iter().find(|run| run.tag_name.as_deref() == Some("v2")).unwrap();
    assert_eq!(run.invoke_time.as_deref(), Some("2024-06-01 09:00:00"));
    assert_eq!(run.invoke_source.as_deref(), Some("IMAGE_PUSH"));
    let result = run.invoke_result.clone().unwrap();
    assert_eq!(result.return_code, Some(1));
    assert!(result.return_msg.unwrap().contains("cls-12345678 does not exist"));

    // Copies and triggers that are gone fire nothing; what was done stays on record.
    let copy = cloud.one.duplicate_image_personal().src_image("team/app:v1").dest_image("team/app:v9");
    copy.send().await.unwrap();
    for name in ["every", "listed", "shaped"] {
        cloud.one.delete_application_trigger_personal().trigger_name(name).send().await.unwrap();
    }
    cloud.push("team/app", "v1", "again");
    assert_eq!(log(cloud, None, None).await, all);
    let theirs = cloud.two.describe_application_trigger_log_personal().send().await.unwrap().data;
    assert_eq!((theirs.total_count, theirs.log_info.len()), (0, 0));
}

pub(super) async fn a_trigger_updates_a_running_cluster(cloud: &Cloud) {
    let connection = tke::Connection::builder()
        .region(cloud.server.region())
        .credentials(key(ONE))
        .transport(cloud.server.transport())
        .build()
        .unwrap();
    let create = connection
        .clusters()
        .create_cluster()
        .cluster_type("MANAGED_CLUSTER")
        .cluster_basic_settings(|basic| basic.vpc_id("vpc-default0"))
        .cluster_cidr_settings(|cidr| cidr.cluster_cidr("172.16.0.0/16"));
    let cluster = create.send().await.unwrap().cluster_id;
    trigger(cloud, "deploy", "all", "").send().await.unwrap();
    cloud.one.modify_application_trigger_personal().trigger_name("deploy").cluster_id(&cluster).send().await.unwrap();
    cloud.push("team/app", "v1", "one");
    cloud.server.advance(HOUR);
    cloud.push("team/app", "v2", "two");
    let log = log(cloud, Some(("asc", "invoke_time")), None).await;
    let result = |run: usize| {
        let result = log[run].invoke_result.clone().unwrap();
        (result.return_code.unwrap(), result.return_msg.unwrap())
    };
    assert_eq!(result(0), (1, format!("cluster {cluster} is not running")));
    assert_eq!(result(1).0, 0);
}

pub(super) async fn a_repository_takes_its_triggers_and_logs_along(cloud: &Cloud) {
    cloud.repository("team/web").await;
    trigger(cloud, "app", "all", "").send().await.unwrap();
    trigger(cloud, "web", "all", "").repo_name("team/web").send().await.unwrap();
    cloud.push("team/app", "v1", "one");
    cloud.push("team/web", "v1", "one");
    cloud.one.delete_repository_personal().repo_name("team/app").send().await.unwrap();
    assert_eq!(names(&listed(cloud, None, None).await), "web");
    assert_eq!(runs(&log(cloud, None, None).await), "web/v1");
    cloud.one.delete_namespace_personal().namespace("team").send().await.unwrap();
    assert_eq!(listed(cloud, None, None).await, []);
    assert_eq!(log(cloud, None, None).await, []);
}
