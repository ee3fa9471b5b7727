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

/// The releases of Kubernetes and of operating systems that a cloud offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Releases {
    /// Those of the documents of private clouds: Kubernetes 1.10 to 1.23.
    #[default]
    Documents,
    /// Those that public clouds offer now: Kubernetes 1.28 to 1.34. Those of the documents are not listed, and are
    /// available to who names them.
    Current,
}

/// The versions in the document of the private cloud, oldest first.
const DOCUMENTED_VERSIONS: &[&str] = &["1.10.5", "1.12.4", "1.14.3", "1.16.3", "1.18.4", "1.20.6"];
/// The versions of the public cloud, oldest first: even minor versions only
/// (<https://www.tencentcloud.com/document/product/457/47894>).
const CURRENT_VERSIONS: &[&str] = &["1.28.3", "1.30.0", "1.32.2"];

impl Releases {
    /// The Kubernetes versions that clusters can be created with, oldest first.
    pub fn versions(self) -> &'static [&'static str] {
        match self {
            Self::Documents => DOCUMENTED_VERSIONS,
            Self::Current => CURRENT_VERSIONS,
        }
    }

    /// The releases that a request means: a cloud with current releases still has the documents' for those who name them.
    #[must_use]
    pub fn named(self, version: Option<&str>) -> Self {
        if version.is_some_and(|version| DOCUMENTED_VERSIONS.contains(&version)) { Self::Documents } else { self }
    }

    /// Whether a cluster can be created with the Kubernetes version.
    pub fn offers(self, version: &str) -> bool {
        self.named(Some(version)).versions().contains(&version)
    }

    /// The Kubernetes version when none is named: the one that the document names, or the newest.
    pub fn default_version(self) -> &'static str {
        match self {
            Self::Documents => "1.10.5",
            Self::Current => "1.32.2",
        }
    }

    /// The images.
    pub fn images(self) -> &'static [Image] {
        match self {
            Self::Documents => IMAGES,
            Self::Current => CURRENT_IMAGES,
        }
    }

    /// The operating system when none is named.
    pub fn default_os(self, arm: bool) -> &'static str {
        match (self, arm) {
            (_, true) => "centos7.6-arm64",
            (Self::Documents, false) => "ubuntu16.04.1 LTSx86_64",
            (Self::Current, false) => "tlinux3.1x86_64",
        }
    }

    /// The container runtime when none is named. Kubernetes 1.24 and later have no Docker.
    pub fn default_runtime(self) -> &'static str {
        match self {
            Self::Documents => "docker",
            Self::Current => "containerd",
        }
    }
}

/// The versions among which a version is upgraded, oldest first; none for a version that no cloud offers.
pub fn series(version: &str) -> &'static [&'static str] {
    let all = [DOCUMENTED_VERSIONS, CURRENT_VERSIONS];
    all.into_iter().find(|series| series.contains(&version)).unwrap_or_default()
}

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

/// The images of the document.
const IMAGES: &[Image] = &[
    image("img-ubuntu16", "ubuntu16.04.1 LTSx86_64", "Ubuntu 16.04.1 LTS 64bit"),
    image("img-ubuntu18", "ubuntu18.04.1x86_64", "Ubuntu 18.04.1 LTS 64bit"),
    image("img-centos72", "centos7.2x86_64", "CentOS 7.2 64bit"),
    image("img-centos76", "centos7.6.0_x64", "CentOS 7.6 64bit"),
    Image { customized: true, ..image("img-centos7c", "centos7.6x86_64 docker", "CentOS 7.6 64bit with Docker") },
    Image { arm: true, ..image("img-centosar", "centos7.6-arm64", "CentOS 7.6 ARM 64bit") },
];

/// The images of the public cloud.
const CURRENT_IMAGES: &[Image] = &[
    image("img-eb30mz89", "tlinux3.1x86_64", "TencentOS Server 3.1 (TK4)"),
    image("img-487zeit5", "ubuntu22.04x86_64", "Ubuntu Server 22.04 LTS 64bit"),
    image("img-ubuntu18", "ubuntu18.04.1x86_64", "Ubuntu 18.04.1 LTS 64bit"),
    image("img-centos76", "centos7.6.0_x64", "CentOS 7.6 64bit"),
    Image { arm: true, ..image("img-centosar", "centos7.6-arm64", "CentOS 7.6 ARM 64bit") },
];

/// All images. Nodes can have any of them, as old images can still be used.
fn all_images() -> impl Iterator<Item = &'static Image> {
    IMAGES.iter().chain(CURRENT_IMAGES)
}

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
        known(deserializer, "image", |id| all_images().find(|image| image.id == id).copied())
    }
}

/// The image of that operating system or identifier, for that architecture.
pub fn find_image(name: &str, arm: bool) -> Outcome<Image> {
    let image = all_images().find(|image| image.os == name || image.id == name);
    let image = image.ok_or_else(|| Reason::NoImage.because(format!("the operating system {name} is not offered")))?;
    if image.arm != arm {
        let needed = if arm { "arm" } else { "x86" };
        return Err(Reason::NoImage.because(format!("the operating system {name} does not run on {needed}")));
    }
    Ok(*image)
}

/// Whether the region is one of ours, by name or number.
pub fn is_region(text: &str) -> bool {
    REGIONS.iter().any(|region| region.name == text || region.number.to_string() == text)
}
