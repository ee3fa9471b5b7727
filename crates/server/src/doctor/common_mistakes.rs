//! The mistakes that all schemes have in common: another secret, method or charset, and other forms of the text.

use super::Mistake;
use super::variants::{Charset, METHODS, Secrets};

/// Another secret.
pub(super) fn secrets<Case: 'static>(
    secrets: &Secrets,
    out: &mut Vec<Mistake<Case>>,
    of: fn(&mut Case) -> &mut String,
) {
    for (what, secret) in secrets.wrong() {
        out.push(Mistake::new("secret", what, move |case: &mut Case| of(case).clone_from(&secret)));
    }
}

/// Another method, or the right one in small letters.
pub(super) fn methods<Case: 'static>(right: &str, out: &mut Vec<Mistake<Case>>, of: fn(&mut Case) -> &mut String) {
    for other in METHODS.into_iter().filter(|other| *other != right) {
        let what = format!("the client signed the method {other} and sent another");
        out.push(Mistake::new("method", what, move |case: &mut Case| *of(case) = other.to_owned()));
    }
    let small = right.to_lowercase();
    out.push(Mistake::new("method", "the method was signed in small letters", move |case: &mut Case| {
        of(case).clone_from(&small);
    }));
}

/// Another charset than UTF-8.
pub(super) fn charsets<Case: 'static>(out: &mut Vec<Mistake<Case>>, of: fn(&mut Case) -> &mut Charset) {
    for (charset, what) in Charset::WRONG {
        out.push(Mistake::new("charset", what, move |case: &mut Case| *of(case) = charset));
    }
}

/// What a mistake is about, what the client did, and how the form changes by it.
pub(super) type WrongForm<Form> = (&'static str, &'static str, fn(&mut Form));

/// Other forms of the text to sign.
pub(super) fn forms<Case: 'static, Form: 'static>(
    wrong: impl IntoIterator<Item = WrongForm<Form>>,
    out: &mut Vec<Mistake<Case>>,
    of: fn(&mut Case) -> &mut Form,
) {
    for (subject, what, change) in wrong {
        out.push(Mistake::new(subject, what, move |case: &mut Case| change(of(case))));
    }
}
