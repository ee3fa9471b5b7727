//! Controllers in world time.

use super::{APPS, Cluster, NAMESPACE, deployment, template};
use serde_json::{Value, json};

const JOBS: &str = "/apis/batch/v1/namespaces/default/jobs";

fn condition(object: &Value, kind: &str) -> (String, String) {
    let all = object["status"]["conditions"].as_array().unwrap();
    let found = all.iter().find(|one| one["type"] == kind).unwrap();
    (found["status"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
}

#[test]
fn a_deployment_makes_its_pods() {
    let mut cluster = Cluster::new(2);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 3));
    let path = format!("{APPS}/deployments/web");
    let before = cluster.get(&path);
    assert_eq!((&before["status"]["replicas"], &before["status"]["unavailableReplicas"]), (&json!(3), &json!(3)));
    assert_eq!(condition(&before, "Available"), ("False".into(), "MinimumReplicasUnavailable".into()));
    cluster.pass(10);
    let after = cluster.get(&path);
    for (field, value) in [
        ("replicas", 3),
        ("updatedReplicas", 3),
        ("readyReplicas", 3),
        ("availableReplicas", 3),
        ("observedGeneration", 1),
    ] {
        assert_eq!(after["status"][field], value, "{field}");
    }
    assert!(after["status"].get("unavailableReplicas").is_none());
    assert_eq!(condition(&after, "Available"), ("True".into(), "MinimumReplicasAvailable".into()));
    assert_eq!(condition(&after, "Progressing"), ("True".into(), "NewReplicaSetAvailable".into()));
    assert_eq!(after["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "1");
    let set = cluster.get(&format!("{APPS}/replicasets"))["items"][0].clone();
    assert_eq!(set["metadata"]["ownerReferences"][0]["uid"], after["metadata"]["uid"]);
    let pod = cluster.get(&format!("{NAMESPACE}/pods"))["items"][0].clone();
    assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], set["metadata"]["uid"]);
    assert_eq!(pod["metadata"]["labels"]["pod-template-hash"], set["metadata"]["labels"]["pod-template-hash"]);
}

#[test]
fn a_deployment_rolls_within_its_bounds() {
    let mut cluster = Cluster::new(2);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 4));
    cluster.pass(10);
    let path = format!("{APPS}/deployments/web");
    let mut watch = cluster.watch(&format!("{path}?watch=true")).unwrap_or_else(|_| panic!());
    cluster.poll(&mut watch);
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}}});
    cluster.call_as("PATCH", &path, "application/strategic-merge-patch+json", &image.to_string()).ok();
    for _ in 0..100 {
        cluster.pass(1);
        let pods = cluster.get(&format!("{NAMESPACE}/pods"));
        let pods = pods["items"].as_array().unwrap();
        let live = pods.iter().filter(|pod| pod["metadata"].get("deletionTimestamp").is_none());
        let (live, ready) =
            live.fold((0, 0), |(all, ready), pod| (all + 1, ready + i32::from(pod["status"]["phase"] == "Running")));
        // A quarter of four: one too many, one missing.
        assert!(live <= 5 && ready >= 3, "{live} {ready}");
    }
    let after = cluster.get(&path);
    assert_eq!((&after["status"]["updatedReplicas"], &after["status"]["availableReplicas"]), (&json!(4), &json!(4)));
    assert_eq!(after["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "2");
    assert_eq!(after["status"]["observedGeneration"], 2);
    let sets = cluster.get(&format!("{APPS}/replicasets"));
    let mut wanted: Vec<i64> =
        sets["items"].as_array().unwrap().iter().map(|set| set["spec"]["replicas"].as_i64().unwrap()).collect();
    wanted.sort_unstable();
    assert_eq!(wanted, [0, 4]);
    // Back to the first template: its ReplicaSet is used again, with a new revision.
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:1"}]}}}});
    cluster.call_as("PATCH", &path, "application/strategic-merge-patch+json", &image.to_string()).ok();
    cluster.pass(60);
    assert_eq!(cluster.names(&format!("{APPS}/replicasets")).len(), 2);
    assert_eq!(cluster.get(&path)["metadata"]["annotations"]["deployment.kubernetes.io/revision"], "3");
}

#[test]
fn a_deployment_scales_pauses_and_goes() {
    let mut cluster = Cluster::new(2);
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 1));
    let path = format!("{APPS}/deployments/web");
    let scale = cluster.get(&format!("{path}/scale"));
    assert_eq!((&scale["kind"], &scale["status"]["selector"]), (&json!("Scale"), &json!("app=web")));
    let mut wanted = scale;
    wanted["spec"]["replicas"] = json!(3);
    cluster.call("PUT", &format!("{path}/scale"), wanted).ok();
    cluster.pass(10);
    assert_eq!(cluster.get(&path)["status"]["readyReplicas"], 3);
    cluster.merge(&path, json!({"spec": {"paused": true, "template": template("web", "nginx:9")}}));
    cluster.pass(30);
    assert_eq!(cluster.names(&format!("{APPS}/replicasets")).len(), 1, "a paused deployment rolls nothing out");
    cluster.merge(&path, json!({"spec": {"paused": false}}));
    cluster.pass(60);
    assert_eq!(cluster.get(&path)["status"]["updatedReplicas"], 3);
    cluster.delete(&path);
    cluster.pass(10);
    assert_eq!(cluster.names(&format!("{APPS}/replicasets")), Vec::<String>::new());
    assert_eq!(cluster.names(&format!("{NAMESPACE}/pods")), Vec::<String>::new());
}

#[test]
fn a_deployment_that_cannot_progress_says_so() {
    let mut cluster = Cluster::new(1);
    let mut object = deployment("web", 1);
    object["spec"]["progressDeadlineSeconds"] = json!(30);
    object["spec"]["template"]["spec"]["nodeSelector"] = json!({"none": "such"});
    cluster.post(&format!("{APPS}/deployments"), object);
    cluster.pass(20);
    let path = format!("{APPS}/deployments/web");
    assert_eq!(condition(&cluster.get(&path), "Progressing").0, "True");
    cluster.pass(15);
    assert_eq!(condition(&cluster.get(&path), "Progressing"), ("False".into(), "ProgressDeadlineExceeded".into()));
}

#[test]
fn recreate_stops_all_before_it_starts_any() {
    let mut cluster = Cluster::new(1);
    let mut object = deployment("web", 2);
    object["spec"]["strategy"] = json!({"type": "Recreate"});
    cluster.post(&format!("{APPS}/deployments"), object);
    cluster.pass(10);
    let path = format!("{APPS}/deployments/web");
    cluster.merge(&path, json!({"spec": {"template": template("web", "nginx:2")}}));
    let images = |cluster: &mut Cluster| -> Vec<String> {
        let pods = cluster.get(&format!("{NAMESPACE}/pods"));
        let mut all: Vec<String> = pods["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pod| pod["spec"]["containers"][0]["image"].as_str().unwrap().to_owned())
            .collect();
        all.dedup();
        all
    };
    assert_eq!(images(&mut cluster), ["nginx:1"]);
    cluster.pass(20);
    assert_eq!(images(&mut cluster), ["nginx:2"]);
}

#[test]
fn replica_sets_replace_adopt_and_release() {
    let mut cluster = Cluster::new(1);
    let set = json!({"metadata": {"name": "web"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
        "template": template("web", "nginx:1")}});
    cluster.post(&format!("{NAMESPACE}/pods"), super::pod("alone", "web"));
    cluster.post(&format!("{APPS}/replicasets"), set);
    let pods = format!("{NAMESPACE}/pods");
    assert_eq!(cluster.names(&pods).len(), 2);
    assert_eq!(cluster.get(&format!("{pods}/alone"))["metadata"]["ownerReferences"][0]["name"], "web");
    cluster.pass(10);
    cluster.merge(&format!("{pods}/alone"), json!({"metadata": {"labels": {"app": "other"}}}));
    cluster.pass(10);
    assert!(cluster.get(&format!("{pods}/alone"))["metadata"].get("ownerReferences").is_none());
    assert_eq!(cluster.names(&pods).len(), 3);
    let gone = cluster.names(&format!("{pods}?labelSelector=app%3Dweb"))[0].clone();
    cluster.delete(&format!("{pods}/{gone}"));
    cluster.pass(10);
    let now = cluster.names(&format!("{pods}?labelSelector=app%3Dweb"));
    assert!(now.len() == 2 && !now.contains(&gone), "{now:?}");
    assert_eq!(cluster.get(&format!("{APPS}/replicasets/web"))["status"]["availableReplicas"], 2);
}

#[test]
fn replication_controllers_keep_their_pods() {
    let mut cluster = Cluster::new(1);
    let object = json!({"metadata": {"name": "web"}, "spec": {"replicas": 2, "template": template("web", "nginx:1")}});
    let path = format!("{NAMESPACE}/replicationcontrollers");
    let made = cluster.post(&path, object);
    assert_eq!(made["spec"]["selector"], json!({"app": "web"}));
    cluster.pass(10);
    assert_eq!(cluster.get(&format!("{path}/web"))["status"]["readyReplicas"], 2);
}

#[test]
fn stateful_sets_go_one_by_one() {
    let mut cluster = Cluster::new(1);
    cluster.post(
        "/apis/storage.k8s.io/v1/storageclasses",
        json!({"metadata": {"name": "fast"}, "provisioner": "example.com/disk"}),
    );
    let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
        "resources": {"requests": {"storage": "1Gi"}}}});
    let set = json!({"metadata": {"name": "db"}, "spec": {"replicas": 3, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
        "template": template("db", "mysql:1"), "volumeClaimTemplates": [claim]}});
    cluster.post(&format!("{APPS}/statefulsets"), set);
    let pods = format!("{NAMESPACE}/pods");
    assert_eq!(cluster.names(&pods), ["db-0"]);
    cluster.pass(4);
    assert_eq!(cluster.names(&pods), ["db-0", "db-1"]);
    cluster.pass(30);
    assert_eq!(cluster.names(&pods), ["db-0", "db-1", "db-2"]);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/persistentvolumeclaims")), ["data-db-0", "data-db-1", "data-db-2"]);
    let bound = cluster.get(&format!("{NAMESPACE}/persistentvolumeclaims/data-db-0"));
    assert_eq!(bound["status"]["phase"], "Bound");
    let path = format!("{APPS}/statefulsets/db");
    let before = cluster.get(&path);
    assert_eq!(
        (&before["status"]["readyReplicas"], &before["status"]["currentRevision"]),
        (&json!(3), &before["status"]["updateRevision"])
    );
    cluster.merge(&path, json!({"spec": {"template": template("db", "mysql:2")}}));
    let dying: Vec<String> = cluster.get(&pods)["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|pod| pod["metadata"].get("deletionTimestamp").is_some())
        .map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(dying, ["db-2"], "the last one goes first");
    cluster.pass(60);
    let after = cluster.get(&path);
    assert_eq!((&after["status"]["updatedReplicas"], &after["status"]["readyReplicas"]), (&json!(3), &json!(3)));
    assert_ne!(after["status"]["currentRevision"], before["status"]["currentRevision"]);
    assert_eq!(cluster.names(&format!("{APPS}/controllerrevisions")).len(), 2);
    cluster.merge(&path, json!({"spec": {"replicas": 1}}));
    cluster.pass(60);
    assert_eq!(cluster.names(&pods), ["db-0"]);
    assert_eq!(cluster.names(&format!("{NAMESPACE}/persistentvolumeclaims")).len(), 3, "claims stay");
}

#[test]
fn daemon_sets_run_on_each_node() {
    let mut cluster = Cluster::new(3);
    let set = json!({"metadata": {"name": "agent"}, "spec": {"selector": {"matchLabels": {"app": "agent"}}, "template": template("agent", "agent:1")}});
    cluster.post(&format!("{APPS}/daemonsets"), set);
    cluster.pass(10);
    let path = format!("{APPS}/daemonsets/agent");
    let status = cluster.get(&path)["status"].clone();
    for field in
        ["desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled", "numberAvailable"]
    {
        assert_eq!(status[field], 3, "{field}");
    }
    let node = cluster.names("/api/v1/nodes")[0].clone();
    cluster.merge(&format!("/api/v1/nodes/{node}"), json!({"metadata": {"labels": {"role": "edge"}}}));
    cluster.merge(&path, json!({"spec": {"template": {"spec": {"nodeSelector": {"role": "edge"}}}}}));
    cluster.pass(60);
    let status = cluster.get(&path)["status"].clone();
    assert_eq!((&status["desiredNumberScheduled"], &status["numberReady"]), (&json!(1), &json!(1)));
    let pods = cluster.get(&format!("{NAMESPACE}/pods"));
    assert_eq!(
        pods["items"].as_array().unwrap().iter().map(|pod| pod["spec"]["nodeName"].clone()).collect::<Vec<_>>(),
        [json!(node)]
    );
}

fn job(name: &str, command: &[&str], spec: Value) -> Value {
    let mut object = json!({"metadata": {"name": name}, "spec": {"template": {"spec": {"restartPolicy": "Never",
        "containers": [{"name": "c", "image": "busybox:1", "command": command}]}}}});
    for (key, value) in spec.as_object().unwrap() {
        object["spec"][key] = value.clone();
    }
    object
}

#[test]
fn jobs_run_to_their_end() {
    let mut cluster = Cluster::new(2);
    cluster.post(JOBS, job("good", &["echo", "hello"], json!({"completions": 3, "parallelism": 2})));
    let path = format!("{JOBS}/good");
    assert_eq!(cluster.get(&path)["status"]["active"], 2);
    cluster.pass(60);
    let done = cluster.get(&path);
    assert_eq!((&done["status"]["succeeded"], condition(&done, "Complete").0.as_str()), (&json!(3), "True"));
    assert!(done["status"]["completionTime"].is_string() && done["status"].get("active").is_none());
    let pods = cluster.get(&format!("{NAMESPACE}/pods?labelSelector=job-name%3Dgood"));
    let phases: Vec<&Value> = pods["items"].as_array().unwrap().iter().map(|pod| &pod["status"]["phase"]).collect();
    assert_eq!(phases, [&json!("Succeeded"); 3]);
}

#[test]
fn jobs_fail_when_their_pods_do() {
    let mut cluster = Cluster::new(1);
    cluster.post(JOBS, job("bad", &["sh", "-c", "exit 3"], json!({"backoffLimit": 2})));
    cluster.pass(120);
    let failed = cluster.get(&format!("{JOBS}/bad"));
    assert_eq!(condition(&failed, "Failed"), ("True".into(), "BackoffLimitExceeded".into()));
    assert_eq!(failed["status"]["failed"], 3);
    let pod = cluster.get(&format!("{NAMESPACE}/pods"))["items"][0].clone();
    assert_eq!(pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"], 3);
    cluster.post(JOBS, job("slow", &["sleep", "1000"], json!({"activeDeadlineSeconds": 30})));
    cluster.pass(60);
    assert_eq!(condition(&cluster.get(&format!("{JOBS}/slow")), "Failed").1, "DeadlineExceeded");
    cluster.post(JOBS, job("brief", &["true"], json!({"ttlSecondsAfterFinished": 20})));
    cluster.pass(15);
    assert_eq!(cluster.code(&format!("{JOBS}/brief")), 200);
    cluster.pass(30);
    assert_eq!(cluster.code(&format!("{JOBS}/brief")), 404);
}

#[test]
fn cron_jobs_start_jobs_at_their_times() {
    let mut cluster = Cluster::new(1);
    let crons = "/apis/batch/v1/namespaces/default/cronjobs";
    let spec = job("x", &["true"], json!({}))["spec"].clone();
    cluster.post(
        crons,
        json!({"metadata": {"name": "tick"}, "spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": spec}}}),
    );
    cluster.pass(301);
    assert_eq!(cluster.names(JOBS).len(), 1);
    let status = cluster.get(&format!("{crons}/tick"))["status"].clone();
    assert!(status["lastScheduleTime"].as_str().unwrap().ends_with(":00Z"), "{status}");
    cluster.pass(1_850);
    assert_eq!(cluster.names(JOBS).len(), 3, "three that succeeded are kept");
    cluster.merge(&format!("{crons}/tick"), json!({"spec": {"suspend": true}}));
    let before = cluster.names(JOBS);
    cluster.pass(1_800);
    assert_eq!(cluster.names(JOBS), before);
    // The old version is the same object.
    assert_eq!(cluster.get("/apis/batch/v1beta1/namespaces/default/cronjobs/tick")["apiVersion"], "batch/v1beta1");
}

#[test]
fn endpoints_are_the_ready_pods() {
    let mut cluster = Cluster::new(1);
    let service = json!({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]}});
    cluster.post(&format!("{NAMESPACE}/services"), service);
    let path = format!("{NAMESPACE}/endpoints/web");
    assert_eq!(cluster.get(&path)["subsets"], json!([]));
    let mut object = deployment("web", 2);
    object["spec"]["template"]["spec"]["containers"][0]["ports"] = json!([{"name": "http", "containerPort": 8080}]);
    cluster.post(&format!("{APPS}/deployments"), object);
    assert_eq!(cluster.get(&path)["subsets"][0]["notReadyAddresses"].as_array().unwrap().len(), 2);
    cluster.pass(10);
    let subset = cluster.get(&path)["subsets"][0].clone();
    assert_eq!((subset["addresses"].as_array().unwrap().len(), &subset["ports"][0]["port"]), (2, &json!(8080)));
    let slices = cluster.get(
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dweb",
    );
    assert_eq!(slices["items"][0]["endpoints"].as_array().unwrap().len(), 2);
    cluster.delete(&format!("{NAMESPACE}/services/web"));
    assert_eq!(cluster.code(&path), 404);
}

#[test]
fn claims_get_their_volumes() {
    let mut cluster = Cluster::new(1);
    let class = |name: &str, mode: &str| json!({"metadata": {"name": name}, "provisioner": "example.com/disk", "volumeBindingMode": mode});
    cluster.post("/apis/storage.k8s.io/v1/storageclasses", class("fast", "Immediate"));
    cluster.post("/apis/storage.k8s.io/v1/storageclasses", class("late", "WaitForFirstConsumer"));
    let claim = |name: &str, class: &str| {
        json!({"metadata": {"name": name}, "spec": {"accessModes": ["ReadWriteOnce"],
        "storageClassName": class, "resources": {"requests": {"storage": "5Gi"}}}})
    };
    let claims = format!("{NAMESPACE}/persistentvolumeclaims");
    let volume = json!({"metadata": {"name": "own"}, "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"],
        "storageClassName": "", "hostPath": {"path": "/x"}}});
    cluster.post("/api/v1/persistentvolumes", volume);
    for (name, class) in [("a", "fast"), ("b", "late"), ("c", "none"), ("d", "")] {
        assert_eq!(cluster.call("POST", &claims, claim(name, class)).code, 201);
    }
    cluster.pass(10);
    let phase = |cluster: &mut Cluster, name: &str| {
        cluster.get(&format!("{claims}/{name}"))["status"]["phase"].as_str().unwrap().to_owned()
    };
    let phases: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| phase(&mut cluster, name)).collect();
    assert_eq!(phases, ["Bound", "Pending", "Pending", "Bound"]);
    assert_eq!(cluster.get("/api/v1/persistentvolumes/own")["spec"]["claimRef"]["name"], "d");
    let mut user = super::pod("user", "x");
    user["spec"]["volumes"] = json!([{"name": "v", "persistentVolumeClaim": {"claimName": "b"}}]);
    cluster.post(&format!("{NAMESPACE}/pods"), user);
    cluster.pass(10);
    assert_eq!(phase(&mut cluster, "b"), "Bound");
    let made = cluster.get(&format!("{claims}/a"))["spec"]["volumeName"].as_str().unwrap().to_owned();
    cluster.delete(&format!("{claims}/a"));
    cluster.delete(&format!("{claims}/d"));
    assert_eq!(
        cluster.code(&format!("/api/v1/persistentvolumes/{made}")),
        404,
        "a volume of a class goes with its claim"
    );
    assert_eq!(cluster.get("/api/v1/persistentvolumes/own")["status"]["phase"], "Released");
}

#[test]
fn the_system_has_its_controllers() {
    let mut cluster = Cluster::new(2);
    cluster.pass(60);
    let system = "/apis/apps/v1/namespaces/kube-system";
    let proxy = cluster.get(&format!("{system}/daemonsets/kube-proxy"));
    assert_eq!((&proxy["status"]["desiredNumberScheduled"], &proxy["status"]["numberReady"]), (&json!(2), &json!(2)));
    let pods = cluster.get("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-proxy");
    assert_eq!(pods["items"][0]["metadata"]["ownerReferences"][0]["uid"], proxy["metadata"]["uid"]);
    assert_eq!(cluster.get(&format!("{system}/deployments/kube-dns"))["status"]["readyReplicas"], 2);
    // What the cloud needs is kept as it is, and comes back.
    let patch = r#"{"spec":{"replicas":5}}"#;
    let merge = "application/merge-patch+json";
    assert_eq!(cluster.call_as("PATCH", &format!("{system}/deployments/kube-dns"), merge, patch).refusal().0, 403);
    cluster.delete(&format!("{system}/deployments/kube-dns"));
    cluster.pass(10);
    assert_eq!(cluster.get(&format!("{system}/deployments/kube-dns"))["status"]["readyReplicas"], 2);
    let name = cluster.names("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns")[0].clone();
    let eviction = json!({"metadata": {"name": name}});
    assert_eq!(
        cluster.call("POST", &format!("/api/v1/namespaces/kube-system/pods/{name}/eviction"), eviction).code,
        201
    );
    cluster.pass(20);
    assert_eq!(cluster.names("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns").len(), 2);
}
