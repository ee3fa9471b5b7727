//! Members whose name or description speaks of a secret are marked as sensitive, or reviewed and listed here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use wharf_spec::{Catalog, Type};

/// Words of a member's name that speak of a secret.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "pass",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "kubeconfig",
    "private",
    "key",
    "keys",
    "cert",
    "certs",
    "certificate",
    "certificates",
    "certification",
    "ca",
    "login",
    "script",
    "scripts",
    "userdata",
    "install",
    "env",
    "envs",
    "environment",
    "ak",
    "sk",
    "salt",
    "auth",
    "authentication",
    "external",
    "config",
    "template",
    "presigned",
    "command",
    "cmd",
];
/// Words of a member's description that do.
const DOCS: &[&str] = &[
    "password",
    "passwords",
    "secret",
    "secrets",
    "token",
    "credentials",
    "kubeconfig",
    "private key",
    "certificate",
    "log in",
    "script",
    "environment variable",
    "base64",
    "pem",
    "signed download",
];

/// Members that are no secrets, and why.
const REVIEWED: &[(&str, &[&str])] = &[
    (
        "names a key pair, which the service keeps",
        &[
            "ack AttachInstances.key_pair",
            "ack CreateCluster.key_pair",
            "cce Login.sshKey",
            "ccs AddClusterInstances.keyId",
            "ccs AddClusterInstancesFromExistedCvm.keyId",
            "ccs CreateCluster.keyId",
            "tke LaunchConfigureLoginSettings.KeyIds",
            "tke LoginSettings.KeyIds",
            "tke RunInstancesLoginSettings.KeyIds",
        ],
    ),
    (
        "names a template or shows one",
        &[
            "ack CreateTemplate.template_id",
            "ack DeleteTemplate.TemplateId",
            "ack DescribeTemplateAttribute.TemplateId",
            "ack UpdateTemplate.TemplateId",
            "ack Template.template_with_hist_id",
            "cce ListAddonTemplates.addon_template_name",
            "cce InstanceRequestSpec.addonTemplateName",
            "cce InstanceSpec.addonTemplateName",
            "cce InstanceSpec.addonTemplateLabels",
            "cce InstanceSpec.addonTemplateLogo",
        ],
    ),
    (
        "speaks about a login, a script or a licence, and holds none",
        &[
            "ack DescribeClusterAttachScripts.options",
            "cce GetClusterCert.apiVersion",
            "cce IAMIdentity.methods",
            "cce IAMToken.methods",
            "tcr CreateInstanceToken.RegistryId",
            "tke QueryOverage.Pass",
            "tke LoginSettings.KeepImageLogin",
            "tke RunInstancesLoginSettings.KeepImageLogin",
        ],
    ),
    (
        "is an address or a balancer that the outside sees",
        &[
            "ack DescribeClusterDetail.external_loadbalancer_id",
            "ack Cluster.external_loadbalancer_id",
            "cce ClusterExtendParam.clusterExternalIP",
            "ccs Cluster.clusterExternalEndpoint",
            "ccs Service.externalIp",
            "ccs ServiceBrief.externalIp",
            "tke DescribeClusterEndpoint.ClusterExternalEndpoint",
            "tke DescribeClusterEndpoint.ClusterExternalDomain",
            "tke DescribeClusterSecurity.ClusterExternalEndpoint",
            "tke SummaryService.ExternalIp",
        ],
    ),
    (
        "says whether addresses are private, or which",
        &[
            "ack DescribeExternalAgent.PrivateIpAddress",
            "cce NodeStatus.privateIP",
            "tke ExistedInstance.PrivateIpAddresses",
            "tke VirtualPrivateCloud.PrivateIpAddresses",
        ],
    ),
    (
        "names a label, a tag or a taint",
        &[
            "ack Label.key",
            "ack Tag.key",
            "ack Taint.key",
            "cce Taint.key",
            "cce UserTag.key",
            "ccs NodeAffinity.key",
            "ccs NodeLabel.key",
            "ccs PodAffinity.key",
            "tke AutoScalingTag.Key",
            "tke Tag.Key",
            "tke Taint.Key",
        ],
    ),
    (
        "is a certificate, which is public; its private key is another member",
        &[
            "cce AuthenticatingProxy.ca",
            "cce CertCluster.certificate-authority-data",
            "cce CertUser.client-certificate-data",
            "tke DescribeClusterEndpoint.CertificationAuthority",
            "tke DescribeClusterSecurity.CertificationAuthority",
        ],
    ),
    ("divides a disk", &["cce ReinstallVolumeConfig.lvmConfig"]),
    (
        "is a command, which everybody on the node can read; secrets go to `envs`",
        &["ccs Container.command", "ccs HealthCheck.cmd", "ccs MethodCmd.cmd", "ccs ServiceContainer.command"],
    ),
    (
        "names a configuration and its entries",
        &["ccs Volume.configId", "ccs Volume.configVersion", "ccs Volume.configKeys"],
    ),
    ("says what credentials may do", &["sts AssumeRole.Policy"]),
    ("is the identifier of a key", &["sts Credentials.AccessKeyId", "tke RunInstancesDataDisk.KmsKeyId"]),
    ("marks a request, so that it is not done twice", &["tke RunInstancesPara.ClientToken"]),
];

/// Names of imported members that speak of a secret and hold none, by why.
const REVIEWED_NAMES: &[(&str, &[&str])] = &[
    (
        "names a template, a version, a state or a time",
        &[
            "TemplateId",
            "alarmRuleTemplateId",
            "addonTemplateName",
            "addon_template_name",
            "name_template",
            "config_schema",
            "config_revision",
            "ScriptVersion",
            "LogConfigNames",
            "cert_state",
            "cert_expire_time",
            "LoginStatus",
            "TokenType",
            "max_oidc_token_expiration",
        ],
    ),
    ("is a page or marks a request", &["next_token", "nextToken", "client_token", "clientToken", "ClientToken"]),
    ("is the key of a label, a tag or a search", &["key", "Key", "tag_key", "tag_keys", "SearchKey"]),
    (
        "is the identifier of a key, a token or a certificate",
        &[
            "key_pair",
            "KeyIds",
            "KeyId",
            "TokenId",
            "kms_key_id",
            "kmsKeyID",
            "KmsKeyId",
            "system_disk_kms_key_id",
            "encryption_provider_key",
            "CertificateId",
            "CertId",
            "accessKeyId",
            "TmpSecretId",
        ],
    ),
    (
        "is public: a certificate or a public key",
        &["publicKey", "client-certificate-data", "certificate-authority-data", "cert", "CertificationAuthority"],
    ),
    (
        "is an address or a thing of a network",
        &[
            "privateEndpoint",
            "private_pool_ids",
            "PrivateIp",
            "privateIPv6IP",
            "External",
            "ClusterExternalEndpoint",
            "ClusterExternalDomain",
            "ClusterExternalACL",
            "external_loadbalancer_id",
        ],
    ),
];

/// The words of a name, in small letters: `SecretKey` and `secret_key` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let begins = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && !before.is_ascii_uppercase());
        if begins {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric() {
            words.last_mut().unwrap().push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn speaks_of_a_secret(name: &str, doc: &str) -> bool {
    let doc = format!(" {} ", doc.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "));
    let name = words(name);
    let joined = name.concat();
    name.iter().any(|word| NAMES.contains(&word.as_str()))
        || ["kubeconfig", "userdata", "presigned"].iter().any(|word| joined.contains(word))
        || DOCS.iter().any(|word| doc.contains(&format!(" {word} ")))
}

/// Whether a value of the type can hold a secret itself. A structure's members are looked at one by one.
fn holds_text(ty: &Type) -> bool {
    match ty.item() {
        Type::Int | Type::Uint | Type::Float | Type::Bool | Type::Timestamp | Type::Shape(_) => false,
        Type::Map(item) => holds_text(item) || !matches!(**item, Type::Shape(_)),
        _ => true,
    }
}

#[test]
fn what_speaks_of_a_secret_is_sensitive_or_reviewed() {
    let catalog = Catalog::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs")).unwrap();
    let mut reviewed: BTreeMap<&str, bool> = BTreeMap::new();
    for member in REVIEWED.iter().flat_map(|(_, members)| *members) {
        assert!(reviewed.insert(member, false).is_none(), "{member} stands there twice");
    }
    let names: BTreeSet<&str> = REVIEWED_NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let mut missing = Vec::new();
    let mut look = |product: &str, owner: &str, fields: &[wharf_spec::file::Field]| {
        for field in fields {
            let member = format!("{product} {owner}.{}", field.name);
            if field.sensitive || field.enumeration.is_some() || !holds_text(&field.ty) {
                continue;
            }
            if !speaks_of_a_secret(&field.name, &field.doc) {
                continue;
            }
            if field.source == "sdk" && names.contains(field.name.as_str()) {
                continue;
            }
            match reviewed.get_mut(member.as_str()) {
                Some(seen) => *seen = true,
                None => missing.push(format!("{member}: {}", field.doc)),
            }
        }
    };
    for product in catalog.products() {
        for operation in &product.operations {
            look(&product.name, &operation.name, &operation.spec.input);
            look(&product.name, &operation.name, &operation.spec.output);
        }
        for shape in &product.shapes {
            look(&product.name, &shape.name, &shape.spec.fields);
        }
    }
    assert!(missing.is_empty(), "not marked as sensitive, and not reviewed:\n{}", missing.join("\n"));
    let unused: Vec<_> = reviewed.iter().filter(|(_, seen)| !**seen).map(|(member, _)| member).collect();
    assert!(unused.is_empty(), "reviewed for nothing: {unused:?}");
}
