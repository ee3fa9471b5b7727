//! The specs beside the packages from which the public APIs are imported, without the import between them.

use crate::answers::{answer, connection};
use crate::witness;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use wharf_core::model::json::{Decoding, Mode, read_with};
use wharf_core::operation::Entry;
use wharf_core::transport::Replay;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Tencent's command line client, of the version in the lock file, as a file.
fn tccli() -> PathBuf {
    let lock = std::fs::read_to_string(root().join("specs/imports.lock")).unwrap();
    let after = lock.split("package = \"tccli\"\npackage_version = \"").nth(1).unwrap();
    let version = after.split('"').next().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tccli");
    let find = || {
        let files = std::fs::read_dir(&folder).into_iter().flatten();
        let start = format!("tccli-{version}-");
        files.map(|file| file.unwrap().path()).find(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".whl")
        })
    };
    find().unwrap_or_else(|| {
        let mut pip = Command::new(witness::python());
        pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"]);
        witness::run(pip.arg(&folder).arg(format!("tccli=={version}")), "tccli could not be downloaded");
        find().unwrap()
    })
}

fn lines(script: &str, arguments: &[&Path]) -> Vec<String> {
    let mut python = Command::new(witness::python());
    python.arg(root().join("tests/witness").join(script)).args(arguments);
    let output = witness::run(python.env("PYTHONIOENCODING", "utf-8").env("PYTHONDONTWRITEBYTECODE", "1"), script);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Where the specs say something else than a package, with the reason.
const OTHERWISE: [(&str, &str); 9] = [
    (
        "ClusterAdvancedSettings.IsDualStack: string by the specs, bool in the package",
        "text in the document (tce:14672)",
    ),
    (
        "ExistedInstancesPara.EnhancedService: string by the specs, EnhancedService in the package",
        "text in the document",
    ),
    ("ExistedInstancesPara.LoginSettings: string by the specs, LoginSettings in the package", "text in the document"),
    ("CloudPVCStatus.capacity: map<string> by the specs, string in the package", "a map in the document's example"),
    ("Volume.extendParam: VolumeExtendParam by the specs, map<any> in the package", "the document lists its members"),
    ("DeleteCloudPVC.deleteVolume: bool by the specs, string in the package", "the same in a query"),
    ("DescribeClusterNodes.pageNumber: int by the specs, string in the package", "the same in a query"),
    ("DescribeClusterNodes.pageSize: int by the specs, string in the package", "the same in a query"),
    // Operations by product, and those of CCE that move files or streams.
    ("[272, 24, 127, (176, 6), 148]", "the number of operations"),
];

#[test]
fn the_specs_have_every_operation_and_field_of_the_packages() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut codegen = Command::new(cargo);
    codegen.current_dir(root()).args(["run", "--quiet", "--package", "wharf-codegen", "--", "inventory", "--shapes"]);
    let inventory = witness::run(&mut codegen, "the inventory could not be made").stdout;
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inventory.json");
    std::fs::write(&path, inventory).unwrap();
    let mut found = lines("inventory.py", &[&path, &tccli()]);
    found.sort();
    found.dedup();
    let mut expected: Vec<&str> = OTHERWISE.iter().map(|(line, _)| *line).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// An official example that the specs do not take as it is printed, with the reason.
const PRINTED_OTHERWISE: [(&str, &str); 29] = [
    (
        "tke 2018-05-25 CreateCluster 0: ClusterAdvancedSettings.IsDualStack must be a string, not true or false",
        "text in the document (tce:14672)",
    ),
    (
        "tke 2018-05-25 CreateClusterInstances 1: InstanceAdvancedSettings.Taints must be a list, not null",
        "nulls are for answers",
    ),
    (
        "tke 2018-05-25 CreateClusterNodePool 0: InstanceAdvancedSettings.GPUArgs.CustomDriver is required",
        "required by the description",
    ),
    ("tke 2018-05-25 CreateClusterVirtualNodePool 0: Labels is required", "required by the document"),
    (
        "tke 2018-05-25 CreateEKSContainerInstances 0: Containers.0.CurrentState is required",
        "required by the description",
    ),
    ("tke 2018-05-25 CreatePrometheusAlertRule 0: AlertRule.Id is required", "required by the description"),
    ("tke 2018-05-25 DeletePrometheusTempSync 0: Targets.0.ClusterId is required", "required by the description"),
    ("tke 2018-05-25 DeletePrometheusTemplateSync 0: Targets.0.ClusterId is required", "required by the description"),
    (
        "tke 2018-05-25 DescribeClusterRollOutSequenceTags 0: output: ClusterTags.0.Tags.0 must be an object, not a string",
        "a structure by the description",
    ),
    (
        "tke 2018-05-25 DescribeRollOutSequences 0: output: Sequences.0.SequenceFlows.0.Tags.0 must be an object, not a string",
        "a structure by the description",
    ),
    (
        "tke 2018-05-25 DescribeRollOutSequences 0: output: Sequences.0.SequenceFlows.1.Tags.0 must be an object, not a string",
        "a structure by the description",
    ),
    (
        "tke 2018-05-25 DescribeRollOutSequences 0: output: Sequences.0.SequenceFlows.2.Tags.0 must be an object, not a string",
        "a structure by the description",
    ),
    (
        "tke 2018-05-25 EnableExternalNodeSupport 0: ClusterExternalConfig.ClusterCIDR is required",
        "required by the description",
    ),
    (
        "tke 2018-05-25 ModifyClusterAsGroupOptionAttribute 0: ClusterAsGroupOption.Expander is required",
        "required by the document",
    ),
    (
        "tke 2018-05-25 ModifyClusterAuthenticationOptions 0: ServiceAccounts.UseTKEDefault is required",
        "required by the description",
    ),
    (
        "tke 2018-05-25 ModifyPrometheusAlertRule 0: AlertRule.TemplateId is required and must not be empty",
        "required by the description",
    ),
    ("tke 2018-05-25 ModifyPrometheusTemp 0: Template.Name is required", "required by the description"),
    ("tke 2018-05-25 ModifyPrometheusTemplate 0: Template.Name is required", "required by the description"),
    (
        "tke 2018-05-25 ModifyRollOutSequence 0: SequenceFlows.0.Tags.0 must be an object, not a string",
        "a structure by the description",
    ),
    ("tke 2018-05-25 SyncPrometheusTemp 0: Targets.0.ClusterId is required", "required by the description"),
    ("tke 2018-05-25 SyncPrometheusTemplate 0: Targets.0.ClusterId is required", "required by the description"),
    ("tke 2022-05-01 DescribeHealthCheckPolicyBindings 0: Limit must be an integer, not a string", "printed as text"),
    ("tke 2022-05-01 ModifyClusterMachine 0: InstanceChargePrepaid.Period is required", "required by the description"),
    ("tcr 2019-09-24 CreateImmutableTagRules 0: Rule.Disabled is required", "required by the description"),
    ("tcr 2019-09-24 CreateNamespace 0: IsAutoScan must be true or false, not a string", "printed as text"),
    ("tcr 2019-09-24 CreateWebhookTrigger 0: Trigger.Enabled must be true or false, not a string", "printed as text"),
    ("tcr 2019-09-24 DescribeImages 0: Limit must be an integer, not a string", "printed as text"),
    ("tcr 2019-09-24 DescribeReplicationExecutions 0: Page must be an integer, not a string", "printed as text"),
    ("tcr 2019-09-24 ModifyImmutableTagRules 0: Rule.Disabled is required", "required by the description"),
];

/// 303 + 26 + 137 examples: the input is taken strictly, the output is read without a problem.
#[tokio::test]
async fn the_official_examples_are_read() {
    let entries: BTreeMap<(&str, &str, &str), &'static Entry> =
        wharf::operations().map(|entry| ((entry.meta.product, entry.meta.version, entry.meta.name), entry)).collect();
    let examples = lines("examples.py", &[&tccli()]);
    assert_eq!(examples.len(), 303 + 26 + 137);
    let mut found = Vec::new();
    for line in examples {
        let example: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| example[name].as_str().unwrap();
        let (product, operation) = (text("product"), text("operation"));
        let name = format!("{product} {} {operation} {}", text("version"), example["at"]);
        let entry = entries[&(product, text("version"), operation)];
        let replay = Replay::new().answer(answer(200, &[], text("output").as_bytes()));
        let output: Value = serde_json::from_str(text("output")).unwrap();
        if let Err(error) = connection(product, &replay).call(entry, example["input"].clone()).await {
            // Some examples are of refusals.
            if error.code().is_none() || error.code() != output["Response"]["Error"]["Code"].as_str() {
                found.push(format!("{name}: {}", error.message()));
            }
            continue;
        }
        let (mut model, mut decoding) = (entry.output(), Decoding::default());
        let read = read_with(output["Response"].to_string().as_bytes(), &mut *model, Mode::Lenient, &mut decoding);
        let problems = read.err().into_iter().chain(decoding.problems().iter().cloned());
        found.extend(problems.map(|problem| format!("{name}: output: {problem}")));
    }
    let expected: Vec<&str> = PRINTED_OTHERWISE.iter().map(|(line, _)| *line).collect();
    assert!(expected.len() <= 45);
    assert!(found == expected, "{} examples differ:\n{}", found.len(), found.join("\n"));
}
