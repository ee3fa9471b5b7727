//! kubectl with the kubeconfigs of TKE, CCE and ACK, against the ports of the server.

mod commands;

use crate::support::{WorldTime, ack_builder, builder, cce_builder, tke};
use crate::witness::python;
use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use wharf::cce::types::{ClusterFlavor, ClusterSpec, Login, NodeSpec};
use wharf::tke::types::RunInstancesPara;
use wharf_server::Server;

const NETWORK: &str = "vpc-default0";
const SUBNET: &str = "subnet-default1";

/// A server whose time passes forty times faster than real time once its clusters are there.
struct Cloud {
    server: Arc<Server>,
    clock: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        if let Some(clock) = self.clock.take() {
            clock.abort();
        }
    }
}

impl Cloud {
    async fn new() -> Self {
        Self { server: Arc::new(builder().start().await.unwrap()), clock: None }
    }

    /// Lets time pass by itself.
    fn run(&mut self) {
        let server = self.server.clone();
        self.clock = Some(tokio::spawn(async move {
            loop {
                server.advance(Duration::from_secs(1));
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
        }));
    }

    fn pass(&self, seconds: u64) {
        self.server.advance(Duration::from_secs(seconds));
    }

    /// The kubeconfig of a new cluster of TKE with two nodes.
    async fn tke(&self) -> String {
        let connection = tke(&self.server);
        let request = connection.clusters().create_cluster().cluster_type("MANAGED_CLUSTER");
        let request = request.cluster_cidr_settings(|ranges| ranges.cluster_cidr("172.16.0.0/16"));
        let request = request.cluster_basic_settings(|basic| basic.vpc_id(NETWORK));
        let id = request.send().await.unwrap().cluster_id;
        self.pass(60);
        let machines = RunInstancesPara::default()
            .instance_type("S5.MEDIUM4")
            .virtual_private_cloud(|network| network.vpc_id(NETWORK).subnet_id(SUBNET))
            .instance_count(2);
        connection.nodes().create_cluster_instances(&id).run_instance_para(machines).send().await.unwrap();
        self.pass(60);
        let answer = connection.clusters().describe_cluster_kubeconfig(&id).send().await.unwrap();
        answer.kubeconfig.expose().to_owned()
    }

    /// The kubeconfig of a new cluster of CCE with two nodes.
    async fn cce(&self) -> String {
        let connection = cce_builder(&self.server).clock(WorldTime::new(&self.server)).build().unwrap();
        let plane = ClusterSpec::virtual_machines(ClusterFlavor::CceS1Small, NETWORK, SUBNET)
            .container_network(|network| network.cidr("172.16.0.0/16"));
        let clusters = connection.clusters();
        let order = clusters.create_cluster().metadata(|cluster| cluster.name("kubectl")).set_spec(plane);
        let id = order.send().await.unwrap().metadata.uid.unwrap();
        clusters.wait_until_available(&id).await.unwrap();
        let machines = NodeSpec::server("s6.large.2", "random", Login::key_pair("key-1")).os("EulerOS 2.5").count(2);
        let order = connection.nodes().create_node(&id).metadata(|node| node.name("node")).set_spec(machines);
        let created = order.send().await.unwrap();
        connection.job(created.job_id().unwrap()).wait().await.unwrap();
        let config = clusters.get_cluster_cert(&id).send().await.unwrap();
        serde_json::to_string(&config).unwrap()
    }

    /// The kubeconfig of a new cluster of ACK with two workers.
    async fn ack(&self) -> String {
        let connection = ack_builder(&self.server).clock(WorldTime::new(&self.server)).build().unwrap();
        let clusters = connection.clusters();
        let order = clusters.create_cluster().name("kubectl").region_id(self.server.region());
        let order = order
            .cluster_type("Kubernetes")
            .vpc_id("vpc-2zewharf0000000000001")
            .master_vswitch_ids(["vsw-2zewharf0000000000001"; 3])
            .master_instance_types(["ecs.c5.xlarge"; 3])
            .worker_vswitch_ids(["vsw-2zewharf0000000000001"])
            .worker_instance_types(["ecs.n4.large"])
            .num_of_nodes(2)
            .pod_vswitch_ids(["vsw-2zewharf0000000000001"]);
        let id = order.send().await.unwrap().cluster_id;
        clusters.wait_until_running(&id).await.unwrap();
        let answer = clusters.describe_cluster_user_kubeconfig(&id).send().await.unwrap();
        answer.config.expose().to_owned()
    }
}

/// kubectl with a kubeconfig, and a folder of its own for its caches.
struct Kubectl {
    folder: PathBuf,
    commands: Cell<usize>,
}

impl Kubectl {
    fn new(name: &str, kubeconfig: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kubectl-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config"), kubeconfig).unwrap();
        let kubectl = Self { folder, commands: Cell::new(0) };
        // Nothing that the file names is outside of this machine.
        let shown = kubectl.says("config view -o jsonpath={.clusters[*].cluster.server}", &[]);
        assert!(shown.split(' ').all(|server| server.starts_with("https://127.0.0.1:")), "{shown}");
        kubectl
    }

    fn run(&self, line: &str, input: &str) -> Output {
        self.commands.set(self.commands.get() + 1);
        let mut command = Command::new(python().with_file_name("kubectl"));
        // An underscore stands for a space within an argument of a schedule.
        let arguments = line.split(' ').map(|word| match word.strip_prefix("--schedule=") {
            Some(schedule) => format!("--schedule={}", schedule.replace('_', " ")),
            None => word.to_owned(),
        });
        command.args(arguments).env_clear().env("KUBECONFIG", self.folder.join("config")).env("HOME", &self.folder);
        command.env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command prints that is given a file on its standard input. It succeeds, and prints these texts.
    fn given(&self, line: &str, input: &str, texts: &[&str]) -> String {
        let output = self.run(line, input);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "kubectl {line}: {}", text(&output.stderr));
        let said = text(&output.stdout);
        for wanted in texts {
            assert!(said.contains(wanted), "kubectl {line}: {wanted:?} is not in\n{said}{}", text(&output.stderr));
        }
        said
    }

    /// What a command prints. It succeeds, and prints these texts.
    fn says(&self, line: &str, texts: &[&str]) -> String {
        self.given(line, "", texts)
    }

    /// What a command prints to standard error that fails.
    fn fails(&self, line: &str, input: &str) -> String {
        let output = self.run(line, input);
        assert!(!output.status.success(), "kubectl {line} succeeded");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// A command fails, and says why.
    fn refuses(&self, line: &str, why: &str) {
        let said = self.fails(line, "");
        assert!(said.contains(why), "kubectl {line}: {why:?} is not in\n{said}");
    }

    /// How many commands have run.
    fn count(&self) -> usize {
        self.commands.get()
    }
}
