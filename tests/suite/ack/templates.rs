//! Orchestration templates.

use super::{Cloud, refusal, time};
use wharf::ErrorKind;
use wharf::Secret;
use wharf::ack::types::{Template, TemplateAcl, TemplateType};

scenarios! { a_template_lives, templates_are_listed_by_kind }

const YAML: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: \"网\" # & <>\n";

async fn read(cloud: &Cloud, id: &str) -> Template {
    cloud.clusters.describe_template_attribute(id).send().await.unwrap().body.remove(0)
}

async fn a_template_lives(cloud: &Cloud) {
    let create = cloud.clusters.create_template().name("web").template(YAML).template_type(TemplateType::Kubernetes);
    let id = create.description("first").tags("t").send().await.unwrap().template_id;
    let template = read(cloud, &id).await;
    assert_eq!(
        (template.id.as_str(), template.name.as_str(), template.template.as_ref().map(Secret::expose)),
        (id.as_str(), "web", Some(YAML))
    );
    assert_eq!((template.description.as_deref(), template.tags.as_deref()), (Some("first"), Some("t")));
    assert_eq!((template.template_type, template.acl), (Some(TemplateType::Kubernetes), Some(TemplateAcl::Private)));
    let other = cloud.clusters.describe_template_attribute(&id).template_type("compose").send().await.unwrap();
    assert!(other.body.is_empty(), "it is of another kind");

    // Every version has an identifier of its own, and all have one in common.
    let (old, id) = (id, template.template_with_hist_id.unwrap());
    cloud.pass(10);
    cloud.clusters.update_template(&old).description("").template("kind: List").send().await.unwrap();
    let changed = read(cloud, &id).await;
    assert_eq!(
        (changed.template.as_ref().map(Secret::expose), changed.description.as_deref()),
        (Some("kind: List"), Some(""))
    );
    assert_eq!(changed.name, "web", "what is not said stays");
    assert!(changed.id != old && changed.template_with_hist_id.as_deref() == Some(id.as_str()), "{changed:?}");
    assert!(time(changed.updated) > time(changed.created));
    assert_eq!(read(cloud, &changed.id).await.template.as_ref().map(Secret::expose), Some("kind: List"));

    cloud.clusters.delete_template(&changed.id).send().await.unwrap();
    let absent = (ErrorKind::NotFound, Some(404), "ErrorTemplateNotFound".to_owned());
    assert_eq!(refusal(cloud.clusters.describe_template_attribute(&id).send().await), absent);
    assert_eq!(refusal(cloud.clusters.update_template(&id).name("x").send().await), absent);
    assert_eq!(refusal(cloud.clusters.delete_template(&id).send().await), absent);
}

async fn templates_are_listed_by_kind(cloud: &Cloud) {
    for (at, kind) in ["kubernetes", "compose", "kubernetes"].into_iter().enumerate() {
        let create = cloud.clusters.create_template().name(format!("t-{at}")).template("a: 1");
        create.template_type(kind).send().await.unwrap();
    }
    let list = async |kind: Option<&str>| {
        let request = cloud.clusters.describe_templates();
        let request = kind.map_or(request.clone(), |kind| request.template_type(kind));
        let found = request.items().collect_all().await.unwrap();
        let mut names: Vec<String> = found.into_iter().map(|template| template.name).collect();
        names.sort();
        names
    };
    assert_eq!(list(Some("kubernetes")).await, ["t-0", "t-2"]);
    assert_eq!(list(Some("compose")).await, ["t-1"]);
    assert_eq!(list(None).await, ["t-0", "t-2"], "kubernetes is what is meant by nothing");
}
