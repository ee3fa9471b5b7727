//! Effect that a failed call may have had.

/// Effect of a failed call: whether the change that it requested was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Change {
    /// Not applicable: the call changes nothing, was not sent, or was rejected.
    #[default]
    Unknown,
    /// The request may have arrived, and its effect is unknown: the response is missing, cut, or does not come from the
    /// service. Check the resource before you repeat the call.
    Maybe,
    /// The service accepted the call, but its response cannot be read completely. For a waiter: the call before the
    /// wait was accepted, and its progress cannot be read.
    Made,
}

impl Change {
    /// Returns the sentence that is added to an error's message.
    pub(super) fn sentence(self, read: &[String]) -> Option<String> {
        let sentence = match self {
            Self::Unknown => return None,
            Self::Maybe => "the change may have been made",
            Self::Made => "the change was made",
        };
        Some(match read {
            [] => sentence.to_owned(),
            read => format!("{sentence}; the answer names {}", read.join(", ")),
        })
    }
}
