//! Triggers: a push to a repository updates a service.

use super::{ACCOUNT, Cloud, REGISTRY, refused, seen, set};
use futures_util::TryStreamExt;
use wharf::ErrorKind;
use wharf::ccs::registry::Request;
use wharf::ccs::registry::operations::AddUpdateServiceTrigger;
use wharf::ccs::types::{InvokeAction, InvokeMethod, InvokeSource};

scenarios! {
    a_push_updates_the_service,
    triggers_are_listed,
}

impl Cloud {
    fn trigger(&self, name: &str, repository: &str, cluster: &str, service: &str) -> Request<AddUpdateServiceTrigger> {
        let request = self.registry.add_update_service_trigger(cluster).trigger_name(name).repo_name(repository);
        let request = request.service_name(service).namespace("default").container_name(service);
        request.cluster_region(wharf::ccs::region_number(self.server.region()).unwrap())
    }
}

async fn a_push_updates_the_service(cloud: &Cloud) {
    let cluster = cloud.running().await;
    let web = cloud.deployed(&cluster, "web", 2).await;
    let other = cloud.deployed(&cluster, "other", 1).await;
    cloud.registry.create_repository().repo_name("shop/web").public(0_u64).send().await.unwrap();
    let trigger = cloud.trigger("on-push", "shop/web", &cluster, "web");
    trigger.invoke_method(InvokeMethod::Regex).invoke_expr("^v[0-9]+$").send().await.unwrap();
    let push = async |tag: &str| {
        cloud.push("shop/web", tag);
        web.wait_until_normal().await.unwrap().containers[0].image.clone()
    };
    assert_eq!(push("beta").await, "nginx:1.13");
    assert_eq!(push("v1").await, format!("{REGISTRY}/shop/web:v1"));
    assert_eq!(push("v22").await, format!("{REGISTRY}/shop/web:v22"));

    let change = || cloud.registry.modify_update_service_trigger().trigger_name("on-push");
    change().invoke_method("taglist").invoke_expr("stable;lts").new_trigger_name("on-release").send().await.unwrap();
    assert_eq!(push("v3").await, format!("{REGISTRY}/shop/web:v22"));
    assert_eq!(push("lts").await, format!("{REGISTRY}/shop/web:lts"));
    refused(change().invoke_method("all").send().await, ErrorKind::NotFound, "5000", "on-push");
    let change = || cloud.registry.modify_update_service_trigger().trigger_name("on-release");
    change().invoke_method("all").service_name("other").container_name("other").send().await.unwrap();
    assert_eq!(push("v4").await, format!("{REGISTRY}/shop/web:lts"));
    assert_eq!(other.wait_until_normal().await.unwrap().containers[0].image, format!("{REGISTRY}/shop/web:v4"));

    cloud.registry.delete_update_service_trigger().trigger_name("on-release").send().await.unwrap();
    assert_eq!(push("v5").await, format!("{REGISTRY}/shop/web:lts"));
    assert_eq!(seen(&other).await.containers[0].image, format!("{REGISTRY}/shop/web:v4"));
    let gone = cloud.registry.delete_update_service_trigger().trigger_name("on-release").send().await;
    refused(gone, ErrorKind::NotFound, "5000", "on-release");
}

async fn triggers_are_listed(cloud: &Cloud) {
    for name in ["shop/a", "shop/b"] {
        cloud.registry.create_repository().repo_name(name).public(0_u64).send().await.unwrap();
    }
    for (name, repository) in [("a-1", "shop/a"), ("a-2", "shop/a"), ("b-1", "shop/b")] {
        cloud.trigger(name, repository, "cls-1", "web").invoke_method("all").send().await.unwrap();
        cloud.pass(1);
    }
    let list = || cloud.registry.list_trigger();
    let found = async |request: wharf::ccs::registry::Request<_>| {
        let answer: wharf::ccs::registry::operations::ListTriggerOutput = request.send().await.unwrap();
        assert_eq!(usize::try_from(answer.total_count), Ok(answer.trigger_info.len()));
        set(answer.trigger_info.into_iter().map(|trigger| trigger.trigger_name))
    };
    assert_eq!(found(list()).await, set(["a-1", "a-2", "b-1"]));
    assert_eq!(found(list().repo_name("shop/a")).await, set(["a-1", "a-2"]));
    assert_eq!(found(list().trigger_name("b-1")).await, set(["b-1"]));
    assert_eq!(found(list().trigger_name("b")).await, set::<&str>([]), "the whole name counts");
    let items = list().limit(2).items();
    let all: Vec<String> = items.map_ok(|trigger| trigger.trigger_name).try_collect().await.unwrap();
    assert_eq!((all.len(), set(all.clone()).len()), (3, 3));

    let change = cloud.registry.modify_update_service_trigger().trigger_name("b-1").invoke_method("taglist");
    change.invoke_expr("v1;v2").cluster_id("cls-2").cluster_region(8).namespace("shop").send().await.unwrap();
    let one = list().trigger_name("b-1").send().await.unwrap().trigger_info.remove(0);
    assert_eq!(
        (one.repo_name.as_str(), one.invoke_source, one.invoke_action),
        ("shop/b", InvokeSource::ImagePush, InvokeAction::ServiceUpdate)
    );
    assert_eq!(
        (one.invoke_condition.invoke_method, one.invoke_condition.invoke_expr.as_deref()),
        (InvokeMethod::TagList, Some("v1;v2"))
    );
    let para = one.invoke_para;
    assert_eq!((para.cluster_id.as_str(), para.namespace.as_str(), para.cluster_region), ("cls-2", "shop", 8));
    assert_eq!((para.service_name.as_str(), para.container_name.as_str()), ("web", "web"));
    assert_eq!(para.app_id.as_deref(), Some(ACCOUNT));
    assert!(one.update_time > one.create_time);

    let double = cloud.trigger("a-1", "shop/a", "cls-1", "web").invoke_method("all").send().await;
    refused(double, ErrorKind::Service, "5100", "a-1");
    let nowhere = cloud.trigger("c-1", "shop/c", "cls-1", "web").invoke_method("all").send().await;
    refused(nowhere, ErrorKind::NotFound, "5000", "shop/c");
    let wrong = cloud.trigger("c-1", "shop/a", "cls-1", "web").invoke_method("regex").invoke_expr("(").send().await;
    refused(wrong, ErrorKind::InvalidInput, "InvalidParameter", "invokeExpr");
    let region = cloud.trigger("c-1", "shop/a", "cls-1", "web").invoke_method("all").cluster_region(2).send().await;
    refused(region, ErrorKind::InvalidInput, "InvalidParameter", "clusterRegion");
}
