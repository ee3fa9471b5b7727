//! What is known to be wrong is refused before anything is sent.

use crate::support::{ccs_builder, server};
use wharf::ccs::types::Container;
use wharf::ccs::{HttpMethod, SignatureMethod};
use wharf::{Credentials, ErrorKind};

#[tokio::test]
async fn requests_over_the_documented_size() {
    let server = server().await;
    let long = "x".repeat(1 << 10);
    for (method, kilobytes, limit) in [(HttpMethod::Get, 40, "32 KB"), (HttpMethod::Post, 2_048, "1 MB")] {
        let ccs = ccs_builder(&server).http_method(method).build().unwrap();
        let error = ccs.clusters().describe_cluster().cluster_ids(vec![&long; kilobytes]).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.message().contains(limit), "{limit}: {error}");
    }
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn fields_inside_of_lists_and_bounds() {
    let server = server().await;
    let ccs = ccs_builder(&server).build().unwrap();
    let create = || ccs.service("cls-1", "web").create(1);
    for (request, field) in [
        (create(), "containers"),
        (create().containers(Vec::<Container>::new()), "containers"),
        (
            create().containers([Container::new("a", "b"), Container::default().container_name("c")]),
            "containers.1.image",
        ),
        (create().containers([Container::new("x".repeat(64), "b")]), "containers.0.containerName"),
        (create().containers([Container::new("a", "b").cpu(-1)]), "containers.0.cpu"),
        (create().service_name("w".repeat(64)).containers([Container::new("a", "b")]), "serviceName"),
        (ccs.service("cls-1", "web").create(-1).containers([Container::new("a", "b")]), "replicas"),
        (ccs.service("", "web").create(1).containers([Container::new("a", "b")]), "clusterId"),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    let tags = ccs.registries().get_tag_list().repo_name("a/b");
    let error = tags.limit(101_u64).send().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("limit")), "{error}");
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn settings_and_credentials_that_cannot_be() {
    let server = server().await;
    for region in ["", "ap guangzhou", "gz\r\nX-Evil: 1", "地域", "gz;drop"] {
        let error = match ccs_builder(&server).region(region).build() {
            Ok(ccs) => ccs.registries().get_limit().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("region")), "{region:?}: {error}");
    }
    let error = ccs_builder(&server).signature_method(SignatureMethod::Tc3HmacSha256).build().unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some("signature_method")), "{error}");
    for credentials in [Credentials::new("", "secret"), Credentials::new("id", ""), Credentials::new(" ", " ")] {
        let error = match ccs_builder(&server).credentials(credentials).build() {
            Ok(ccs) => ccs.registries().get_limit().send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Credentials, "{error}");
    }
    assert!(server.journal().is_empty());
}
