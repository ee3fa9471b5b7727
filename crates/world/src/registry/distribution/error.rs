//! What the distribution protocol refuses, with the codes of its specification.

/// Why a request of the distribution protocol is refused. The text is the message of the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DistributionError {
    #[error("{0}")]
    BlobUnknown(String),
    #[error("{0}")]
    BlobUploadInvalid(String),
    #[error("{0}")]
    BlobUploadUnknown(String),
    #[error("{0}")]
    DigestInvalid(String),
    #[error("{0}")]
    ManifestBlobUnknown(String),
    #[error("{0}")]
    ManifestInvalid(String),
    #[error("{0}")]
    ManifestUnknown(String),
    #[error("{0}")]
    ManifestTooLarge(String),
    #[error("{0}")]
    NameInvalid(String),
    #[error("{0}")]
    NameUnknown(String),
    #[error("{0}")]
    SizeInvalid(String),
    #[error("{0}")]
    TagInvalid(String),
    #[error("{0}")]
    RangeInvalid(String),
    #[error("{0}")]
    PageInvalid(String),
    #[error("{0}")]
    Unauthorized(String),
    #[error("{0}")]
    Denied(String),
    #[error("{0}")]
    Immutable(String),
    #[error("{0}")]
    Unsupported(String),
    #[error("{0}")]
    TooManyRequests(String),
    #[error("{0}")]
    Internal(String),
}

impl DistributionError {
    /// Returns the code of the specification, and the status of the response.
    pub fn code(&self) -> (&'static str, u16) {
        match self {
            Self::BlobUnknown(_) => ("BLOB_UNKNOWN", 404),
            Self::BlobUploadInvalid(_) => ("BLOB_UPLOAD_INVALID", 400),
            Self::BlobUploadUnknown(_) => ("BLOB_UPLOAD_UNKNOWN", 404),
            Self::DigestInvalid(_) => ("DIGEST_INVALID", 400),
            Self::ManifestBlobUnknown(_) => ("MANIFEST_BLOB_UNKNOWN", 400),
            Self::ManifestInvalid(_) => ("MANIFEST_INVALID", 400),
            Self::ManifestUnknown(_) => ("MANIFEST_UNKNOWN", 404),
            Self::ManifestTooLarge(_) => ("MANIFEST_INVALID", 413),
            Self::NameInvalid(_) => ("NAME_INVALID", 400),
            Self::NameUnknown(_) => ("NAME_UNKNOWN", 404),
            Self::SizeInvalid(_) => ("SIZE_INVALID", 413),
            Self::TagInvalid(_) => ("TAG_INVALID", 400),
            Self::RangeInvalid(_) => ("BLOB_UPLOAD_INVALID", 416),
            Self::PageInvalid(_) => ("PAGINATION_NUMBER_INVALID", 400),
            Self::Unauthorized(_) => ("UNAUTHORIZED", 401),
            Self::Denied(_) => ("DENIED", 403),
            Self::Immutable(_) => ("DENIED", 412),
            Self::Unsupported(_) => ("UNSUPPORTED", 405),
            Self::TooManyRequests(_) => ("TOOMANYREQUESTS", 429),
            Self::Internal(_) => ("UNKNOWN", 500),
        }
    }
}
