//! What the cloud offers: regions, Kubernetes versions, machine images.

use crate::kernel::save::forms::known;
use crate::kernel::violation::{Outcome, Reason};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A region in which the container service is offered.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub name: &'static str,
    pub number: i64,
    pub alias: &'static str,
}

/// The regions.
pub const REGIONS: &[Region] = &[
    Region { name: "ap-guangzhou", number: 1, alias: "gz" },
    Region { name: "ap-shanghai", number: 4, alias: "sh" },
    Region { name: "ap-hongkong", number: 5, alias: "hk" },
    Region { name: "ap-beijing", number: 8, alias: "bj" },
    Region { name: "ap-singapore", number: 9, alias: "sg" },
    Region { name: "na-siliconvalley", number: 15, alias: "usw" },
    Region { name: "ap-chengdu", number: 16, alias: "cd" },
    Region { name: "eu-frankfurt", number: 17, alias: "de" },
    Region { name: "ap-chongqing", number: 19, alias: "cq" },
    Region { name: "na-ashburn", number: 22, alias: "use" },
    Region { name: "ap-tokyo", number: 25, alias: "jp" },
    Region { name: "ap-nanjing", number: 33, alias: "nj" },
];

/// The Kubernetes versions that clusters can be created with, oldest first.
pub const VERSIONS: &[&str] = &["1.10.5", "1.12.4", "1.14.3", "1.16.3", "1.18.4", "1.20.6"];

/// A machine image for nodes.
#[derive(Debug, Clone, Copy)]
pub struct Image {
    pub id: &'static str,
    pub os: &'static str,
    pub alias: &'static str,
    /// Whether Docker is already configured by the image's maker.
    pub customized: bool,
    pub arm: bool,
}

/// The images.
pub const IMAGES: &[Image] = &[
    image("img-ubuntu16", "ubuntu16.04.1 LTSx86_64", "Ubuntu 16.04.1 LTS 64bit"),
    image("img-ubuntu18", "ubuntu18.04.1x86_64", "Ubuntu 18.04.1 LTS 64bit"),
    image("img-centos72", "centos7.2x86_64", "CentOS 7.2 64bit"),
    image("img-centos76", "centos7.6.0_x64", "CentOS 7.6 64bit"),
    Image { customized: true, ..image("img-centos7c", "centos7.6x86_64 docker", "CentOS 7.6 64bit with Docker") },
    Image { arm: true, ..image("img-centosar", "centos7.6-arm64", "CentOS 7.6 ARM 64bit") },
];

const fn image(id: &'static str, os: &'static str, alias: &'static str) -> Image {
    Image { id, os, alias, customized: false, arm: false }
}

/// An image is saved as its identifier.
impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        known(deserializer, "image", |id| IMAGES.iter().find(|image| image.id == id).copied())
    }
}

/// The image of that operating system or identifier, for that architecture.
pub fn find_image(name: &str, arm: bool) -> Outcome<Image> {
    let image = IMAGES.iter().find(|image| image.os == name || image.id == name);
    let image = image.ok_or_else(|| Reason::NoImage.because(format!("the operating system {name} is not offered")))?;
    if image.arm != arm {
        let needed = if arm { "arm" } else { "x86" };
        return Err(Reason::NoImage.because(format!("the operating system {name} does not run on {needed}")));
    }
    Ok(*image)
}

/// The operating system when none is named.
pub fn default_os(arm: bool) -> &'static str {
    if arm { "centos7.6-arm64" } else { "ubuntu16.04.1 LTSx86_64" }
}

/// Whether the region is one of ours, by name or number.
pub fn is_region(text: &str) -> bool {
    REGIONS.iter().any(|region| region.name == text || region.number.to_string() == text)
}
