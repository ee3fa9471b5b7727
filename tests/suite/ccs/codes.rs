//! What a refusal says: a number, a name where there is one, and the code of a module inside of the message.

use super::{Cloud, RANGE, WAYS, refused};
use crate::support::{ccs_builder, server, stranger};
use wharf::ccs::SignatureMethod;
use wharf::ccs::{ErrorCode, module_code};
use wharf::{Credentials, ErrorKind};
use wharf_server::Fault;

#[tokio::test]
async fn the_code_of_a_module_is_read_from_the_message() {
    let cloud = Cloud::new(WAYS[0]).await;
    let cluster = cloud.running().await;
    let error = cloud.ccs.service(&cluster, "none").get().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("KubeResourceNotFound")));
    assert_eq!(module_code(error.message()), Some("-160004"), "{error}");
    assert_eq!(ErrorCode::of(&error), Some(ErrorCode::KubeResourceNotFound));
    assert_eq!(error.operation().map(|meta| meta.name), Some("DescribeClusterServiceInfo"));

    // Where the service names no word, the number stands for it, and the module still says what it means.
    cloud.server.faults().add(Fault::refuse("100004", "projectId is wrong").operation("GetLimit"));
    let error = cloud.registry.get_limit().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, Some("5100")), "{error}");
    assert_eq!(module_code(error.message()), Some("100004"), "{error}");
}

#[tokio::test]
async fn numbers_names_and_what_they_mean() {
    let cloud = Cloud::new(WAYS[1]).await;
    for (refusal, kind, code) in [
        ("4110", ErrorKind::PermissionDenied, "4110"),
        ("4300", ErrorKind::PermissionDenied, "4300"),
        ("5000", ErrorKind::NotFound, "5000"),
        ("5100", ErrorKind::Service, "5100"),
        ("5200", ErrorKind::Quota, "5200"),
        ("5300", ErrorKind::Quota, "5300"),
        ("6100", ErrorKind::Unsupported, "6100"),
        ("-513", ErrorKind::Service, "InternalError.DBoperationFail"),
        ("-507", ErrorKind::Quota, "OperationDenied.ExceedLimit"),
        ("OperationDenied.SourceNotExists", ErrorKind::NotFound, "OperationDenied.SourceNotExists"),
        ("-1234", ErrorKind::Other, "-1234"),
        // A word that nobody knows: the number beside it says what it is.
        ("Brand.New", ErrorKind::Service, "Brand.New"),
    ] {
        cloud.server.faults().clear();
        cloud.server.faults().add(Fault::refuse(refusal, "said so").operation("GetMonitorData"));
        let request = cloud.monitoring.series(wharf::ccs::Metric::DcCpuUsage).cluster("cls-1");
        let error = request.send().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, Some(code)), "{refusal}: {error}");
        assert!(error.message().contains("said so"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_by_its_code() {
    let server = server().await;
    let good = server.credentials();
    for signature in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256] {
        let code = async |credentials: Credentials| {
            let builder = ccs_builder(&server).signature_method(signature).credentials(credentials);
            let error = builder.build().unwrap().registries().get_limit().send().await.unwrap_err();
            assert!(!error.is_retryable());
            (error.kind(), error.code().unwrap().to_owned())
        };
        let wrong = Credentials::new(good.id(), "not-the-secret");
        assert_eq!(code(wrong).await, (ErrorKind::Credentials, "AuthFailure".to_owned()));
        assert_eq!(code(stranger()).await, (ErrorKind::Credentials, "4104".to_owned()));
        let token = Credentials::new(good.id(), good.secret().expose()).with_token("not-the-token");
        assert_eq!(code(token).await, (ErrorKind::Credentials, "4105".to_owned()));
    }
    assert!(server.journal().calls().iter().all(|call| !call.acted));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_set_right_once() {
    let server = server().await;
    server.faults().skew_clock(900);
    let ccs = ccs_builder(&server).build().unwrap();
    ccs.registries().get_limit().send().await.unwrap();
    let codes: Vec<_> = server.journal().calls().into_iter().map(|call| call.code).collect();
    assert_eq!(codes, [Some("4500".to_owned()), None]);
}

#[tokio::test]
async fn what_passes_is_tried_again_and_only_where_that_is_safe() {
    let server = server().await;
    let ccs = ccs_builder(&server).build().unwrap();
    for fault in ["4400", "6000", "6200"] {
        server.faults().clear();
        server.journal().clear();
        server.faults().add(Fault::refuse(fault, "later").times(1));
        ccs.registries().get_limit().send().await.unwrap();
        assert_eq!(server.journal().len(), 2, "{fault}");
    }
    // Whether a cluster was ordered nobody knows: it is not ordered twice.
    server.journal().clear();
    server.faults().add(Fault::cut_after().operation("CreateCluster"));
    let order = Cloud::new(WAYS[0]).await.order("x", RANGE).input().clone();
    let request = wharf::ccs::cluster::Request::new(ccs.clusters().connection(), order);
    assert!(request.send().await.is_err());
    assert_eq!(server.journal().len(), 1);
}

#[tokio::test]
async fn a_page_of_something_between_is_no_answer() {
    let server = server().await;
    let ccs = ccs_builder(&server).build().unwrap();
    server.faults().add(Fault::http_status(403).times(1));
    let error = ccs.registries().get_limit().send().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::PermissionDenied, Some(403)), "{error}");
    server.faults().clear();
    server.faults().add(Fault::garbage());
    let error = ccs.clusters().delete_cluster("cls-1").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test]
async fn rules_of_the_world_are_told_by_their_codes() {
    let cloud = Cloud::new(WAYS[2]).await;
    let invalid = ErrorKind::InvalidInput;
    let order = |name: &str| cloud.order(name, RANGE);
    refused(order("a").os_name("windows").send().await, invalid, "InvalidParameter", "osName");
    refused(order("a").bandwidth_type("PayByMonth").send().await, invalid, "InvalidParameter", "bandwidthType");
    refused(order("a").storage_size(15).send().await, invalid, "InvalidParameter", "storageSize");
    refused(
        order("a").cvm_type("PayByMonth").bandwidth_type("PayByTraffic").send().await,
        invalid,
        "InvalidParameter",
        "period",
    );
    refused(order("a").password("alletters").send().await, invalid, "InvalidParameter", "kinds");
    refused(order("a").goods_num(21).send().await, ErrorKind::Quota, "5200", "20");
    for number in 0..5 {
        cloud.order("a", &format!("172.{}.0.0/16", 16 + number)).goods_num(1).send().await.unwrap();
    }
    refused(order("a").send().await, ErrorKind::Quota, "5200", "5 clusters");
}

/// The name that is said is the one that a caller wrote.
#[tokio::test]
async fn messages_name_parameters_as_they_are_written() {
    let cloud = Cloud::new(WAYS[0]).await;
    let registry = &cloud.registry;
    registry.create_repository().repo_name("shop/web").public(0_u64).send().await.unwrap();
    let invalid = |result, says: &str| refused::<()>(result, ErrorKind::InvalidInput, "InvalidParameter", says);
    for bad in ["web", "shop/UPPER", "shop/a/b", "Shop/a"] {
        invalid(registry.create_repository().repo_name(bad).public(0_u64).send().await.map(drop), "reponame ");
    }
    let copy = |from: &str, to: &str| registry.duplicate_image().src_image(from).dest_image(to).send();
    invalid(copy("shop/web", "shop/web:b").await.map(drop), "src_image ");
    invalid(copy("shop/web:a", "web:b").await.map(drop), "dest_image ");
    let trigger = registry.add_update_service_trigger("c").trigger_name("t").repo_name("shop/web").service_name("s");
    let trigger = trigger.namespace("n").container_name("c").cluster_region(1).invoke_method("taglist");
    invalid(trigger.send().await.map(drop), "invokeExpr must be given");
    let task = cloud.ccs.call("ccs", "DescribeClusterTaskResult", serde_json::json!({"requestId": -1})).await;
    invalid(task.map(drop), "requestId ");
}
