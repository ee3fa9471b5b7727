// begin product: written by `cargo codegen` from specs/*/product.json; do not edit
//! Tencent CCS, the container service before TKE, version v2 of its API.

// The public items are re-exported below.
#[allow(unreachable_pub)]
mod generated;

pub use generated::codes::{CODES, ErrorCode, NUMBERS};
pub use generated::types;

/// Name of the product.
pub const NAME: &str = "ccs";

/// Version of the API.
pub const VERSION: &str = "v2";

/// Label of the product in host names.
pub const HOST: &str = "ccs";

/// Known regions of the public cloud, sorted.
pub const REGIONS: &[&str] = &[
    "ap-bangkok",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-guangzhou",
    "ap-hongkong",
    "ap-mumbai",
    "ap-nanjing",
    "ap-seoul",
    "ap-shanghai",
    "ap-shanghai-fsi",
    "ap-shenzhen-fsi",
    "ap-singapore",
    "ap-tokyo",
    "eu-frankfurt",
    "eu-moscow",
    "na-ashburn",
    "na-siliconvalley",
    "na-toronto",
];
// end product

mod options;
mod regions;

pub use crate::tencent::protocol::v2_answer::module_code;
pub use options::CcsOptions;
pub use regions::{long_region, region_number, short_region};

#[cfg(feature = "testing")]
use crate::tencent::protocol::respond;
use crate::tencent::protocol::{v2, v2_answer};
use crate::tencent::{SignatureMethod, TencentSettings, codes, settings};
use bytes::Bytes;
use http::HeaderName;
use std::sync::Arc;
use wharf_core::error::CodeMeta;
use wharf_core::model::Model;
use wharf_core::operation::OperationMeta;
use wharf_core::product::{Answer, EncodeInput, Product, Signing, Unsigned};
use wharf_core::{Error, ErrorKind};
use wharf_sign::hmac_v1::Algorithm;

/// Root domain of the public cloud.
const PUBLIC_DOMAIN: &str = "qcloud.com";

/// Code for too many calls.
#[cfg(feature = "testing")]
const THROTTLED: &str = "4400";

/// Codes of a signature that is refused because of its time, in older and in newer releases.
const EXPIRED: &[&str] = &["4200", "4500"];

/// Returns the product. The language of the settings is not used: API 2.0 has none.
///
/// # Errors
/// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong.
pub fn product(settings: TencentSettings) -> Result<Ccs, Error> {
    Ccs::new(settings)
}

/// Returns a builder of a connection to the product. `C` is the type of the connection.
pub fn builder<C>() -> crate::Builder<CcsOptions, C> {
    crate::Builder::new(|settings| Ok(Arc::new(product(settings)?)))
}

/// The container service of Tencent's public or private cloud, API 2.0.
#[derive(Debug)]
pub struct Ccs {
    settings: TencentSettings,
    algorithm: Algorithm,
}

impl Ccs {
    /// Creates the product with these settings.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is wrong, such as the signature
    /// TC3-HMAC-SHA256, which this API does not support.
    pub fn new(settings: TencentSettings) -> Result<Self, Error> {
        settings.check()?;
        let algorithm = match settings.signature_method {
            SignatureMethod::HmacSha1 => Algorithm::HmacSha1,
            SignatureMethod::HmacSha256 => Algorithm::HmacSha256,
            SignatureMethod::Tc3HmacSha256 => {
                let reason = "is TC3-HMAC-SHA256, which API 2.0 does not know: HmacSHA1 or HmacSHA256";
                return Err(Error::configuration("signature_method", reason));
            }
        };
        Ok(Self { settings, algorithm })
    }

    /// Returns the settings.
    pub fn settings(&self) -> &TencentSettings {
        &self.settings
    }
}

impl Product for Ccs {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Returns the host of the operation's service: `ccs.api.qcloud.com`, and in a private cloud `ccs.api.<domain>`. A
    /// domain that begins with `api.` is used unchanged.
    fn host(&self, operation: &OperationMeta, _: Option<&str>) -> Result<String, Error> {
        let domain = self.settings.domain.as_deref().unwrap_or(PUBLIC_DOMAIN).to_ascii_lowercase();
        let api = if domain.starts_with("api.") { "" } else { "api." };
        Ok(format!("{}.{api}{domain}", operation.host))
    }

    fn check_region(&self, region: &str) -> Result<(), Error> {
        settings::check_region(region)
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        let call = EncodeInput { region: call.region.map(short_region), ..*call };
        v2::encode(&call, self.settings.http_method.into())
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        v2::sign(unsigned, signing, self.algorithm, self.settings.request_client.as_deref())
    }

    fn presignable(&self, unsigned: Unsigned) -> Result<Unsigned, Error> {
        Ok(unsigned.into_query())
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        v2_answer::decode(response, output, &|code| self.code(code))
    }

    #[cfg(feature = "testing")]
    fn respond(&self, reply: &wharf_core::mock::Reply<'_>) -> http::Response<Bytes> {
        // The monitor's own numbers are negative; the others come first.
        let numbers = |code: &str| NUMBERS.iter().rev().find(|(_, name)| *name == code).map(|(number, _)| *number);
        respond::v2(reply, THROTTLED, &numbers)
    }

    /// Looks the code up by name, or by the number that responses carry for it.
    fn code(&self, code: &str) -> Option<&'static CodeMeta> {
        let named = code.parse().ok().and_then(|number: i64| {
            let at = NUMBERS.binary_search_by_key(&number, |(number, _)| *number).ok()?;
            NUMBERS.get(at).map(|(_, name)| *name)
        });
        codes::find(CODES, named.unwrap_or(code))
    }

    fn owns_header(&self, name: &HeaderName) -> bool {
        name.as_str().starts_with("x-tc-")
    }

    fn is_clock_skew(&self, error: &Error) -> bool {
        error.code().is_some_and(|code| EXPIRED.contains(&code))
    }

    /// Returns true for every refusal of credentials except a wrong time. Some gateways have codes for an unknown key
    /// and for a wrong token; older ones have one code for all.
    fn is_stale_credentials(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Credentials && !self.is_clock_skew(error)
    }
}
