//! What the documents forbid, with the code for it and a message that names the limit.

use super::triggers::trigger;
use super::{Cloud, ONE, TWO, refused};
use wharf::ErrorKind;
use wharf_server::world::registry::{Image, Quota};

/// How many there may be of everything, and that one more is refused.
#[tokio::test]
async fn numbers_are_limited() {
    let cloud = Cloud::furnished().await;
    for number in 1..10 {
        cloud.one.create_namespace_personal().namespace(format!("n{number}")).send().await.unwrap();
    }
    let one_more = || cloud.one.create_namespace_personal().namespace("n10");
    assert_eq!(refused(one_more(), "10 namespaces").await, "LimitExceeded.ErrNamespaceMaxLimit");
    cloud.two.create_namespace_personal().namespace("n10").send().await.unwrap();

    for number in 1..100 {
        cloud.repository(&format!("n1/r{number}")).await;
    }
    let one_more = || cloud.one.create_repository_personal().repo_name("n2/r100");
    assert_eq!(refused(one_more(), "100 repositories").await, "LimitExceeded");
    cloud.one.delete_repository_personal().repo_name("n1/r1").send().await.unwrap();
    one_more().send().await.unwrap();

    for number in 0..10 {
        trigger(&cloud, &format!("t{number}"), "taglist", "never").send().await.unwrap();
    }
    let one_more = trigger(&cloud, "t10", "all", "");
    assert_eq!(refused(one_more, "10 triggers").await, "LimitExceeded.ErrTriggerMaxLimit");

    cloud.world(|world| {
        for number in 0..100 {
            world.push_image(ONE, "team/app", &format!("v{number}"), Image::new("same", 1)).unwrap();
        }
    });
    let copy = |to: &str| cloud.one.duplicate_image_personal().src_image("team/app:v1").dest_image(to);
    assert_eq!(refused(copy("team/app:v100"), "100 tags").await, "LimitExceeded");
    copy("team/app:v99").send().await.unwrap();

    cloud.world(|world| world.registry.set_quota(TWO, Quota::Instances, 2));
    for name in ["first", "second"] {
        cloud.two.create_instance().registry_name(name).registry_type("basic").send().await.unwrap();
    }
    let third = cloud.two.create_instance().registry_name("third").registry_type("basic");
    assert_eq!(refused(third, "2 instances").await, "InternalError.ErrorOverLimit");
    assert_eq!(cloud.two.describe_instances().send().await.unwrap().total_count, 2);
}

#[tokio::test]
async fn quotas_are_an_error_of_their_own_kind() {
    let cloud = Cloud::furnished().await;
    cloud.world(|world| world.registry.set_quota(ONE, Quota::Repositories, 1));
    let error = cloud.one.create_repository_personal().repo_name("team/more").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Quota, "{error}");
}

#[tokio::test]
async fn lengths_are_limited() {
    let cloud = Cloud::furnished().await;
    cloud.push("team/app", "v1", "one");
    let long = |length: usize| "a".repeat(length);
    let namespace = |length: usize| cloud.one.create_namespace_personal().namespace(long(length));
    assert_eq!(refused(namespace(255), "254 characters").await, "InvalidParameterValue");
    namespace(200).send().await.unwrap();
    let repository =
        |length: usize| cloud.one.create_repository_personal().repo_name(format!("team/{}", long(length - 5)));
    assert_eq!(refused(repository(256), "255 characters").await, "InvalidParameterValue");
    repository(255).send().await.unwrap();
    let copy = |length: usize| {
        let to = format!("team/app:{}", long(length));
        cloud.one.duplicate_image_personal().src_image("team/app:v1").dest_image(to)
    };
    assert_eq!(refused(copy(129), "1 to 128").await, "InvalidParameterValue");
    copy(128).send().await.unwrap();
    let instance = |length: usize| cloud.one.create_instance().registry_name(long(length)).registry_type("basic");
    assert_eq!(refused(instance(64), "1 to 63").await, "InvalidParameter");
    instance(63).send().await.unwrap();
}

#[tokio::test]
async fn names_and_values_have_a_form() {
    let cloud = Cloud::furnished().await;
    cloud.push("team/app", "v1", "one");
    let one = &cloud.one;
    for (name, says) in [("a/b", "slash"), ("Team", "lower-case"), ("-a", "lower-case"), ("团队", "lower-case")] {
        let request = one.create_namespace_personal().namespace(name);
        assert_eq!(refused(request, says).await, "InvalidParameterValue", "{name}");
    }
    for name in ["library", "qcloud", "tencent", "tencentyun"] {
        let request = one.create_namespace_personal().namespace(name);
        assert_eq!(refused(request, name).await, "InvalidParameter.ErrNamespaceReserved");
    }
    for (name, says) in [("app", "one slash"), ("team/a/b", "one slash"), ("team/App", "lower-case")] {
        let request = one.create_repository_personal().repo_name(name);
        assert_eq!(refused(request, says).await, "InvalidParameterValue", "{name}");
    }
    for to in ["team/app", "app:v2", "ccr.ccs.tencentyun.com/team/app:v2", "team/app:.v2"] {
        let request = one.duplicate_image_personal().src_image("team/app:v1").dest_image(to);
        assert_eq!(refused(request, "DestImage").await, "InvalidParameterValue", "{to}");
    }
    let edition = one.create_instance().registry_name("acme").registry_type("huge");
    assert_eq!(refused(edition, "basic, standard, premium").await, "InvalidParameter");
    one.create_instance().registry_name("acme").registry_type("basic").send().await.unwrap();
    let taken = cloud.two.create_instance().registry_name("ACME").registry_type("basic");
    assert_eq!(refused(taken, "ACME").await, "InternalError.ErrorConflict");

    for keep in [0, -1] {
        let request = one.create_image_lifecycle_personal().repo_name("team/app").r#type("keep_last_nums").val(keep);
        assert_eq!(refused(request, "at least 1").await, "InvalidParameterValue");
        let request = one.manage_image_lifecycle_global_personal().r#type("global_keep_last_days").val(keep);
        assert_eq!(refused(request, "at least 1").await, "InvalidParameterValue");
    }
    let kind = one.create_image_lifecycle_personal().repo_name("team/app").r#type("global_keep_last_nums").val(1);
    assert_eq!(refused(kind, "`keep_last_days` or `keep_last_nums`").await, "InvalidParameterValue");
    let kind = one.manage_image_lifecycle_global_personal().r#type("keep_last_nums").val(1);
    assert_eq!(refused(kind, "`global_keep_last_days`").await, "InvalidParameterValue");

    let method = trigger(&cloud, "t", "sometimes", "");
    assert_eq!(refused(method, "`all`, `taglist` or `regex`").await, "InvalidParameterValue");
    assert_eq!(refused(trigger(&cloud, "t", "regex", "("), "regular expression").await, "InvalidParameterValue");
    assert_eq!(refused(trigger(&cloud, "t", "taglist", ""), "InvokeExpr").await, "MissingParameter");
    let workload = trigger(&cloud, "t", "all", "").workload_type("Pod");
    assert_eq!(refused(workload, "Deployment, StatefulSet, DaemonSet").await, "InvalidParameterValue");
    let elsewhere = trigger(&cloud, "t", "all", "").repo_name("team/missing");
    assert_eq!(refused(elsewhere, "team/missing").await, "ResourceNotFound.ErrNoRepo");
    for (order, by, says) in [("up", "tag_name", "`asc` or `desc`"), ("asc", "colour", "`invoke_time`")] {
        let request = one.describe_application_trigger_log_personal().order(order).order_by(by);
        assert_eq!(refused(request, says).await, "InvalidParameterValue");
    }
    // Nothing of all this was done.
    assert_eq!(
        one.describe_namespace_personal().namespace("").limit(9).offset(0).send().await.unwrap().data.namespace_count,
        1
    );
    assert_eq!(cloud.tags("team/app").await, ["v1"]);
    assert_eq!(one.describe_application_trigger_personal().send().await.unwrap().data.total_count, 0);
    let rules = one.describe_image_lifecycle_personal().repo_name("team/app").send().await.unwrap().data;
    assert_eq!(rules.total_count, 0);
}
