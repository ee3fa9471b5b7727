//! What a failed call may have changed.

/// What is known about the change that a failed call was to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Change {
    /// The error says nothing about one: the call changes nothing, was not sent, or was refused.
    #[default]
    Unknown,
    /// The request may have arrived, and nothing tells whether it had its effect: the answer did not come, was cut,
    /// or is not one of the service. Look at the thing before you repeat the call.
    Maybe,
    /// The service accepted the call, and its answer cannot be read whole. Of a waiter: the call before the wait was
    /// accepted, and how far its work is cannot be read.
    Made,
}

impl Change {
    /// What an error's message says of it.
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
