//! Helpers of the typed clients by name: all of them are there, and do the same.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(all(feature = "ack", feature = "cce", feature = "ccs", feature = "kubernetes"))]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use wharf::ErrorKind;
use wharf::any::{self, helpers, value};
use wharf_server::{Server, Time};

/// Public functions of the products that are no helpers by name, with the reason.
const OTHERS: &[(&str, &str)] = &[
    ("ack/upgrade upgrade", "makes the handle: its helpers take the cluster"),
    ("ack/upgrade cluster_id", "returns what the caller gave"),
    ("ack/upgrade wait", "waiter upgrade_done"),
    ("ack/upgrade of", "progress of the waiter upgrade_done"),
    ("cce/jobs job", "makes the handle: its helpers take the job"),
    ("cce/jobs id", "returns what the caller gave"),
    ("cce/jobs wait", "waiter job_done"),
    ("cce/jobs of", "progress of the waiter job_done"),
    ("cce/kubeconfig kubeconfig", "Connection::kubeconfig"),
    ("ccs/tasks task", "makes the handle: its helpers take the task"),
    ("ccs/tasks id", "returns what the caller gave"),
    ("ccs/tasks wait", "waiter task_done"),
    ("ccs/tasks task_id", "the field requestId of the output"),
    ("ccs/services service", "makes the handle: its helpers take the service"),
    ("ccs/services namespace", "an argument of every helper of a service"),
    ("ccs/services wait_until_normal", "waiter service_normal"),
    ("ccs/services wait_until_deleted", "waiter service_deleted"),
    ("ccs/services of", "progress of the waiter service_normal"),
    ("ccs/series series", "the argument metric of series_request.send"),
    ("ccs/series cluster", "an argument of series_request.send"),
    ("ccs/series service", "an argument of series_request.send"),
    ("ccs/series namespace", "an argument of series_request.send"),
    ("ccs/series pod", "an argument of series_request.send"),
    ("ccs/series container", "an argument of series_request.send"),
    ("ccs/series between", "the arguments start and end of series_request.send"),
    ("ccs/series period", "an argument of series_request.send"),
    ("ccs/series zone_offset", "an argument of series_request.send"),
    ("ccs/series request", "sign makes the request of series_request.send"),
    ("ccs/series read", "reads what series_request.send returns"),
    ("ccs/series duration", "the period of a series is in seconds"),
    ("ccs/series measured", "a filter of the points of a series"),
    ("ccs/series latest", "the last point of a series"),
    ("ccs/series gaps", "a count of the points of a series"),
    ("ccs/metrics dimensions", "the error of series_request.send names a missing one"),
    ("ccs/metrics level", "the error of series_request.send names a missing dimension"),
    ("ccs/metrics unit", "in the output of series_request.send"),
    ("ccs/parts new", "a structure with two fields of the same names"),
    ("ccs/parts env", "one more item of a list"),
    ("ccs/parts mount", "one more item of a list"),
    ("ccs/parts mount_read_only", "one more item of a list"),
    ("ccs/parts live_check", "one more item of a list"),
    ("ccs/parts ready_check", "one more item of a list"),
    ("facade/ack kubeconfig", "any::Connection::kubeconfig"),
    ("facade/ack kubernetes", "any::Connection::kubernetes"),
    ("facade/cce job", "as of the client"),
    ("facade/cce kubeconfig", "any::Connection::kubeconfig"),
    ("facade/cce kubernetes", "any::Connection::kubernetes"),
    ("facade/ccs service", "as of the client"),
    ("facade/ccs task", "as of the client"),
    ("facade/tcr docker_config", "any::Connection::docker_config"),
    ("facade/tke kubeconfig", "any::Connection::kubeconfig"),
    ("facade/tke kubernetes", "any::Connection::kubernetes"),
    ("facade/tke kubernetes_by_forwarding", "any::Connection::kubernetes chooses the way"),
    ("huawei/node_password from_plain", "node_password.for_user without a user"),
    ("huawei/node_password expose", "the value of node_password.for_user"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The hand-written files with helpers for users: those of the service crates, and in `products` those about structures.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["cluster", "node", "scaling", "monitoring", "tcr"]
        .iter()
        .flat_map(|service| {
            ["ack", "cce", "ccs", "tcr", "tke"].map(|product| folder().join(service).join("src").join(product))
        })
        .chain(["ack", "cce", "ccs", "tcr", "tke"].map(|product| folder().join("products/src").join(product)))
        .collect();
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
            match entry.is_dir() {
                true if name != "generated" => folders.push(entry),
                // Types of waiters are told as progress, and `mod.rs` of `products` has the making of connections.
                false if !["waiters.rs", "mod.rs", "tests.rs"].contains(&name.as_str()) => found.push(entry),
                _ => {}
            }
        }
    }
    found.push(folder().join("products/src/huawei/node_password.rs"));
    found.extend(["ack", "cce", "ccs", "tcr", "tke"].map(|product| folder().join(format!("wharf/src/{product}.rs"))));
    found
}

/// `NodeSpec` as `node_spec`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// Every public function of a hand-written file about a product is a helper by name, or has a reason above.
#[test]
fn every_helper_has_a_twin_by_name() {
    let mut by_name: BTreeSet<String> = BTreeSet::new();
    for product in any::products() {
        by_name.extend(helpers(product).unwrap().iter().map(|helper| format!("{product} {}", helper.name)));
    }
    let mut reasons: BTreeMap<&str, &str> = OTHERS.iter().copied().collect();
    let mut missing = Vec::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let parts = text.split_once("// end product");
        let facade = parts.is_some();
        let text = parts.map_or(text.as_str(), |(_, by_hand)| by_hand);
        let parent = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        let parent = if facade { "facade".to_owned() } else { parent };
        let file = format!("{parent}/{}", path.file_stem().unwrap().to_str().unwrap());
        let product = if parent == "huawei" { "cce" } else { &parent };
        let mut of = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("impl ") {
                let name = rest.split([' ', '{']).next().unwrap();
                of = format!("{}.", snake(name));
            } else if line == "}" {
                of.clear();
            }
            let Some(rest) =
                line.trim_start().strip_prefix("pub fn ").or_else(|| line.trim_start().strip_prefix("pub async fn "))
            else {
                continue;
            };
            let name = rest.split(['(', '<']).next().unwrap();
            // The JSON form of a progress is what languages get.
            if name == "to_value" || by_name.remove(&format!("{product} {of}{name}")) {
                continue;
            }
            if reasons.remove(format!("{file} {name}").as_str()).is_none()
                && !OTHERS.iter().any(|(known, _)| *known == format!("{file} {name}"))
            {
                missing.push(format!("{file}: {of}{name}"));
            }
        }
    }
    // Re-exported from the vendor's folder.
    by_name.remove("ccs module_code");
    assert!(missing.is_empty(), "no helper by name, and no reason: {missing:#?}");
    assert!(by_name.is_empty(), "these are helpers of nothing: {by_name:?}");
    assert!(reasons.is_empty(), "these reasons are for nothing: {reasons:?}");
}

#[test]
fn names_and_arguments_are_documented() {
    for product in any::products() {
        let mut names = BTreeSet::new();
        for helper in helpers(product).unwrap() {
            assert!(names.insert(helper.name), "{} twice", helper.name);
            assert!(helper.doc.ends_with('.') && !helper.doc.contains('`'), "{}", helper.name);
            for argument in helper.arguments {
                assert!(argument.doc.ends_with('.'), "{} {}", helper.name, argument.name);
                let kinds = ["string", "uint", "int", "object", "list<string>", "list<object>", "map<string>", "time"];
                assert!(kinds.contains(&argument.kind), "{} {}", helper.name, argument.kind);
            }
        }
    }
}

/// Expected values are the documents' own names and values.
#[test]
fn values_have_the_names_of_the_api() {
    for (product, helper, arguments, expected) in [
        (
            "ack",
            "taint.no_execute",
            json!({"key": "k", "value": ""}),
            json!({"key": "k", "value": "", "effect": "NoExecute"}),
        ),
        ("ack", "auto_scaling.off", json!(null), json!({"enable": false})),
        (
            "ack",
            "kubernetes_config.node_names",
            json!({"prefix": "web.", "characters": 5, "suffix": ".example.com"}),
            json!({"node_name_mode": "customized,web.,5,.example.com"}),
        ),
        (
            "ack",
            "create_scaling_group.servers",
            json!({"instance_types": ["ecs.n4.large"], "vswitch_ids": ["vsw-1"]}),
            json!({
                "instance_types": ["ecs.n4.large"], "vswitch_ids": ["vsw-1"],
                "system_disk_category": "cloud_efficiency", "system_disk_size": 120,
            }),
        ),
        ("cce", "login.key_pair", json!({"name": "mine"}), json!({"sshKey": "mine"})),
        (
            "cce",
            "node_spec.server",
            json!({"flavor": "s6.large.2", "zone": "az1", "login": {"sshKey": "mine"}}),
            json!({
                "flavor": "s6.large.2", "az": "az1", "login": {"sshKey": "mine"}, "count": 1,
                "rootVolume": {"size": 40, "volumetype": "SATA"}, "dataVolumes": [{"size": 100, "volumetype": "SATA"}],
            }),
        ),
        (
            "cce",
            "cluster_spec.virtual_machines",
            json!({"flavor": "cce.s1.small", "vpc": "v", "subnet": "s"}),
            json!({
                "type": "VirtualMachine", "flavor": "cce.s1.small", "hostNetwork": {"vpc": "v", "subnet": "s"},
                "containerNetwork": {"mode": "overlay_l2"},
            }),
        ),
        ("cce", "addon_request_metadata.install", json!({}), json!({"annotations": {"addon.install/type": "install"}})),
        ("ccs", "short_region", json!({"region": "ap-guangzhou"}), json!("gz")),
        ("ccs", "long_region", json!({"region": "gz"}), json!("ap-guangzhou")),
        ("ccs", "region_number", json!({"region": "gz"}), json!(1)),
        ("ccs", "region_number", json!({"region": "jp"}), json!(null)),
        ("ccs", "module_code", json!({"message": "(100004)projectId is wrong"}), json!("100004")),
        (
            "ccs",
            "port_mapping.udp",
            json!({"service_port": 53, "container_port": 5353}),
            json!({"lbPort": 53, "containerPort": 5353, "protocol": "UDP"}),
        ),
    ] {
        assert_eq!(value(product, helper, &arguments).unwrap(), expected, "{product} {helper}");
    }
}

#[test]
fn a_password_is_salted_and_hashed() {
    let make = |user: Option<&str>| {
        value("cce", "node_password.for_user", &json!({"password": "Correct-Horse-7", "user": user}))
    };
    let (one, other) = (make(None).unwrap(), make(None).unwrap());
    assert_ne!(one, other, "every salt is another");
    // `$6$` in Base64.
    assert!(one.as_str().unwrap().starts_with("JDYk"));
    let error = make(Some("Horse")).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("password")));
    assert!(!format!("{error:?} {error}").contains("Correct"));
    let login = value("cce", "login.password", &json!({"password": "Correct-Horse-7", "user": "admin"})).unwrap();
    assert_eq!(login["userPassword"]["username"], "admin");
    assert!(login["userPassword"]["password"].as_str().unwrap().starts_with("JDYk"));
}

#[test]
fn mistakes_are_named() {
    for (product, helper, arguments, field, message) in [
        (
            "ack",
            "taint.no_schedul",
            json!({}),
            "helper",
            "helper taint.no_schedul is no helper of ack; did you mean taint.no_schedule?",
        ),
        ("tke", "taint.no_schedule", json!({}), "helper", "helper taint.no_schedule is no helper of tke"),
        ("ack", "upgrade.start", json!({}), "helper", "helper upgrade.start calls an operation: call it by name"),
        ("ack", "taint.no_schedule", json!({"value": "v"}), "key", "key is required"),
        ("ack", "taint.no_schedule", json!({"key": "", "value": "v"}), "key", "key must not be empty"),
        ("ack", "taint.no_schedule", json!({"key": 1, "value": "v"}), "key", "key must be a string"),
        (
            "ack",
            "taint.no_schedule",
            json!({"kei": "k"}),
            "kei",
            "kei is no argument of taint.no_schedule; did you mean key?",
        ),
        ("ack", "taint.no_schedule", json!([]), "arguments", "arguments must be an object"),
        ("ccs", "health_check.tcp", json!({"port": 70_000}), "port", "port is too large"),
        ("ccs", "health_check.tcp", json!({"port": -1}), "port", "port must be a non-negative integer"),
        ("cce", "node_spec.server", json!({"flavor": "f", "zone": "z", "login": {"sshKy": "x"}}), "sshKy", ""),
    ] {
        let error = value(product, helper, &arguments).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
        assert!(message.is_empty() || error.message() == message, "{}", error.message());
    }
}

fn connect(server: &Server, product: &str) -> any::Connection {
    let key = server.credentials();
    let options = json!({
        "region": server.region(),
        "credentials": {"id": key.id(), "secret": key.secret().expose()},
    });
    let mut extras = any::Extras::default();
    extras.transport = Some(server.transport());
    any::Connection::with_extras(product, &options, extras).unwrap()
}

/// Compares the input that each helper sends with the one of the operation by name.
#[tokio::test]
async fn helpers_send_what_the_operations_send() {
    let server = Server::builder().time(Time::Manual).without_socket().start().await.unwrap();
    let ccs_service = json!({"cluster_id": "cls-1", "service_name": "web"});
    let with = |more: Value| {
        let mut all = ccs_service.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let names = json!({"clusterId": "cls-1", "serviceName": "web", "namespace": "default"});
    let wire = |more: Value| {
        let mut all = names.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let ack = connect(&server, "ack");
    let ccs = connect(&server, "ccs");
    for (connection, helper, input, operation, expected) in [
        (
            &ack,
            "upgrade.start",
            json!({"cluster_id": "c1", "next_version": "1.22.3"}),
            "UpgradeCluster",
            json!({"ClusterId": "c1", "component_name": "k8s", "next_version": "1.22.3"}),
        ),
        (&ack, "upgrade.status", json!({"cluster_id": "c1"}), "GetUpgradeStatus", json!({"ClusterId": "c1"})),
        (&ack, "upgrade.pause", json!({"cluster_id": "c1"}), "PauseClusterUpgrade", json!({"ClusterId": "c1"})),
        (&ack, "upgrade.resume", json!({"cluster_id": "c1"}), "ResumeUpgradeCluster", json!({"ClusterId": "c1"})),
        (&ack, "upgrade.cancel", json!({"cluster_id": "c1"}), "CancelClusterUpgrade", json!({"ClusterId": "c1"})),
        (&ccs, "task.get", json!({"task_id": 7}), "DescribeClusterTaskResult", json!({"requestId": 7})),
        (&ccs, "service_handle.get", with(json!({})), "DescribeClusterServiceInfo", wire(json!({}))),
        (
            &ccs,
            "service_handle.create",
            with(
                json!({"replicas": 2, "containers": [{"containerName": "web", "image": "nginx"}], "namespace": "shop"}),
            ),
            "CreateClusterService",
            wire(
                json!({"replicas": 2, "containers": [{"containerName": "web", "image": "nginx"}], "namespace": "shop"}),
            ),
        ),
        (
            &ccs,
            "service_handle.set_image",
            with(json!({"image": "nginx:2"})),
            "ModifyClusterServiceImage",
            wire(json!({"image": "nginx:2"})),
        ),
        (
            &ccs,
            "service_handle.set_images",
            with(json!({"images": {"web": "nginx:2"}})),
            "ModifyClusterServiceImage",
            wire(json!({"containers": [{"containerName": "web", "image": "nginx:2"}]})),
        ),
        (&ccs, "service_handle.roll_back", with(json!({})), "RollBackClusterService", wire(json!({}))),
        (
            &ccs,
            "service_handle.set_description",
            with(json!({"description": ""})),
            "ModifyServiceDescription",
            wire(json!({"description": ""})),
        ),
        (
            &ccs,
            "series_request.send",
            json!({"metric": "dc_cpu_usage", "cluster": "cls-1", "period": 60}),
            "GetMonitorData",
            json!({
                "namespace": "qce/cvm", "metricName": "dc_cpu_usage", "period": 60,
                "dimensions": [{"name": "docker_clusterid", "value": "cls-1"}],
            }),
        ),
    ] {
        let options = any::CallOptions::default();
        let sent = connection.sign(helper, input, &options).await.unwrap();
        let by_name = connection.sign(operation, expected, &options).await.unwrap();
        assert_eq!((sent.method(), plain(sent.uri())), (by_name.method(), plain(by_name.uri())), "{helper}");
        assert_eq!(plain_body(sent.body()), plain_body(by_name.body()), "{helper}");
    }
    let error = ack.call("upgrade.start", json!({"cluster_id": "c1"})).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("next_version")));
    let given = json!({"cluster_id": "c1", "next_version": "1", "versoin": "2"});
    let error = ack.call("upgrade.start", given).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("versoin")));
    let error = ack.call("taint.no_schedule", json!({"key": "k", "value": ""})).await.unwrap_err();
    assert_eq!(error.message(), "operation taint.no_schedule is a value, and calls no operation");
    let error = ack.call("upgrade.strat", json!({})).await.unwrap_err();
    assert_eq!(error.message(), "helper upgrade.strat is no helper of ack; did you mean upgrade.start?");
}

/// Returns a URL without what differs from call to call.
fn plain(uri: &http::Uri) -> String {
    let query = uri.query().unwrap_or_default();
    format!("{}?{}", uri.path(), plain_form(query))
}

fn plain_body(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap();
    if text.starts_with('{') || text.is_empty() { text.to_owned() } else { plain_form(text) }
}

fn plain_form(form: &str) -> String {
    let kept = form
        .split('&')
        .filter(|pair| !["Signature=", "Nonce=", "Timestamp="].iter().any(|name| pair.starts_with(name)));
    kept.collect::<Vec<_>>().join("&")
}

/// The answer of the service in the form of the document: values without times.
#[tokio::test]
async fn a_series_has_times() {
    let server = Server::builder().time(Time::Manual).without_socket().start().await.unwrap();
    let answer = json!({
        "startTime": "2018-01-01 08:00:00", "endTime": "2018-01-01 08:05:00", "metricName": "dc_cpu_usage", "period": 300,
        "dataPoints": [1.5, null],
    });
    server.faults().add(wharf_server::Fault::answer_with(move |_| Ok(answer.clone())).operation("GetMonitorData"));
    let ccs = connect(&server, "ccs");
    let input = json!({
        "metric": "dc_cpu_usage", "cluster": "cls-1", "start": "2018-01-01T00:00:00Z", "end": "2018-01-01T08:05:00+08:00",
    });
    let series = ccs.call("series_request.send", input).await.unwrap();
    assert_eq!(
        series,
        json!({
            "metric": "dc_cpu_usage", "unit": "%", "period": 300,
            "points": [
                {"time": "2018-01-01T00:00:00Z", "value": 1.5},
                {"time": "2018-01-01T00:05:00Z", "value": null},
            ],
        })
    );
    for (field, value) in
        [("start", json!("yesterday")), ("period", json!(61)), ("end", json!(7)), ("pods", json!("p"))]
    {
        let mut input = json!({"metric": "dc_cpu_usage", "cluster": "cls-1"});
        input[field] = value;
        let error = ccs.call("series_request.send", input).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
}
