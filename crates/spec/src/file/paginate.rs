//! How an operation returns a long list page by page.

use serde::Deserialize;

/// How a long list is read page by page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paginate {
    /// The manner of paging.
    pub style: PageStyle,
    /// Input of the style `offset`: items to skip.
    #[serde(default)]
    pub offset: Option<String>,
    /// Input of the style `offset`: items to return at most.
    #[serde(default)]
    pub limit: Option<String>,
    /// Input of the style `number`: the page, counted from 1.
    #[serde(default)]
    pub number: Option<String>,
    /// Input of the style `number`: items in a page. Of the style `token` too, where the operation has such an input.
    #[serde(default)]
    pub size: Option<String>,
    /// Input of the style `token`: the token of the page.
    #[serde(default)]
    pub token: Option<String>,
    /// Output of the style `token`: the token of the next page; names joined by dots.
    #[serde(default)]
    pub next: Option<String>,
    /// Largest page accepted, where stated.
    #[serde(default)]
    pub max: Option<u32>,
    /// Items in a page when nothing is sent, where stated.
    #[serde(default)]
    pub default: Option<u32>,
    /// Output: number of items in all; names joined by dots. Optional for the style `token`.
    #[serde(default)]
    pub total: Option<String>,
    /// Output: the items of this page; names joined by dots.
    pub items: String,
}

impl Paginate {
    /// The input that says where a page begins. In a [`Catalog`](crate::Catalog) it has a name.
    pub fn begin(&self) -> &str {
        let name = match self.style {
            PageStyle::Offset => &self.offset,
            PageStyle::Number => &self.number,
            PageStyle::Token => &self.token,
        };
        name.as_deref().unwrap_or_default()
    }

    /// The input that says how many items a page has. In a [`Catalog`](crate::Catalog) it has a name, except for the
    /// style `token`, where it may be empty.
    pub fn length(&self) -> &str {
        let name = match self.style {
            PageStyle::Offset => &self.limit,
            PageStyle::Number | PageStyle::Token => &self.size,
        };
        name.as_deref().unwrap_or_default()
    }
}

/// The manner of paging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStyle {
    /// The input says how many items to skip and how many to return.
    Offset,
    /// The input says which page, counted from 1, and how many items a page has.
    Number,
    /// The input repeats the opaque token that the page before returned.
    Token,
}

impl PageStyle {
    /// The name that the files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offset => "offset",
            Self::Number => "number",
            Self::Token => "token",
        }
    }
}
