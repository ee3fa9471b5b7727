//! Calls, pages and waiters by name, against the reference server.
#![cfg(all(feature = "tke", feature = "tcr", feature = "cce"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use async_trait::async_trait;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use wharf::ErrorKind;
use wharf::any::{self, CallOptions, Connection, Extras, Input, Kind, Model, Names, Outcome};
use wharf::clock::{Clock, SystemClock};
use wharf_server::{Fault, Server, Time};

/// Advances the world by the time of each sleep.
#[derive(Debug)]
struct WorldTime {
    server: Arc<Server>,
    start: Instant,
    slept: Mutex<Duration>,
}

#[async_trait]
impl Clock for WorldTime {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
    fn monotonic(&self) -> Instant {
        self.start + *self.slept.lock().unwrap()
    }
    async fn sleep(&self, duration: Duration) {
        *self.slept.lock().unwrap() += duration;
        self.server.advance(duration);
        tokio::task::yield_now().await;
    }
    fn random(&self) -> u64 {
        SystemClock.random()
    }
}

struct Cloud {
    server: Arc<Server>,
}

impl Cloud {
    async fn new() -> Self {
        let builder = Server::builder().time(Time::Manual).rate_limits(false).without_socket();
        Self { server: Arc::new(builder.start().await.unwrap()) }
    }

    fn connect(&self, product: &str, more: Value) -> Result<Connection, wharf::Error> {
        let key = self.server.credentials();
        let mut options = json!({
            "region": self.server.region(),
            "credentials": {"id": key.id(), "secret": key.secret().expose()},
            "retry": {"base_delay": 0.001, "throttled_delay": 0.001},
        });
        if product == "cce" {
            options["project_id"] = self.server.project_id().into();
        }
        for (name, value) in more.as_object().unwrap() {
            options[name] = value.clone();
        }
        let clock = WorldTime { server: self.server.clone(), start: Instant::now(), slept: Mutex::default() };
        let mut extras = Extras::default();
        extras.transport = Some(self.server.transport());
        extras.clock = Some(Arc::new(clock));
        Connection::with_extras(product, &options, extras)
    }

    fn connection(&self, product: &str) -> Connection {
        self.connect(product, json!({})).unwrap()
    }
}

fn cluster(cidr: &str) -> Value {
    json!({
        "ClusterType": "MANAGED_CLUSTER",
        "ClusterCIDRSettings": {"ClusterCIDR": cidr},
        "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    })
}

#[tokio::test]
async fn an_operation_is_called_by_name() {
    let cloud = Cloud::new().await;
    let tke = cloud.connection("tke");
    assert_eq!((tke.product(), tke.region()), ("tke", Some(cloud.server.region())));
    let created = tke.call("CreateCluster", cluster("172.16.0.0/16")).await.unwrap();
    let id = created["ClusterId"].as_str().unwrap();
    assert!(created["RequestId"].is_string());

    let entry = tke.operation("DescribeClusters").unwrap();
    let input = any::input(entry, json!({"cluster_ids": [id], "Limit": 5})).unwrap();
    let answer = tke.execute("DescribeClusters", input, &CallOptions::default()).await.unwrap();
    let by_fields = any::to_value(&*answer.output, Names::Fields);
    assert_eq!(by_fields["clusters"][0]["cluster_id"], id);
    assert_eq!(any::to_value(&*answer.output, Names::Wire)["Clusters"][0]["ClusterId"], id);
    let sent = cloud.server.journal().last().unwrap();
    assert_eq!(Value::Object(sent.parameters), json!({"ClusterIds": [id], "Limit": 5}));
}

#[tokio::test]
async fn what_is_wrong_is_told_before_anything_is_sent() {
    let cloud = Cloud::new().await;
    let tke = cloud.connection("tke");
    for (operation, input, field) in [
        ("DescribeCluster", json!({}), "operation"),
        ("DescribeClusters", json!({"Limt": 1}), "Limt"),
        ("DescribeClusters", json!({"Limit": "1"}), "Limit"),
        ("DescribeClusters", json!({"Limit": 101}), "Limit"),
        ("DescribeClusters", json!({"Filters": [{"Name": 1}]}), "Filters.0.Name"),
        ("DeleteCluster", Value::Null, "ClusterId"),
    ] {
        let error = tke.call(operation, input).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
    }
    let other = tke.operation("DescribeRegions").unwrap().input();
    let error = tke.call("DescribeClusters", other).await.unwrap_err();
    assert_eq!(error.field(), Some("input"));
    let entry = tke.operation("CreateCluster").unwrap();
    let wrong = |value: Value| any::input(entry, value).unwrap_err().field().unwrap().to_owned();
    assert_eq!(wrong(json!({"cluster_cidr_settings": {"cluster_cidr": 1}})), "ClusterCIDRSettings.ClusterCIDR");
    assert_eq!(wrong(json!({"cluster_typ": "x"})), "cluster_typ");
    // The hint has the spelling that the caller used.
    let told = |value: Value| any::input(entry, value).unwrap_err().message().to_owned();
    let unknown = "is not a field of this operation";
    assert_eq!(told(json!({"cluster_typ": "x"})), format!("cluster_typ {unknown}; did you mean cluster_type?"));
    assert_eq!(told(json!({"ClusterTyp": "x"})), format!("ClusterTyp {unknown}; did you mean ClusterType?"));
    let nested = json!({"cluster_cidr_settings": {"cidr": "x"}});
    assert_eq!(told(nested), format!("cluster_cidr_settings.cidr {unknown}; did you mean cluster_cidr?"));
    assert_eq!(told(json!({"elephant": "x"})), format!("elephant {unknown}"));
    let error = tke.call("DescribeClusters", json!({"limt": 5})).await.unwrap_err();
    assert_eq!(error.message(), format!("limt {unknown}; did you mean Limit?"));
    assert_eq!(wrong(json!({"ClusterType": "x", "cluster_type": "x"})), "cluster_type");
    assert_eq!(tke.pages("DescribeRegions", json!({})).unwrap_err().field(), Some("operation"));
    assert!(cloud.server.journal().is_empty());

    let error = tke.call("DescribeClusterSecurity", json!({"ClusterId": "cls-nothere"})).await.unwrap_err();
    assert!(error.code().is_some() && error.request_id().is_some() && error.status() == Some(200), "{error:?}");
}

#[tokio::test]
async fn pages_of_both_forms_come_one_by_one() {
    let cloud = Cloud::new().await;
    let tke = cloud.connection("tke");
    for at in 16..21 {
        tke.call("CreateCluster", cluster(&format!("172.{at}.0.0/16"))).await.unwrap();
    }
    let mut pages = tke.pages("DescribeClusters", json!({"Limit": 2})).unwrap();
    let mut seen = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        let items = pages.items(page);
        seen.extend(items.iter().map(|item| item["ClusterId"].as_str().unwrap().to_owned()));
        assert_eq!(pages.offset(), seen.len() as u64);
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (5, 5));
    assert_eq!(cloud.server.journal().of("DescribeClusters").len(), 3);
    assert!(pages.try_next().await.unwrap().is_none());

    let input = any::input(tke.operation("DescribeClusters").unwrap(), json!({"limit": 4, "offset": 1})).unwrap();
    let mut pages = tke.pages_with::<Box<dyn Model>>("DescribeClusters", input, CallOptions::default()).unwrap();
    let mut counts = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        counts.push(pages.items(&*page).len());
    }
    assert_eq!(counts, [4]);

    // An error ends the walk, and tells where to go on.
    cloud.server.faults().add(Fault::http_status(500).operation("DescribeClusters").after(1).times(9));
    let mut pages = tke.pages("DescribeClusters", json!({"Limit": 3})).unwrap();
    assert!(pages.try_next().await.unwrap().is_some());
    assert!(pages.try_next().await.is_err());
    assert_eq!(pages.offset(), 3);
    assert!(pages.try_next().await.unwrap().is_none());

    // A service that ignores where to begin.
    cloud.server.faults().clear();
    let page = json!({"TotalCount": 9, "Clusters": [{"ClusterId": "cls-1"}], "RequestId": "r"});
    cloud.server.faults().add(Fault::answer_with(move |_| Ok(page.clone())).operation("DescribeClusters"));
    let mut pages = tke.pages("DescribeClusters", json!({})).unwrap();
    assert!(pages.try_next().await.unwrap().is_some());
    assert_eq!(pages.try_next().await.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn waiters_by_name() {
    let cloud = Cloud::new().await;
    let tke = cloud.connection("tke");
    let created = tke.call("CreateCluster", cluster("172.16.0.0/16")).await.unwrap();
    let id = created["ClusterId"].as_str().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let wait = tke.wait("cluster_running", &json!({"cluster_id": id, "poll_interval": 1, "timeout": 600})).unwrap();
    let tell = told.clone();
    let outcome = wait.on_progress(move |now| tell.lock().unwrap().push(now.clone())).await.unwrap();
    assert_eq!(outcome.to_value()["ClusterStatus"], "Running");
    let states: Vec<_> = told.lock().unwrap().iter().map(|now| (now.text.clone(), now.state.clone())).collect();
    assert_eq!(states, [("Creating".into(), json!("Creating")), ("Running".into(), json!("Running"))]);

    tke.call("DeleteCluster", json!({"ClusterId": id, "InstanceDeleteMode": "terminate"})).await.unwrap();
    let outcome = tke.wait("cluster_deleted", &json!({"cluster_id": id})).unwrap().await.unwrap();
    assert!(matches!(outcome, Outcome::Nothing) && outcome.to_value().is_null());
    let error = tke.wait("cluster_running", &json!({"cluster_id": id})).unwrap().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let all =
        tke.wait("instances_running", &json!({"cluster_id": "cls-1", "instance_ids": []})).unwrap().await.unwrap();
    assert_eq!(all.to_value(), json!([]));

    let cce = cloud.connection("cce");
    let job = json!({"kind": "Job", "apiVersion": "v3", "metadata": {"uid": "j"},
        "spec": {"subJobs": []}, "status": {"phase": "Failed", "reason": "no quota"}});
    cloud.server.faults().add(Fault::answer_with(move |_| Ok(job.clone())).operation("GetJob"));
    let told = Arc::new(Mutex::new(Value::Null));
    let tell = told.clone();
    let wait = cce.wait("job_done", &json!({"job_id": "j"})).unwrap();
    let error = wait.on_progress(move |now| *tell.lock().unwrap() = now.state.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitFailed);
    let state = told.lock().unwrap().clone();
    assert_eq!((&state["phase"], &state["reasons"]), (&json!("Failed"), &json!(["no quota"])));
}

#[test]
fn arguments_of_waiters_are_checked() {
    let connection = |product| {
        let key = json!({"id": "id", "secret": "secret"});
        let options = json!({"region": "ap-guangzhou", "project_id": null, "credentials": key});
        Connection::from_options(product, &options)
    };
    for product in any::products() {
        let connection = match product {
            "cce" => connection("cce").unwrap(),
            other => {
                let key = json!({"id": "id", "secret": "secret"});
                Connection::from_options(other, &json!({"credentials": key})).unwrap()
            }
        };
        for waiter in any::waiters(product).unwrap() {
            let first = waiter.arguments[0].name;
            for (given, field) in [
                (json!({}), first),
                (json!({first: 7.5}), first),
                (json!({first: ""}), first),
                (json!({"elephant": 1}), "elephant"),
                (json!({"timeout": -1}), "timeout"),
                (json!([]), "arguments"),
            ] {
                let error = connection.wait(waiter.name, &given).unwrap_err();
                assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some(field)), "{error}");
            }
        }
        let error = connection.wait("cluster_runing", &json!({})).unwrap_err();
        assert_eq!(error.field(), Some("waiter"));
    }
}

/// A waiter that the clients have and the tables do not would be out of reach of other languages.
#[test]
fn every_typed_waiter_has_a_name() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tables = any::products().flat_map(|product| any::waiters(product).unwrap().iter().map(move |w| (product, w)));
    let tables: Vec<_> = tables.collect();
    let of = |product: &str, client: &str, version: &str| {
        let here = tables.iter().filter(|(of, waiter)| *of == product && waiter.client == client);
        let here = here.filter(|(_, waiter)| waiter.name.split_once(':').map_or("", |(version, _)| version) == version);
        here.map(|(_, waiter)| waiter.method).collect::<Vec<_>>()
    };
    let mut typed = 0;
    let mut look = |package: &str, product: &str, folder: &Path| {
        let Ok(files) = std::fs::read_dir(folder) else { return };
        for file in files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(!text.contains("Waiter::new("), "{} has a waiter that no spec has", file.display());
        }
        let text = std::fs::read_to_string(folder.join("generated/waiters.rs")).unwrap_or_default();
        let methods: Vec<_> = text.split("pub fn ").skip(1).filter_map(|method| method.split('(').next()).collect();
        // A folder of a product is a version that is not its default one, or a family.
        let name = folder.file_name().unwrap().to_str().unwrap();
        let version = name.strip_prefix('v').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let service = match version {
            None if name != product => format!("{package}/{name}"),
            _ => package.to_owned(),
        };
        let known = wharf::operations().map(|entry| entry.meta).find(|meta| {
            let is_version = version.is_none_or(|version| meta.version.replace('-', "") == version);
            meta.product == product && meta.service == service && is_version
        });
        let client = known.map(any::client).unwrap_or_default();
        let version = known.filter(|_| version.is_some()).map_or("", |meta| meta.version);
        assert_eq!(methods, of(product, client, version), "waiters of {product} {client} {version}");
        typed += methods.len();
    };
    for service in std::fs::read_dir(&crates).unwrap().map(|entry| entry.unwrap().path()) {
        let package = service.file_name().unwrap().to_str().unwrap().to_owned();
        for product in any::products() {
            let folder = service.join("src").join(product);
            look(&package, product, &folder);
            let parts = std::fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().path());
            parts.filter(|part| part.join("generated").is_dir()).for_each(|part| look(&package, product, &part));
        }
    }
    assert_eq!(typed, tables.len());
    let names: BTreeSet<_> = tables.iter().map(|(product, waiter)| (product, waiter.name)).collect();
    assert!(names.len() == tables.len() && names.len() >= 15);
}

#[test]
fn options_are_checked_by_name_and_never_shown() {
    let planted = "pl4nted";
    for (product, options, field) in [
        ("tke", json!({"endpont": "x"}), "endpont"),
        ("tke", json!({"region": 5}), "region"),
        ("tke", json!({"region": "a b"}), "region"),
        ("tke", json!({"credentials": {"id": "x"}}), "credentials.secret"),
        ("tke", json!({"credentials": {"id": "x", "secret": planted, "tokn": planted}}), "credentials.tokn"),
        ("tke", json!({"credentials": planted}), "credentials"),
        ("tke", json!({"call_timeout": "5"}), "call_timeout"),
        ("tke", json!({"call_timeout": 0}), "call_timeout"),
        ("tke", json!({"call_timeout": 1e300}), "call_timeout"),
        ("tke", json!({"retry": {"max_attempts": -1}}), "retry.max_attempts"),
        ("tke", json!({"retry": {"attempts": 1}}), "retry.attempts"),
        ("tke", json!({"root_certificate": ["", 1]}), "root_certificate"),
        ("tke", json!({"root_certificate": "no PEM"}), "root_certificate"),
        ("tke", json!({"root_certificate_file": "/nowhere/ca.pem"}), "root_certificate_file"),
        ("tke", json!({"client_certificate": {"certificate": "no PEM", "key": planted}}), "client_certificate"),
        ("tke", json!({"client_certificate": {"certificate": "no PEM"}}), "client_certificate.key"),
        ("tke", json!({"headers": planted}), "headers"),
        ("tke", json!({"headers": {"X-Key": 1}}), "headers"),
        ("tke", json!({"headers": {"Host": planted}}), "headers"),
        ("cce", json!({"headers": {"X-Auth-Token": planted}}), "headers"),
        ("tke", json!({"resolve": {"a": "b"}}), "resolve"),
        ("tke", json!({"signature_method": "MD5"}), "signature_method"),
        ("tke", json!({"project_id": "x"}), "project_id"),
        ("tke", json!(planted), "options"),
        ("cce", json!({"language": "en-US"}), "language"),
        ("cce", json!({"token": planted, "credentials": {"id": "x", "secret": "y"}}), "token"),
        ("cce", json!({"password_login": {"user": "u", "password": planted}}), "password_login.account"),
        (
            "cce",
            json!({"password_login": {"user": "u", "password": planted, "account": "a", "scope": {}}}),
            "password_login.scope",
        ),
        ("cce", json!({"cluster_addressing": "hosts"}), "cluster_addressing"),
        ("cce", json!({"iam_endpoint": "nowhere"}), "iam_endpoint"),
    ] {
        let error = Connection::from_options(product, &options).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(field)), "{error}");
        assert!(!format!("{error} {error:?}").contains(planted), "{error:?}");
    }
    let error = Connection::from_options("tk", &json!({})).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("product")));
    assert!(any::call_options(&json!({"retries": 1})).unwrap_err().message().contains("retries is no option"));
    assert_eq!(any::call_options(&json!({"attempt_timeout": 0})).unwrap_err().field(), Some("attempt_timeout"));

    let options = json!({
        "region": "ap-guangzhou", "endpoint": "https://127.0.0.1:1", "domain": "cloud.example.com",
        "credentials": {"id": "id", "secret": planted, "token": planted}, "proxy": format!("http://u:{planted}@h:1"),
        "connect_timeout": 1.5, "attempt_timeout": 2, "call_timeout": 3, "pool_idle_timeout": 4,
        "retry": {"max_attempts": 2, "base_delay": 0.1, "throttled_delay": 0.1, "max_delay": 1},
        "client_rate_limit": true, "danger_accept_plain_http": false, "danger_accept_invalid_certificates": false,
        "max_response_bytes": 1000, "pool_max_idle_per_host": 1, "resolve": {"a.example.com": "127.0.0.1:1"},
        "user_agent": "test/1", "signature_method": "HmacSHA256", "http_method": "GET", "language": "en-US",
        "request_client": "test", "headers": {"X-Gateway-Key": planted},
    });
    let connection = Connection::from_options("tcr", &options).unwrap();
    assert!(!format!("{connection:?}").contains(planted));
}

#[tokio::test]
async fn a_password_login_and_call_options() {
    let cloud = Cloud::new().await;
    let user = cloud.server.iam_user();
    let login = json!({"user": user.name, "password": user.password.expose(), "account": user.domain});
    let cce = cloud.connect("cce", json!({"credentials": null, "password_login": login})).unwrap();
    assert_eq!(cce.call("ListClusters", Value::Null).await.unwrap()["items"], json!([]));
    assert_eq!(cloud.server.journal().of("IAMCreateToken").len(), 1);

    let tke = cloud.connection("tke");
    let options = any::call_options(&json!({"region": "ap-beijing", "retry": {"max_attempts": 1}})).unwrap();
    tke.call_with("DescribeClusters", json!({}), &options).await.unwrap();
    assert_eq!(cloud.server.journal().last().unwrap().region, "ap-beijing");
    cloud.server.faults().add(Fault::throttle().operation("DescribeClusters").times(1));
    let error = tke.call_with("DescribeClusters", json!({}), &options).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Throttled, true));
}

#[test]
fn the_products_are_those_of_the_operations() {
    let products: Vec<_> = any::products().collect();
    let operations: BTreeSet<_> = wharf::operations().map(|entry| entry.meta.product).collect();
    assert_eq!(products, operations.into_iter().collect::<Vec<_>>());
    for entry in wharf::operations() {
        for mut model in [entry.input(), entry.output()] {
            let count = model.shape().members.len();
            let fields = any::fields(&mut *model);
            assert_eq!(fields.len(), count);
            for field in fields {
                assert!(!field.name.starts_with("r#") && field.name == field.name.to_lowercase(), "{}", field.name);
            }
        }
    }
    let entry = wharf::operations().find(|entry| entry.meta.name == "CreateCluster" && entry.meta.product == "tke");
    let fields = any::fields(&mut *entry.unwrap().input());
    let kind = |name: &str| fields.iter().find(|field| field.name == name).unwrap().kind.clone();
    assert!(matches!(kind("cluster_type"), Kind::Text));
    assert!(matches!(kind("cluster_cidr_settings"), Kind::Object(shape) if shape.name == "ClusterCIDRSettings"));
    assert!(matches!(kind("run_instances_for_node"), Kind::List(item) if matches!(*item, Kind::Object(_))));
    assert!(matches!(Input::from(Value::Null), Input::Json(Value::Null)));
}

#[test]
fn fields_have_the_values_of_their_enumeration_or_of_the_document() {
    let values = |product: &str, operation: &str, output: bool, name: &str| {
        let is_it = |entry: &&any::Entry| entry.meta.name == operation && entry.meta.product == product;
        let entry = wharf::operations().find(is_it).unwrap();
        let mut model = if output { entry.output() } else { entry.input() };
        any::fields(&mut *model).into_iter().find(|field| field.name == name).unwrap().values
    };
    assert_eq!(values("tke", "CreateCluster", false, "cluster_type"), ["MANAGED_CLUSTER", "INDEPENDENT_CLUSTER"]);
    // alibabacloud_cs20151215, `DescribeClusterDetailResponseBody.ip_stack`.
    assert_eq!(values("ack", "DescribeClusterDetail", true, "ip_stack"), ["ipv4", "dual"]);
    assert_eq!(values("tke", "DescribeClusters", false, "cluster_ids"), [""; 0]);
    assert_eq!(values("tke", "DescribeClusters", false, "limit"), [""; 0]);
}
