//! Recipes as authors write them, and what they mean once checked.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Error;
use crate::oci::Platform;
use crate::yaml;

/// The most that one layer may take, on disk and packed: a recipe that asks for more is refused.
const MAX_LAYER_BYTES: u64 = 8 << 30;
const MAX_STEPS: usize = 200;
const MAX_FILES: usize = 10_000;
const MAX_PLATFORMS: usize = 32;
/// Tar headers here have room for so much and no more.
const MAX_PATH: usize = 100;

/// One build of an image.
///
/// `steps` are what `docker history` prints, oldest first; `config` is what `docker inspect` prints: both as the record has them,
/// so that neither is derived from the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Version of this language.
    pub schema: u32,
    /// Name of this build, also of its file: `redis-8.10.1`.
    pub id: String,
    /// The repository's path, `library/redis`.
    pub repository: String,
    /// Tags that point at this build; none for a base that only other recipes stand on.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What the recipe follows.
    pub record: String,
    /// The build that it stands on: its layers and history come first.
    #[serde(default)]
    pub base: Option<String>,
    /// When the image was made, RFC 3339.
    pub created: String,
    /// Whether the index has an attestation for each platform.
    #[serde(default)]
    pub attestations: bool,
    /// Platforms in the order of the index, each with the bytes that a pull transfers, the base's included.
    pub platforms: Vec<PlatformRecipe>,
    /// The configuration.
    #[serde(default)]
    pub config: ConfigRecipe,
    /// The steps above the base, oldest first.
    pub steps: Vec<Step>,
}

/// A platform of a recipe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformRecipe {
    /// `linux/arm64/v8` for example.
    pub platform: String,
    /// Compressed bytes of all layers together.
    pub bytes: u64,
}

/// What a container starts with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigRecipe {
    /// `NAME=value`, in order.
    pub env: Vec<String>,
    /// The program.
    pub entrypoint: Option<Vec<String>>,
    /// Its arguments.
    pub cmd: Option<Vec<String>>,
    /// `80/tcp` and the like.
    pub ports: Vec<String>,
    /// Paths.
    pub volumes: Vec<String>,
    /// Where the program starts.
    pub workdir: String,
    /// Who runs it.
    pub user: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// What stops it.
    pub stop_signal: String,
}

/// One line of the history.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The instruction, as `docker history --no-trunc` prints it.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// The comment; the builder's name where it is left out.
    #[serde(default)]
    pub comment: Option<String>,
    /// What it changed; a step without made no layer.
    #[serde(default)]
    pub layer: Option<LayerRecipe>,
}

/// What a step changed. Numbers are those of the first platform; others scale them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerRecipe {
    /// Compressed bytes, exact.
    pub compressed: u64,
    /// Bytes on disk; what the files below leave open is filled with blank ones.
    #[serde(default)]
    pub on_disk: u64,
    /// Files by path; a path that ends in `/` is a directory.
    #[serde(default)]
    pub files: BTreeMap<String, FileRecipe>,
}

/// One file of a layer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileRecipe {
    /// Bytes of blank content.
    pub size: Option<u64>,
    /// The content itself.
    pub text: Option<String>,
    /// Target of a symbolic link.
    pub link: Option<String>,
    /// Permission bits, in octal and in quotes: `"0755"`.
    pub mode: Option<String>,
    /// Owner and group.
    pub owner: u64,
}

impl Recipe {
    /// Reads and checks a recipe. Recipes come from strangers' packs too: nothing that they say is without a bound.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        let recipe: Self = yaml::load(text).map_err(|error| Error::Yaml { file: file.to_owned(), error })?;
        match recipe.check() {
            Ok(()) => Ok(recipe),
            Err(message) => Err(Error::Recipe { file: file.to_owned(), message }),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.schema != 1 {
            return Err(format!("schema {} is not known here; this layerbook reads schema 1", self.schema));
        }
        format!("docker.io/{}", self.repository)
            .parse::<crate::oci::Reference>()
            .map_err(|error| format!("`{}` is no repository: {error}", self.repository))?;
        if self.platforms.is_empty() || self.platforms.len() > MAX_PLATFORMS {
            return Err(format!("between 1 and {MAX_PLATFORMS} platforms are needed"));
        }
        for platform in &self.platforms {
            platform.platform.parse::<Platform>().map_err(|error| error.to_string())?;
        }
        if self.steps.len() > MAX_STEPS {
            return Err(format!("more than {MAX_STEPS} steps"));
        }
        self.steps.iter().filter_map(|step| step.layer.as_ref()).try_for_each(LayerRecipe::check)
    }
}

impl LayerRecipe {
    fn check(&self) -> Result<(), String> {
        if self.compressed > MAX_LAYER_BYTES || self.on_disk > MAX_LAYER_BYTES {
            return Err("a layer is larger than 8 GiB".to_owned());
        }
        if self.files.len() > MAX_FILES {
            return Err(format!("a layer has more than {MAX_FILES} files"));
        }
        let named: u64 = self.files.values().map(FileRecipe::on_disk).fold(0, u64::saturating_add);
        if named > self.on_disk {
            return Err(format!("the files of a layer take {named} bytes, more than its on_disk: {}", self.on_disk));
        }
        for (path, file) in &self.files {
            let inside = !path.starts_with('/') && !path.split('/').any(|part| part == ".." || part == ".");
            if path.is_empty() || path.len() > MAX_PATH || !inside {
                return Err(format!("`{path}` is no path of a file in an image"));
            }
            if file.link.as_ref().is_some_and(|link| link.len() > MAX_PATH) {
                return Err(format!("the target of `{path}` is too long"));
            }
            file.mode_bits().ok_or_else(|| format!("the mode of `{path}` is not octal: write \"0755\""))?;
        }
        Ok(())
    }
}

impl FileRecipe {
    /// Returns the bytes that it takes on disk as the classic store counts them.
    pub(super) fn on_disk(&self) -> u64 {
        match (&self.text, &self.link) {
            (Some(text), _) => text.len() as u64,
            (None, Some(link)) => link.len() as u64,
            (None, None) => self.size.unwrap_or(0),
        }
    }

    pub(super) fn mode_bits(&self) -> Option<u32> {
        self.mode
            .as_deref()
            .map_or(Some(0o644), |text| u32::from_str_radix(text, 8).ok().filter(|bits| *bits <= 0o7777))
    }
}
