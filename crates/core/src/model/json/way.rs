//! Position of the reader in a document.

use super::decoding::Step;
use std::fmt;

/// Path of the current value.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    Whole,
    /// Field of an envelope that only contains the output.
    Envelope(&'a str),
    Name(&'a Way<'a>, &'a str),
    /// Item, by its index in the response, and by its index in the list that was read.
    Item(&'a Way<'a>, usize, usize),
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the document"),
            Self::Envelope(name) | Self::Name(Self::Whole | Self::Envelope(_), name) => f.write_str(name),
            Self::Name(way, name) => write!(f, "{way}.{name}"),
            Self::Item(way, at, _) => write!(f, "{way}.{at}"),
        }
    }
}

impl Way<'_> {
    /// Returns whether it is the path of a field of the output itself.
    pub(super) fn is_near(&self) -> bool {
        matches!(self, Self::Whole | Self::Envelope(_) | Self::Name(Self::Whole | Self::Envelope(_), _))
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        let (mut steps, step) = match self {
            Self::Whole | Self::Envelope(_) => return Vec::new(),
            Self::Name(way, name) => (way.steps(), Step::Name((*name).to_owned())),
            Self::Item(way, _, at) => (way.steps(), Step::Item(*at)),
        };
        steps.push(step);
        steps
    }

    /// Returns the path of the outermost list on this path.
    pub(super) fn outermost_list(&self) -> String {
        let mut found = self.to_string();
        let mut here = self;
        loop {
            here = match here {
                Self::Whole | Self::Envelope(_) => return found,
                Self::Name(way, _) => way,
                Self::Item(list, ..) => {
                    found = list.to_string();
                    list
                }
            };
        }
    }
}
