//! The commands, the same for each cloud. What they print is what kubectl prints for a real cluster
//! (kubernetes.io/docs/reference/kubectl).

use super::Kubectl;
use crate::cloud::Cloud;

#[tokio::test(flavor = "multi_thread")]
async fn tke() {
    let mut cloud = Cloud::new().await;
    let config = cloud.kubeconfig("tke").await;
    cloud.run();
    tokio::task::spawn_blocking(move || commands(&Kubectl::new("tke", &config))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn cce() {
    let mut cloud = Cloud::new().await;
    let config = cloud.kubeconfig("cce").await;
    cloud.run();
    tokio::task::spawn_blocking(move || commands(&Kubectl::new("cce", &config))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ack() {
    let mut cloud = Cloud::new().await;
    let config = cloud.kubeconfig("ack").await;
    cloud.run();
    tokio::task::spawn_blocking(move || commands(&Kubectl::new("ack", &config))).await.unwrap();
}

fn commands(kubectl: &Kubectl) {
    discovery(kubectl);
    deployments(kubectl);
    objects(kubectl);
    applied(kubectl);
    custom(kubectl);
    nodes(kubectl);
    roles(kubectl);
    refusals(kubectl);
    assert!(kubectl.count() >= 60, "{} commands", kubectl.count());
}

fn discovery(kubectl: &Kubectl) {
    kubectl.says("version", &["Server Version: v1."]);
    kubectl.says("cluster-info", &["Kubernetes control plane is running at https://127.0.0.1:"]);
    kubectl.says("api-versions", &["apps/v1\n", "batch/v1\n", "rbac.authorization.k8s.io/v1\n"]);
    kubectl.says("api-resources --namespaced=true -o name", &["deployments.apps\n", "configmaps\n", "pods\n"]);
    kubectl.says("explain deployment.spec.replicas", &["GROUP:      apps", "FIELD: replicas <integer>"]);
    kubectl.says("explain pod.spec.containers", &["FIELD: containers <[]Container>", "image\t<string>"]);
    kubectl.says("get --raw /healthz", &["ok"]);
    kubectl.says("get namespaces", &["NAME", "STATUS", "AGE", "default", "kube-system", "Active"]);
    kubectl.says("auth can-i create pods", &["yes"]);
    kubectl.says("auth whoami", &["Username", "system:masters"]);
}

fn deployments(kubectl: &Kubectl) {
    kubectl.says("create deployment web --image=nginx:1 --replicas=3", &["deployment.apps/web created"]);
    kubectl.says("rollout status deployment/web --timeout=120s", &["successfully rolled out"]);
    kubectl.says("get deployment web", &["READY", "UP-TO-DATE", "AVAILABLE", "3/3"]);
    kubectl.says("get replicasets -l app=web", &["DESIRED", "CURRENT", "READY", "web-"]);
    kubectl.says("get pods -l app=web -o wide", &["1/1", "Running", "NODE", "NOMINATED NODE"]);
    kubectl.says(
        "describe deployment web",
        &["Selector:               app=web", "3 desired | 3 updated | 3 total | 3 available", "RollingUpdate"],
    );
    kubectl.says("scale deployment web --replicas=5", &["deployment.apps/web scaled"]);
    kubectl.says("rollout status deployment/web --timeout=120s", &["successfully rolled out"]);
    kubectl.says("wait --for=condition=Available deployment/web --timeout=120s", &["condition met"]);
    kubectl.says("get deployment web -o jsonpath={.status.availableReplicas}", &["5"]);
    kubectl.says("set image deployment/web nginx=nginx:2", &["deployment.apps/web image updated"]);
    kubectl.says("rollout status deployment/web --timeout=120s", &["successfully rolled out"]);
    kubectl.says("rollout history deployment/web", &["REVISION", "1 ", "2 "]);
    kubectl.says("rollout undo deployment/web", &["deployment.apps/web rolled back"]);
    kubectl.says("rollout status deployment/web --timeout=120s", &["successfully rolled out"]);
    kubectl.says("get deployment web -o jsonpath={.spec.template.spec.containers[0].image}", &["nginx:1"]);
    kubectl.says("label deployment web tier=front", &["deployment.apps/web labeled"]);
    kubectl.says("get deployments -l tier=front,app=web -o name", &["deployment.apps/web"]);
    kubectl.says("get deployments -l tier!=front -o name", &[]);
    kubectl.says("annotate deployment web note=值", &["deployment.apps/web annotated"]);
    kubectl.says("get deployment web -o jsonpath={.metadata.annotations.note}", &["值"]);
    kubectl.says(r#"patch deployment web --type=merge -p {"spec":{"replicas":2}}"#, &["deployment.apps/web patched"]);
    kubectl.says(
        r#"patch deployment web --type=json -p [{"op":"replace","path":"/spec/replicas","value":1}]"#,
        &["deployment.apps/web patched"],
    );
    kubectl.says(
        r#"patch deployment web -p {"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:3"}]}}}}"#,
        &["deployment.apps/web patched"],
    );
    kubectl.says("rollout status deployment/web --timeout=120s", &["successfully rolled out"]);
    kubectl.says(
        "get deployment web -o jsonpath={.spec.replicas}/{.spec.template.spec.containers[*].image}",
        &["1/nginx:3"],
    );
    kubectl.says("logs deployment/web --tail=1", &["nginx"]);
    kubectl.says("expose deployment web --port=80", &["service/web exposed"]);
    kubectl.says("get service web", &["TYPE", "CLUSTER-IP", "ClusterIP", "80/TCP"]);
    kubectl.says("get endpoints web -o jsonpath={.subsets[0].ports[0].port}", &["80"]);
    kubectl.says("autoscale deployment web --min=1 --max=4 --cpu=50%", &["autoscaled"]);
    kubectl.says("delete hpa web", &["deleted"]);
    kubectl.says("delete service web", &["deleted"]);
    kubectl.says("delete deployment web --wait=true", &["deleted"]);
    kubectl.says("wait --for=delete pod -l app=web --timeout=120s", &[]);
}

fn objects(kubectl: &Kubectl) {
    kubectl.says("create namespace team", &["namespace/team created"]);
    kubectl.says("create configmap settings --from-literal=a=b -n team", &["configmap/settings created"]);
    kubectl.says("get configmap settings -n team -o jsonpath={.data.a}", &["b"]);
    kubectl.says("create secret generic key --from-literal=a=b -n team", &["secret/key created"]);
    kubectl.says("get secret key -n team -o jsonpath={.data.a}", &["Yg=="]);
    kubectl.says("create job once --image=busybox -n team", &["job.batch/once created"]);
    kubectl.says("wait --for=condition=complete job/once -n team --timeout=120s", &["condition met"]);
    kubectl.says("get jobs -n team", &["COMPLETIONS", "1/1"]);
    kubectl
        .says("create cronjob often --image=busybox --schedule=*/1_*_*_*_* -n team", &["cronjob.batch/often created"]);
    kubectl.says("run alone --image=nginx -n team", &["pod/alone created"]);
    kubectl.says("wait --for=condition=Ready pod/alone -n team --timeout=120s", &["condition met"]);
    kubectl.says("get pod alone -n team -w --request-timeout=1s", &["alone", "Running"]);
    kubectl.says("get all -n team -o name", &["pod/alone", "job.batch/once"]);
    kubectl.says("delete namespace team --timeout=120s", &["deleted"]);
    kubectl.refuses("get namespace team", "NotFound");
}

/// `apply`, by the client and by the server.
fn applied(kubectl: &Kubectl) {
    let manifest = |value: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: applied\ndata:\n  a: {value}\n  name: 配置\n")
    };
    let by_client = "apply -f -";
    kubectl.given(by_client, &manifest("one"), &["configmap/applied created"]);
    kubectl.given(by_client, &manifest("one"), &["configmap/applied unchanged"]);
    kubectl.given(by_client, &manifest("two"), &["configmap/applied configured"]);
    kubectl.given("diff -f -", &manifest("two"), &[]);
    kubectl.given(
        "apply --dry-run=server -f -",
        &manifest("three"),
        &["configmap/applied configured (server dry run)"],
    );
    kubectl.says("get configmap applied -o jsonpath={.data.a}{.data.name}", &["two配置"]);
    kubectl.given(
        "apply --server-side --force-conflicts --field-manager=one -f -",
        &manifest("four"),
        &["configmap/applied serverside-applied"],
    );
    let conflict = kubectl.fails("apply --server-side --field-manager=two -f -", &manifest("five"));
    assert!(conflict.contains("conflict") && conflict.contains(".data.a"), "{conflict}");
    kubectl.given("replace -f -", &manifest("six"), &["configmap/applied replaced"]);
    kubectl.given("delete -f -", &manifest("six"), &["deleted"]);
    let unknown = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\nspec:\n  replica: 1\n";
    let refused = kubectl.fails("create -f -", unknown);
    assert!(refused.contains("unknown field \"spec.replica\""), "{refused}");
}

fn custom(kubectl: &Kubectl) {
    let definition = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ships.harbour.example.com
spec:
  group: harbour.example.com
  scope: Namespaced
  names: {plural: ships, singular: ship, kind: Ship, shortNames: [sh]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {name: Load, type: integer, jsonPath: .spec.load}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [load]
            properties:
              load: {type: integer, minimum: 1}
";
    let ship = |load: &str| {
        format!("apiVersion: harbour.example.com/v1\nkind: Ship\nmetadata:\n  name: anna\nspec:\n  load: {load}\n")
    };
    let crd = "crd/ships.harbour.example.com";
    kubectl.given(
        "apply -f -",
        definition,
        &["customresourcedefinition.apiextensions.k8s.io/ships.harbour.example.com created"],
    );
    kubectl.says(&format!("wait --for=condition=Established {crd} --timeout=60s"), &["condition met"]);
    kubectl.given("apply -f -", &ship("7"), &["ship.harbour.example.com/anna created"]);
    kubectl.says("get ships", &["NAME", "LOAD", "anna", "7"]);
    kubectl.says("get sh anna -o jsonpath={.spec.load}", &["7"]);
    let refused = kubectl.fails("apply -f -", &ship("much"));
    assert!(refused.contains("spec.load"), "{refused}");
    kubectl.says("explain ship.spec.load", &["FIELD: load <integer>"]);
    kubectl.says(&format!("delete {crd}"), &["deleted"]);
    // kubectl still knows the kind from its cache.
    kubectl.refuses("get ships", "the server could not find the requested resource");
}

fn nodes(kubectl: &Kubectl) {
    let name = kubectl.says("get nodes -l !node-role.kubernetes.io/master -o jsonpath={.items[0].metadata.name}", &[]);
    kubectl.says("get nodes", &["STATUS", "ROLES", "VERSION", "Ready", &name]);
    kubectl
        .says(&format!("describe node {name}"), &["Capacity:", "Allocatable:", "Conditions:", "Non-terminated Pods:"]);
    kubectl.says(&format!("taint node {name} only=some:NoSchedule"), &["tainted"]);
    kubectl.says(&format!("get node {name} -o jsonpath={{.spec.taints[0].key}}"), &["only"]);
    kubectl.says(&format!("taint node {name} only=some:NoSchedule-"), &["untainted"]);
    kubectl.says(&format!("cordon {name}"), &["cordoned"]);
    kubectl.says(&format!("get node {name}"), &["SchedulingDisabled"]);
    kubectl
        .says(&format!("drain {name} --ignore-daemonsets --force --delete-emptydir-data --timeout=120s"), &["drained"]);
    kubectl.says(&format!("uncordon {name}"), &["uncordoned"]);
}

fn roles(kubectl: &Kubectl) {
    let reader = "--as=system:serviceaccount:default:reader";
    kubectl.says(
        "get clusterroles cluster-admin admin edit view -o name",
        &["clusterrole.rbac.authorization.k8s.io/view"],
    );
    kubectl.says("create serviceaccount reader", &["serviceaccount/reader created"]);
    kubectl.refuses(
        &format!("get pods {reader}"),
        "pods is forbidden: User \"system:serviceaccount:default:reader\" cannot list resource \"pods\" in API group \"\" \
         in the namespace \"default\"",
    );
    kubectl.says("create role pods --verb=get,list,watch --resource=pods,pods/log", &["created"]);
    kubectl.says("create rolebinding read --role=pods --serviceaccount=default:reader", &["created"]);
    kubectl.says(&format!("get pods {reader}"), &[]);
    kubectl.says(&format!("auth can-i list pods {reader}"), &["yes"]);
    kubectl.refuses(&format!("get secrets {reader}"), "Forbidden");
    kubectl.refuses(&format!("run x --image=nginx {reader}"), "cannot create resource \"pods\"");
    kubectl.refuses(&format!("get pods -A {reader}"), "at the cluster scope");
    kubectl.says("create clusterrolebinding look --clusterrole=view --user=anna", &["created"]);
    kubectl.says("get deployments -A --as=anna", &[]);
    kubectl.refuses("create namespace x --as=anna", "cannot create resource \"namespaces\"");
    kubectl.says("create token reader", &["sa.default.reader."]);
}

fn refusals(kubectl: &Kubectl) {
    kubectl.refuses("top nodes", "Metrics API not available");
    kubectl.refuses("get pod none", "Error from server (NotFound): pods \"none\" not found");
    kubectl.refuses("create namespace default", "AlreadyExists");
    kubectl.refuses("get nonsense", "the server doesn't have a resource type \"nonsense\"");
}
