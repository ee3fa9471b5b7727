//! Enterprise instances: provisioned in steps, entered by tokens that expire.

use super::{Cloud, HOUR, START, refused};
use std::time::{Duration, UNIX_EPOCH};
use wharf::tcr::registry::Client;
use wharf::tcr::types::{Filter, RegistryCondition, RegistryState, RegistryType};

const SECOND: Duration = Duration::from_secs(1);

async fn create(client: &Client, name: &str, edition: RegistryType) -> String {
    client.create_instance().registry_name(name).registry_type(edition).send().await.unwrap().registry_id
}

/// The state of an instance, which both operations tell alike.
async fn state(cloud: &Cloud, id: &str) -> RegistryState {
    let mut told = cloud.one.describe_instance_status().registry_ids([id]).send().await.unwrap().registry_status_set;
    let listed = cloud.one.describe_instances().registry_ids([id]).send().await.unwrap();
    assert_eq!((told.len(), listed.total_count, listed.registries.len()), (1, 1, 1));
    let told = told.remove(0);
    assert_eq!((&told.registry_id, &told.status), (&listed.registries[0].registry_id, &listed.registries[0].status));
    told.status
}

pub(super) async fn an_instance_is_provisioned_step_by_step(cloud: &Cloud) {
    let id = create(&cloud.one, "acme", RegistryType::Premium).await;
    let mut seen = Vec::new();
    let mut steps = Vec::new();
    for _ in 0..70 {
        seen.push(state(cloud, &id).await);
        let told = cloud.one.describe_instance_status().registry_ids([&id]).send().await.unwrap();
        let conditions = &told.registry_status_set[0].conditions;
        steps.push(conditions.iter().filter(|condition| condition.status == "Running").count());
        assert!(conditions.iter().all(|condition| !condition.r#type.is_empty()));
        cloud.server.advance(SECOND);
    }
    seen.dedup();
    assert_eq!(seen, [RegistryState::Pending, RegistryState::Deploying, RegistryState::Running]);
    steps.dedup();
    assert_eq!(steps, [0, 1, 2, 3], "one step after the other is done, none is undone");
    let instance = cloud.one.describe_instances().send().await.unwrap().registries.remove(0);
    assert_eq!((instance.registry_name.as_str(), instance.registry_type), ("acme", RegistryType::Premium));
    assert_eq!(
        (instance.public_domain.as_str(), instance.region_name.as_str()),
        ("acme.tencentcloudcr.com", "ap-guangzhou")
    );
    assert_eq!(instance.created_at.parse(), Some(UNIX_EPOCH + START));
    let ready = cloud.one.wait_until_running(&id).poll_interval(SECOND / 1000).await.unwrap();
    assert_eq!(ready.registry_id, id);
}

pub(super) async fn a_creation_that_fails_says_so(cloud: &Cloud) {
    let id = create(&cloud.one, "acme", RegistryType::Basic).await;
    cloud.server.advance(30 * SECOND);
    assert_eq!(state(cloud, &id).await, RegistryState::Deploying);
    cloud.world(|world| world.registry.fail_instance(&id, "NoBucket")).unwrap();
    assert_eq!(state(cloud, &id).await, RegistryState::FailedCreated);
    let steps = async || {
        let told = cloud.one.describe_instance_status().registry_ids([&id]).send().await.unwrap();
        told.registry_status_set.into_iter().flat_map(|status| status.conditions).collect::<Vec<_>>()
    };
    let failed = steps().await;
    assert!(failed.iter().any(|step| step.status == "Running"), "what was done is done: {failed:?}");
    let reason =
        |step: &RegistryCondition| step.status == "FailedCreated" && step.reason.as_deref() == Some("NoBucket");
    assert!(failed.iter().any(reason), "{failed:?}");
    cloud.server.advance(HOUR);
    assert_eq!(state(cloud, &id).await, RegistryState::FailedCreated);
    assert_eq!(steps().await, failed, "nothing goes on after the failure");
    let error = cloud.one.wait_until_running(&id).poll_interval(SECOND / 1000).await.unwrap_err();
    assert_eq!(error.kind(), wharf::ErrorKind::WaitFailed, "{error}");
    let token = cloud.one.create_instance_token(&id);
    assert_eq!(refused(token, "FailedCreated").await, "UnsupportedOperation");
}

pub(super) async fn tokens_expire(cloud: &Cloud) {
    let id = create(&cloud.one, "acme", RegistryType::Standard).await;
    assert_eq!(refused(cloud.one.create_instance_token(&id), "Pending").await, "UnsupportedOperation");
    cloud.server.advance(60 * SECOND);
    let first = cloud.one.create_instance_token(&id).send().await.unwrap();
    let hours = cloud.one.describe_instances().send().await.unwrap().registries[0].token_valid_time;
    let expires = u128::try_from(first.exp_time).unwrap();
    let valid = HOUR * u32::try_from(hours).unwrap();
    assert_eq!(expires, (START + 60 * SECOND + valid).as_millis(), "as long as the instance says");
    // A docker client logs in; no operation does.
    let lets_in = |id: &str, token: &str| cloud.world(|world| world.registry.instance_login(id, token));
    cloud.server.advance(HOUR / 2);
    let second = cloud.one.create_instance_token(&id).send().await.unwrap();
    assert_ne!(first.token.expose(), second.token.expose());
    assert!(second.exp_time > first.exp_time);
    assert!(lets_in(&id, first.token.expose()) && lets_in(&id, second.token.expose()));
    assert!(!lets_in(&id, "guess") && !lets_in("tcr-none", first.token.expose()));
    cloud.server.advance(valid - HOUR / 2 - SECOND);
    assert!(lets_in(&id, first.token.expose()));
    cloud.server.advance(SECOND);
    assert!(!lets_in(&id, first.token.expose()) && lets_in(&id, second.token.expose()));
    cloud.server.advance(HOUR / 2);
    assert!(!lets_in(&id, second.token.expose()));
    assert_eq!(refused(cloud.two.create_instance_token(&id), &id).await, "ResourceNotFound");
}

pub(super) async fn instances_are_filtered(cloud: &Cloud) {
    let one = create(&cloud.one, "one", RegistryType::Basic).await;
    cloud.server.advance(60 * SECOND);
    let two = create(&cloud.one, "two", RegistryType::Premium).await;
    let far = cloud.one.create_instance().registry_name("far").registry_type("basic").with_region("ap-shanghai");
    let far = far.send().await.unwrap().registry_id;
    create(&cloud.two, "theirs", RegistryType::Basic).await;
    let filter = |name: &str, values: &[&str]| Filter::default().name(name).values(values.to_vec());
    let found = async |filters: Vec<Filter>, ids: &[&str], everywhere: bool| {
        let mut request = cloud.one.describe_instances().filters(filters).all_region(everywhere);
        if !ids.is_empty() {
            request = request.registry_ids(ids.to_vec());
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.total_count, i64::try_from(answer.registries.len()).unwrap(), "total and list");
        answer.registries.into_iter().map(|registry| registry.registry_name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(vec![], &[], false).await, "one two");
    assert_eq!(found(vec![], &[], true).await, "one two far");
    assert_eq!(found(vec![], &[&two, "tcr-none"], false).await, "two");
    assert_eq!(found(vec![], &[&far], false).await, "");
    assert_eq!(found(vec![filter("RegistryName", &["one", "far"])], &[], true).await, "one far");
    assert_eq!(found(vec![filter("RegistryId", &[&one])], &[], false).await, "one");
    assert_eq!(found(vec![filter("RegistryType", &["premium"])], &[], true).await, "two");
    assert_eq!(found(vec![filter("Status", &["Running"])], &[], true).await, "one");
    assert_eq!(found(vec![filter("RegionName", &["ap-shanghai"])], &[], true).await, "far");
    let both = vec![filter("RegistryType", &["basic"]), filter("Status", &["Pending"])];
    assert_eq!(found(both, &[], true).await, "far", "every filter by one of its values");
    let unknown = cloud.one.describe_instances().filters([filter("Colour", &["red"])]);
    assert_eq!(refused(unknown, "Colour").await, "InvalidParameter");
    let several = cloud.one.describe_instance_status().registry_ids([&two, &one]).send().await.unwrap();
    let order: Vec<String> = several.registry_status_set.into_iter().map(|status| status.registry_id).collect();
    assert_eq!(order, [two, one]);
    let theirs = cloud.two.describe_instance_status().registry_ids([&far]);
    assert_eq!(refused(theirs, &far).await, "ResourceNotFound");
}
