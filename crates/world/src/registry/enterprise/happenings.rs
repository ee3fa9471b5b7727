//! What happens to images: webhooks are notified, and rules of replication act on it.

use super::EventType;
use crate::registry::Registries;
use std::collections::VecDeque;

/// What happened to an image of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    Push,
    Pull,
    Delete,
}

impl Happening {
    pub(super) fn event(self) -> EventType {
        match self {
            Self::Push => EventType::PushImage,
            Self::Pull => EventType::PullImage,
            Self::Delete => EventType::DeleteImage,
        }
    }
}

impl Registries {
    /// Notes what happened to an image. `tag` is a tag, or a digest if a client named the image by it.
    pub(in crate::registry) fn happened(
        &mut self,
        id: &str,
        happening: Happening,
        path: &str,
        tag: &str,
        digest: &str,
    ) {
        // A copy is a push to its destination, which can have rules of replication too. The copies end, because an
        // image that is there already is not copied.
        let mut open = VecDeque::from([(id.to_owned(), path.to_owned(), tag.to_owned())]);
        while let Some((id, path, tag)) = open.pop_front() {
            self.call_webhooks(&id, happening.event(), &path, &tag, digest);
            if happening != Happening::Pull {
                open.extend(self.replicate(&id, happening, &path, &tag, digest));
            }
        }
    }
}
