//! The shape of a recipe file, strict: an unknown key is an error. What a step means is in `instruction`,
//! what its files become in `layer`, what other files add to it in `likeness` and `part`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::packages::Packages;
use super::pairs::Pairs;
use super::size::Size;
use crate::oci::{MediaType, Platform};

/// One build of an image: its names and how it was made. Several builds may carry the same name; `publish` says
/// which of them a tag means at which moment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The repository in its familiar form, `redis`.
    pub name: String,
    /// Its tags; each moves on to the next build that has it.
    pub tags: Vec<String>,
    /// What the numbers follow, for readers.
    pub record: String,
    /// The day from which on the tags mean this build, `2026-09-19`.
    pub publish: String,
    /// The platforms in the order of the index. The steps' sizes are those of the first one.
    pub platforms: Vec<PlatformSpec>,
    /// The image that this one is built on: the build that its tag meant on the day of `publish`, or a recipe's file.
    #[serde(default)]
    pub base: Option<String>,
    /// What BuildKit attested for each platform.
    #[serde(default = "both")]
    pub attestations: Vec<Attestation>,
    /// The recipe, by file name, whose `config`, `steps` and `prints` this one takes over.
    #[serde(default)]
    pub like: Option<String>,
    /// What is written otherwise here than there: words of the other file, each with what stands in its place.
    #[serde(default)]
    pub change: BTreeMap<String, String>,
    /// Settings that no line of the history shows, as Debian's `CMD`.
    #[serde(default)]
    pub config: Settings,
    /// When the image was made; the last step's time where absent.
    #[serde(default)]
    pub created: Option<String>,
    /// The steps, oldest first; none with `like`.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What programs of the image print, by command line; those of the base are kept.
    #[serde(default)]
    pub prints: BTreeMap<String, String>,
}

/// One platform and where it differs from the first one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformSpec {
    /// `linux/arm64/v8`, as the index writes it.
    pub platform: String,
    /// Compressed bytes of all layers, those of the base included. The steps' layers are scaled to reach them;
    /// absent, they are scaled as the base is.
    #[serde(default)]
    pub compressed: Option<u64>,
    /// Another base than the recipe's.
    #[serde(default)]
    pub base: Option<String>,
    /// Other attestations than the recipe's.
    #[serde(default)]
    pub attestations: Option<Vec<Attestation>>,
    /// What the steps say otherwise on this platform, which lags a version behind.
    #[serde(default)]
    pub change: BTreeMap<String, String>,
    /// The steps with these changes; the recipe's where there are none.
    #[serde(skip)]
    pub(super) steps: Option<Vec<Step>>,
}

impl PlatformSpec {
    /// Splits the text as the index writes it: no variant is added or left out.
    ///
    /// Returns `None` where it has not two or three parts.
    pub fn parse(&self) -> Option<Platform> {
        match self.platform.split('/').collect::<Vec<_>>()[..] {
            [os, architecture] => Some(Platform::from_parts(os, architecture, "", "")),
            [os, architecture, variant] => Some(Platform::from_parts(os, architecture, variant, "")),
            _ => None,
        }
    }
}

/// A statement that BuildKit attaches to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attestation {
    /// The list of packages (SPDX).
    Sbom,
    /// How it was built (SLSA).
    Provenance,
}

fn both() -> Vec<Attestation> {
    vec![Attestation::Sbom, Attestation::Provenance]
}

/// Settings without a line in the history.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Environment, `NAME=value`.
    #[serde(default)]
    pub env: Vec<String>,
    /// Default command.
    #[serde(default)]
    pub cmd: Option<Vec<String>>,
}

/// One step: exactly one key names the instruction, the others say what it left behind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `RUN` in shell form.
    #[serde(default)]
    pub run: Option<String>,
    /// `COPY`.
    #[serde(default)]
    pub copy: Option<String>,
    /// `ADD`.
    #[serde(default)]
    pub add: Option<String>,
    /// `WORKDIR`; always a layer, the empty one where the directory was there before.
    #[serde(default)]
    pub workdir: Option<String>,
    /// A layer whose line in the history no Dockerfile wrote, `# debian.sh ...`; taken word for word.
    #[serde(default)]
    pub verbatim: Option<String>,
    /// `ENV`.
    #[serde(default)]
    pub env: Option<Pairs>,
    /// `ARG`, `NAME=value`; later `RUN` lines show it.
    #[serde(default)]
    pub arg: Option<String>,
    /// `LABEL`.
    #[serde(default)]
    pub label: Option<Pairs>,
    /// `ENTRYPOINT` in exec form.
    #[serde(default)]
    pub entrypoint: Option<Vec<String>>,
    /// `CMD` in exec form.
    #[serde(default)]
    pub cmd: Option<Vec<String>>,
    /// `EXPOSE`.
    #[serde(default)]
    pub expose: Option<Vec<String>>,
    /// `VOLUME`.
    #[serde(default)]
    pub volume: Option<Vec<String>>,
    /// `USER`.
    #[serde(default)]
    pub user: Option<String>,
    /// `STOPSIGNAL`.
    #[serde(default)]
    pub stopsignal: Option<String>,
    /// When, RFC 3339; as the step before where absent. Also the time of the step's files.
    #[serde(default)]
    pub created: Option<String>,
    /// Comment in the history; BuildKit's mark where absent.
    #[serde(default)]
    pub comment: Option<String>,
    /// The line of history where it is not BuildKit's: other builders write other words.
    #[serde(default)]
    pub created_by: Option<String>,
    /// Lists of files that several recipes share: `debian` is `parts-debian.yaml`.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Packages that the step installed; their database becomes one of its files.
    #[serde(default)]
    pub packages: Packages,
    /// Files that the step left, by path without a leading `/`; they win over those of `parts`.
    #[serde(default)]
    pub files: BTreeMap<String, File>,
    /// Blank files fill the layer up to this size on disk.
    #[serde(default)]
    pub pad: Option<Size>,
    /// Directory of the blank files.
    #[serde(default)]
    pub under: Option<String>,
    /// Size of the compressed layer in bytes, on the first platform.
    #[serde(default)]
    pub compressed: Option<u64>,
}

/// One file: exactly one of `size`, `text`, `link`, `dir` and `gone`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// A regular file with blank content.
    #[serde(default)]
    pub size: Option<Size>,
    /// A regular file with this text.
    #[serde(default)]
    pub text: Option<String>,
    /// A symbolic link to this path.
    #[serde(default)]
    pub link: Option<String>,
    /// A directory; parents of other files need not be named.
    #[serde(default)]
    pub dir: Option<Yes>,
    /// Removes the file of a lower layer (a whiteout).
    #[serde(default)]
    pub gone: Option<Yes>,
    /// Mode in octal digits, `"0755"`.
    #[serde(default)]
    pub mode: Option<String>,
    /// Numeric `user:group`.
    #[serde(default)]
    pub owner: Option<String>,
}

impl File {
    /// Makes a symbolic link.
    pub(super) fn link(target: &str) -> Self {
        Self { link: Some(target.to_owned()), ..Self::default() }
    }

    /// Makes a program: blank content that may be run.
    pub(super) fn program(size: Size) -> Self {
        Self { size: Some(size), mode: Some("0755".to_owned()), ..Self::default() }
    }

    /// Makes a directory.
    pub(super) fn directory() -> Self {
        Self { dir: Some(Yes), ..Self::default() }
    }

    /// Makes a file with a text.
    pub(super) fn text(text: String) -> Self {
        Self { text: Some(text), ..Self::default() }
    }
}

/// The only value of a key that is there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "bool")]
pub struct Yes;

impl TryFrom<bool> for Yes {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, &'static str> {
        if value { Ok(Self) } else { Err("leave the key out instead of `false`") }
    }
}

impl Attestation {
    /// Returns the predicate's type (in-toto attestation framework).
    pub fn predicate_type(self) -> &'static str {
        match self {
            Self::Sbom => "https://spdx.dev/Document",
            Self::Provenance => "https://slsa.dev/provenance/v0.2",
        }
    }

    /// Returns the media type of the statement.
    pub fn media_type() -> MediaType {
        MediaType::IN_TOTO
    }
}
