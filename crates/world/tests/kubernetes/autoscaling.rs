//! Autoscalers (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale): the size is
//! `ceil(replicas * current / wanted)`, within a tolerance of 0.1, and less only after 300 seconds.

use super::{APPS, Cluster, NAMESPACE, deployment};
use serde_json::{Value, json};

const SCALERS: &str = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";

fn scaler(target: &str, least: u64, most: u64, percent: u64) -> Value {
    json!({"metadata": {"name": "web"}, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicas": least, "maxReplicas": most,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu",
            "target": {"type": "Utilization", "averageUtilization": percent}}}]}})
}

impl Cluster {
    fn load(&mut self, name: &str, cpu: u64) {
        let id = self.id.clone();
        let mut realm = self.world.tke("100000000001", "ap-guangzhou");
        realm.control_plane().set_load(&id, "default", "Deployment", name, cpu);
    }

    /// A deployment whose pods ask for a fifth of a core.
    fn web(&mut self, replicas: u64) {
        let mut web = deployment("web", replicas);
        web["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": "200m"}});
        self.post(&format!("{APPS}/deployments"), web);
        self.pass(30);
    }

    fn size(&mut self) -> Value {
        self.get(&format!("{APPS}/deployments/web"))["spec"]["replicas"].clone()
    }

    fn targets(&mut self) -> Value {
        self.table(SCALERS).1[0][2].clone()
    }
}

#[test]
fn a_workload_follows_its_load() {
    let mut cluster = Cluster::new(4);
    cluster.web(1);
    cluster.post(SCALERS, scaler("web", 1, 10, 50));
    cluster.pass(30);
    assert_eq!((cluster.targets(), cluster.size()), (json!("0%/50%"), json!(1)));
    // 305 % of the request of one pod, as in the walkthrough: ceil(1 * 305 / 50) = 7, at most four more at once.
    cluster.load("web", 610);
    assert_eq!((cluster.targets(), cluster.size()), (json!("305%/50%"), json!(5)));
    cluster.pass(60);
    assert_eq!((cluster.targets(), cluster.size()), (json!("43%/50%"), json!(7)));
    // 108 % of what is wanted is within the tolerance.
    cluster.load("web", 760);
    cluster.pass(60);
    assert_eq!((cluster.targets(), cluster.size()), (json!("54%/50%"), json!(7)));
    cluster.load("web", 100_000);
    cluster.pass(120);
    assert_eq!(cluster.size(), json!(10), "no more than the most");
    let limited = cluster.get(&format!("{SCALERS}/web"))["status"]["conditions"][2].clone();
    assert_eq!((&limited["type"], &limited["reason"]), (&json!("ScalingLimited"), &json!("TooManyReplicas")));
    cluster.load("web", 0);
    cluster.pass(285);
    assert_eq!(cluster.size(), json!(10), "a lower load counts when it has lasted");
    cluster.pass(45);
    assert_eq!(cluster.size(), json!(1));
    let old = cluster.get("/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/web");
    assert_eq!(
        (&old["spec"]["targetCPUUtilizationPercentage"], &old["status"]["currentReplicas"]),
        (&json!(50), &json!(1))
    );
    assert_eq!(old["status"]["currentCPUUtilizationPercentage"], 0, "{old}");
    let events = cluster.get(&format!("{NAMESPACE}/events?fieldSelector=reason=SuccessfulRescale"));
    assert_eq!(
        events["items"][0]["message"],
        "New size: 5; reason: cpu resource utilization (percentage of request) above target"
    );
}

#[test]
fn what_cannot_be_scaled_says_why() {
    let mut cluster = Cluster::new(1);
    cluster.post(SCALERS, scaler("web", 1, 3, 50));
    let condition = |cluster: &mut Cluster, kind: &str| {
        let scaler = cluster.get(&format!("{SCALERS}/web"));
        let conditions = scaler["status"]["conditions"].as_array().unwrap();
        let found = conditions.iter().find(|condition| condition["type"] == kind).unwrap();
        (found["status"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(condition(&mut cluster, "AbleToScale"), ("False".to_owned(), "FailedGetScale".to_owned()));
    cluster.post(&format!("{APPS}/deployments"), deployment("web", 1));
    cluster.pass(30);
    assert_eq!(cluster.targets(), "<unknown>/50%");
    assert_eq!(condition(&mut cluster, "ScalingActive"), ("False".to_owned(), "FailedGetResourceMetric".to_owned()));
    let message = cluster.get(&format!("{NAMESPACE}/events?fieldSelector=reason=FailedGetResourceMetric"));
    let messages: Vec<&Value> = message["items"].as_array().unwrap().iter().map(|event| &event["message"]).collect();
    assert!(messages.contains(&&json!("failed to get cpu utilization: missing request for cpu")), "{messages:?}");
    cluster.merge(&format!("{APPS}/deployments/web"), json!({"spec": {"replicas": 0}}));
    cluster.pass(30);
    assert_eq!(condition(&mut cluster, "ScalingActive"), ("False".to_owned(), "ScalingDisabled".to_owned()));
}
