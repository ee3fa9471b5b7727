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

/// The name of a structure, an enumeration or an operation: the API's, beginning with a capital.
/// One that would hide a name of Rust's prelude ends in `Info`.
pub fn type_name(wire: &str) -> String {
    let name = capitalized(wire);
    if PRELUDE.contains(&name.as_str()) { format!("{name}Info") } else { name }
}

/// The name of an enumeration's value: `MANAGED_CLUSTER` is `ManagedCluster`, `most-pods` is `MostPods`.
pub fn variant(wire: &str) -> String {
    let mut name = String::new();
    for word in words(wire) {
        let digits_meet =
            name.ends_with(|last: char| last.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit());
        if digits_meet {
            name.push('_');
        }
        name.push_str(&capitalized(&word.to_lowercase()));
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if name == "Self" { "Self_".to_owned() } else { name }
}

/// The name of an error code: `InternalError.CidrInvali` is `InternalErrorCidrInvali`, `4100` is `Code4100` and
/// `-502` is `CodeMinus502`.
pub fn code(wire: &str) -> String {
    let name: String = wire.split(|c: char| !c.is_ascii_alphanumeric()).map(capitalized).collect();
    let sign = if wire.starts_with('-') { "Minus" } else { "" };
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("Code{sign}{name}") } else { name }
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

const PRELUDE: &[&str] = &["Box", "Default", "Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec"];

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

    #[test]
    fn types_keep_the_name_of_the_api() {
        assert_eq!(type_name("ClusterCIDRSettings"), "ClusterCIDRSettings");
        assert_eq!(type_name("fileEntry"), "FileEntry");
        assert_eq!(type_name("Result"), "ResultInfo");
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
        assert_eq!(code("ResourceNotFound"), "ResourceNotFound");
        assert_eq!((code("4100"), code("-502")), ("Code4100".to_owned(), "CodeMinus502".to_owned()));
    }
}
