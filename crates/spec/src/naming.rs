//! From the API's names to Rust's.

/// The name of a field, a setter or a method: `ClusterCIDRSettings` is `cluster_cidr_settings`.
pub fn field(wire: &str) -> String {
    let name = words(wire).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join("_");
    match name.as_str() {
        // The four that cannot be raw identifiers.
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        _ if KEYWORDS.binary_search(&name.as_str()).is_ok() => format!("r#{name}"),
        _ => name,
    }
}

/// The name of the method that sets a field of a request. One that is a method of every request ends in `_`.
pub fn request_setter(wire: &str) -> String {
    apart(field(wire), REQUEST)
}

/// The name of the method that sets a field of a structure. One that is a method of every structure ends in `_`.
pub fn shape_setter(wire: &str) -> String {
    apart(field(wire), SHAPE)
}

/// The name of the client's method that calls an operation: that of its type, in small letters. One that is a method of
/// every client ends in `_`.
pub fn method(wire: &str) -> String {
    apart(field(&type_name(wire)), CLIENT)
}

fn apart(name: String, taken: &[&str]) -> String {
    if taken.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The name of a structure, an enumeration or an operation: `ClusterCIDRSettings` is `ClusterCidrSettings`, `VpcIDs` is
/// `VpcIds`. One that would hide a name of Rust's prelude, or one that generated code uses, ends in `Info`.
pub fn type_name(wire: &str) -> String {
    let name = camel(wire);
    if TAKEN.contains(&name.as_str()) { format!("{name}Info") } else { name }
}

/// The name of an enumeration's value: `MANAGED_CLUSTER` is `ManagedCluster`, `most-pods` is `MostPods`. `Other` stands
/// for every value that is not known, so a value of that name ends in `_`.
pub fn variant(wire: &str) -> String {
    let mut name = camel(wire);
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    apart(name, VARIANTS)
}

/// The name of an error code: `InvalidParameter.CIDRInvalid` is `InvalidParameterCidrInvalid`, `4100` is `Code4100` and
/// `-502` is `CodeMinus502`.
pub fn code(wire: &str) -> String {
    let name = camel(wire);
    let sign = if wire.starts_with('-') { "Minus" } else { "" };
    let name = if name.starts_with(|first: char| first.is_ascii_digit()) { format!("Code{sign}{name}") } else { name };
    apart(name, VARIANTS)
}

/// The words, each with a capital first letter and the others small; digits that would meet are kept apart.
fn camel(wire: &str) -> String {
    let mut name = String::new();
    for word in words(wire) {
        let digits_meet =
            name.ends_with(|last: char| last.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            name.push('_');
        }
        name.push_str(&capitalized(&word.to_lowercase()));
    }
    name
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Cuts a name into words: at what is neither letter nor digit, before a capital that follows a
/// small letter, and before the last capital of a row that a small letter follows (`IPAddress`).
/// Digits belong to the word before them (`K8SVersion`); `IPv6` and the plural `IDs` are one word.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, &letter) in letters.iter().enumerate() {
            if begins_word(&letters, at) {
                words.push(std::mem::take(&mut word));
            }
            word.push(letter);
        }
        words.push(word);
    }
    words
}

fn begins_word(letters: &[char], at: usize) -> bool {
    let is = |at: Option<usize>, test: fn(&char) -> bool| at.and_then(|at| letters.get(at)).is_some_and(test);
    let (before, after, after_next) = (at.checked_sub(1), Some(at + 1), Some(at + 2));
    if at == 0 {
        return false;
    }
    if is(Some(at), char::is_ascii_uppercase) {
        let plural = is(after, |c| *c == 's') && !is(after_next, |c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let numbered = is(after_next, char::is_ascii_digit);
        is(before, char::is_ascii_lowercase) || (is(after, char::is_ascii_lowercase) && !plural && !numbered)
    } else {
        // `LTSx86` is `LTS` and `x86`, where `IPv6` is one word.
        is(Some(at), |c| c.is_ascii_lowercase() && *c != 'v')
            && is(after, char::is_ascii_digit)
            && is(before, char::is_ascii_uppercase)
            && is(at.checked_sub(2), char::is_ascii_uppercase)
    }
}

/// What every request has besides the setters of its fields.
const REQUEST: &[&str] = &[
    "clone",
    "fmt",
    "input",
    "items",
    "new",
    "pages",
    "presign",
    "send",
    "send_with_response",
    "sign",
    "with_attempt_timeout",
    "with_region",
    "with_retry",
    "with_timeout",
];

/// What every structure has besides the setters of its fields.
const SHAPE: &[&str] =
    &["clear", "clone", "decoding", "default", "each", "eq", "find", "fmt", "get", "into_iter", "ne", "place", "shape"];

/// What every client has besides its operations.
const CLIENT: &[&str] = &["clone", "connection", "fmt", "new"];

/// What an enumeration cannot have, or has already.
const VARIANTS: &[&str] = &["Other", "Self"];

/// Names of the prelude, and those that generated code uses.
const TAKEN: &[&str] = &[
    "Authorization",
    "BTreeMap",
    "Box",
    "Client",
    "Clone",
    "Connection",
    "Default",
    "Entry",
    "Err",
    "FnOnce",
    "From",
    "In",
    "Into",
    "IntoIterator",
    "JsonText",
    "ListStyle",
    "None",
    "Ok",
    "Operation",
    "OperationMeta",
    "Option",
    "PageStyle",
    "Paginated",
    "Paging",
    "PartialEq",
    "Request",
    "Result",
    "Secret",
    "Self",
    "Some",
    "String",
    "TimeForm",
    "Timestamp",
    "Vec",
];

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case_with_acronyms_as_words() {
        for (wire, rust) in [
            ("ClusterCIDRSettings", "cluster_cidr_settings"),
            ("GetDashboardID", "get_dashboard_id"),
            ("RegistryIds", "registry_ids"),
            ("Registryids", "registryids"),
            ("K8SVersion", "k8s_version"),
            ("OsCustomizeType", "os_customize_type"),
            ("VpcId", "vpc_id"),
            ("VpcIDs", "vpc_ids"),
            ("IPAddress", "ip_address"),
            ("IPv6Addresses", "ipv6_addresses"),
            ("Ipv6AddressCount", "ipv6_address_count"),
            ("CPU", "cpu"),
            ("Md5", "md5"),
            ("OS", "os"),
            ("KubeAPIServer", "kube_api_server"),
            ("PreSignedDownloadURL", "pre_signed_download_url"),
            ("fileEntry", "file_entry"),
            ("X-Header", "x_header"),
            ("Type", "r#type"),
            ("Override", "r#override"),
            ("Self", "self_"),
        ] {
            assert_eq!(field(wire), rust);
        }
        assert!(KEYWORDS.is_sorted());
    }

    /// <https://rust-lang.github.io/api-guidelines/naming.html#c-case>: an acronym counts as one word.
    #[test]
    fn types_are_camel_case_with_acronyms_as_words() {
        for (wire, rust) in [
            ("ClusterCIDRSettings", "ClusterCidrSettings"),
            ("CheckClusterCIDR", "CheckClusterCidr"),
            ("ClusterCIDRs", "ClusterCidrs"),
            ("GetDashboardID", "GetDashboardId"),
            ("VpcIDsSetting", "VpcIdsSetting"),
            ("IAMUser", "IamUser"),
            ("CloudPVC", "CloudPvc"),
            ("CloudPVCSpec", "CloudPvcSpec"),
            ("CloudPVFlexVolume", "CloudPvFlexVolume"),
            ("CoreDNSValues", "CoreDnsValues"),
            ("IPv6Address", "Ipv6Address"),
            ("K8SVersion", "K8sVersion"),
            ("ReinstallK8sOptionsConfig", "ReinstallK8sOptionsConfig"),
            ("DescribeClustersV1", "DescribeClustersV1"),
            ("fileEntry", "FileEntry"),
            ("node_pool.v2", "NodePoolV2"),
            ("Result", "ResultInfo"),
            ("Secret", "SecretInfo"),
        ] {
            assert_eq!(type_name(wire), rust);
            if !rust.ends_with("Info") {
                assert_eq!(field(wire), field(rust), "{rust} has other words than {wire}");
            }
        }
        assert!(TAKEN.is_sorted());
    }

    #[test]
    fn what_is_taken_ends_in_an_underscore() {
        assert_eq!([request_setter("Items"), request_setter("Limit")], ["items_", "limit"]);
        assert_eq!([shape_setter("Shape"), shape_setter("Items")], ["shape_", "items"]);
        assert_eq!([method("New"), method("Connection"), method("Items")], ["new_", "connection_info", "items"]);
        assert_eq!([variant("other"), variant("self"), code("Other")], ["Other_", "Self_", "Other_"]);
    }

    #[test]
    fn variants_are_camel_case() {
        for (wire, rust) in [
            ("MANAGED_CLUSTER", "ManagedCluster"),
            ("most-pods", "MostPods"),
            ("keep_last_days", "KeepLastDays"),
            ("SvcLBTypeInner", "SvcLbTypeInner"),
            ("VPC-CNI", "VpcCni"),
            ("X86", "X86"),
            ("x86", "X86"),
            ("one-time", "OneTime"),
            ("scaleDownEnabling", "ScaleDownEnabling"),
            ("centos7.2x86_64", "Centos7_2x86_64"),
            ("ubuntu16.04.1 LTSx86_64", "Ubuntu16_04_1LtsX86_64"),
            ("3.10", "_3_10"),
        ] {
            assert_eq!(variant(wire), rust);
        }
    }

    #[test]
    fn codes_lose_their_dots() {
        assert_eq!(code("InternalError.CidrInvali"), "InternalErrorCidrInvali");
        assert_eq!(code("InvalidParameter.CIDRInvalid"), "InvalidParameterCidrInvalid");
        assert_eq!(code("SVCSTG.CCE-ADDONMGR.4000003"), "SvcstgCceAddonmgr4000003");
        assert_eq!(code("ContentMD5NotMatched"), "ContentMd5NotMatched");
        assert_eq!(code("ResourceNotFound"), "ResourceNotFound");
        assert_eq!((code("4100"), code("-502")), ("Code4100".to_owned(), "CodeMinus502".to_owned()));
    }
}
