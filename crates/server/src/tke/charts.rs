//! Helm charts.

use super::Answer;
use crate::handler::Context;
use crate::input::Input;
use serde_json::{Value, json};
use wharf_world::World;
use wharf_world::kernel::ids::hexadecimal;
use wharf_world::kernel::time::iso;
use wharf_world::tke::charts::Chart;

/// Seconds for which a download address is valid.
const VALIDITY: u64 = 3_600;

pub(super) fn upload_helm_chart(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let namespace = input.filled("NamespaceName")?.unwrap_or(&context.account);
    let registry = input.filled("RegistryId")?.unwrap_or(&context.account);
    let now = world.now();
    world.charts(&context.account).upload(input.required("CosPath")?, namespace, registry, now)?;
    Ok(json!({}))
}

pub(super) fn describe_helm_chart_version(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let chart = world.charts(&context.account).chart(input.required("ChartName")?)?;
    let results = chart.versions.iter().map(|version| {
        let summary = json!({
            "name": chart.name, "version": version.version, "namespace": chart.namespace,
            "registry": chart.registry, "created": iso(version.uploaded),
        });
        json!({"Chart": summary.to_string(), "Name": chart.name, "Score": 0})
    });
    Ok(json!({"Results": results.collect::<Vec<_>>()}))
}

/// The files of a package: the server has no object storage to read, so it stands in with a plain chart.
fn files(chart: &Chart, version: &str) -> Vec<(&'static str, String)> {
    let name = &chart.name;
    let manifest =
        format!("apiVersion: v1\nappVersion: \"{version}\"\ndescription: {name}\nname: {name}\nversion: {version}\n");
    let values = format!("replicaCount: 1\nimage:\n  repository: {name}\n  tag: {version}\n");
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  image: \
                    {{ .Values.image.repository }}:{{ .Values.image.tag }}\n";
    vec![("Chart.yaml", manifest), ("values.yaml", values), ("templates/configmap.yaml", template.to_owned())]
}

pub(super) fn describe_helm_chart_detail(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let shelf = world.charts(&context.account);
    let (name, version) = (input.required("ChartName")?, input.required("ChartVersion")?);
    shelf.version(name, version)?;
    let chart = shelf.chart(name)?;
    let files = files(chart, version);
    let content = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.clone());
    let entries = files.iter().enumerate().filter(|(_, (path, _))| !path.contains('/'));
    let mut children: Vec<Value> =
        entries.map(|(id, (path, text))| json!({"Name": path, "Value": text, "ID": id + 1, "Children": []})).collect();
    let template = json!({
        "Name": "configmap.yaml", "Value": content("templates/configmap.yaml"), "ID": files.len() + 1, "Children": [],
    });
    children.push(json!({"Name": "templates", "Value": "", "ID": files.len(), "Children": [template]}));
    Ok(json!({
        "FileEntry": {"Name": name, "Value": "", "ID": 0, "Children": children},
        "Chart": {
            "Files": [], "Lock": null, "Schema": null, "Values": content("values.yaml"),
            "Metadata": {
                "APIVersion": "v1", "AppVersion": version, "Description": name, "Name": name, "Version": version,
            },
            "Templates": [{"Name": "templates/configmap.yaml", "Data": content("templates/configmap.yaml")}],
        },
    }))
}

pub(super) fn describe_chart_download_info(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let ends = world.now() / 1_000 + VALIDITY;
    let (name, version) = (input.required("ChartName")?, input.required("ChartVersion")?);
    let found = world.charts(&context.account).version(name, version)?;
    let signature = hexadecimal(&format!("{}/{}/{ends}", context.account, found.path), 40);
    let url = format!(
        "{}/charts/{}/{name}-{version}.tgz?q-end-time={ends}&q-signature={signature}",
        context.base_url, context.account
    );
    Ok(json!({"PreSignedDownloadURL": url}))
}

pub(super) fn delete_helm_chart(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let deleted = world.charts(&context.account).delete(input.required("ChartName")?);
    Ok(json!({"Deleted": deleted}))
}

pub(super) fn delete_helm_chart_version(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (name, version) = (input.required("ChartName")?, input.required("ChartVersion")?);
    Ok(json!({"Deleted": world.charts(&context.account).delete_version(name, version)}))
}

/// The document names no field of the answer but `RequestId`.
pub(super) fn describe_cos_info(_: &mut World, _: &Context, _: Input<'_>) -> Answer {
    Ok(json!({}))
}

/// The document names no field of the answer but `RequestId`.
pub(super) fn describe_helm_chart(_: &mut World, _: &Context, input: Input<'_>) -> Answer {
    input.text("Search")?;
    Ok(json!({}))
}
