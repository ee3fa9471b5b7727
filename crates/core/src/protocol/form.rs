//! Parameters as `application/x-www-form-urlencoded` text.

use wharf_sign::canonical;

/// Writes parameters in order: values escaped with upper-case digits, a blank as `+`.
pub fn encode<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> String {
    let mut out = String::with_capacity(encoded_len(parameters));
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        canonical::push_form(&mut out, name.as_ref());
        out.push('=');
        canonical::push_form(&mut out, value.as_ref());
    }
    out
}

/// Returns the number of bytes that [`encode`] would write.
pub fn encoded_len<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> usize {
    // A blank is one byte.
    let length = |text: &str| {
        let blanks = text.bytes().filter(|byte| *byte == b' ').count();
        canonical::encoded_len(text) - 2 * blanks
    };
    let texts: usize = parameters.iter().map(|(name, value)| length(name.as_ref()) + length(value.as_ref())).sum();
    // One `=` for each, and one `&` between two.
    texts + (2 * parameters.len()).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let parameters = [("Ids.0", "a b+c/d"), ("Name", "集群~_.-"), ("Empty", ""), ("Percent", "%20")];
        let text = "Ids.0=a+b%2Bc%2Fd&Name=%E9%9B%86%E7%BE%A4~_.-&Empty=&Percent=%2520";
        assert_eq!(encode(&parameters), text);
        assert_eq!(encoded_len(&parameters), text.len());
        assert_eq!(encode::<&str, &str>(&[]), "");
        assert_eq!(encoded_len::<&str, &str>(&[]), 0);
    }
}
