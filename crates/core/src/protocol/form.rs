//! Parameters as `application/x-www-form-urlencoded` text.

use wharf_sign::canonical;

/// Writes parameters in order: values escaped with upper-case digits, a blank as `+`.
pub fn encode<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        pieces(name.as_ref(), |piece| out.push_str(piece));
        out.push('=');
        pieces(value.as_ref(), |piece| out.push_str(piece));
    }
    out
}

/// Returns the number of bytes that [`encode`] would write.
pub fn encoded_len<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> usize {
    let mut bytes = 0;
    for (name, value) in parameters {
        pieces(name.as_ref(), |piece| bytes += piece.len());
        pieces(value.as_ref(), |piece| bytes += piece.len());
    }
    // One `=` for each, and one `&` between two.
    bytes + (2 * parameters.len()).saturating_sub(1)
}

fn pieces(text: &str, mut write: impl FnMut(&str)) {
    for piece in canonical::pieces(text) {
        write(if piece == "%20" { "+" } else { piece });
    }
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
