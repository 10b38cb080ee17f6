//! Platforms: parsing, normal form, and which one a host takes (containerd's `platforms` package, which Docker uses).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A platform as written in an index, or as read from `os[(version)]/architecture[/variant]`.
///
/// Equality is of the text; [`Platform::normalized`] makes `linux/arm64/v8` and `linux/arm64` equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Platform {
    /// The processor architecture in Go's words, `amd64` for example.
    #[serde(default)]
    pub architecture: String,
    /// The operating system in Go's words, `linux` for example.
    #[serde(default)]
    pub os: String,
    /// Version of the operating system, for Windows.
    #[serde(default, rename = "os.version", skip_serializing_if = "String::is_empty")]
    pub os_version: String,
    /// The architecture's variant, `v7` for example.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

/// Why a text is not a platform, in containerd's words without their `: invalid argument` at the end.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlatformError {
    /// A `*` in the text.
    #[error("{0:?}: wildcards not yet supported")]
    Wildcard(String),
    /// The first component is not an operating system.
    #[error(
        "{part:?} is an invalid OS component of {whole:?}: OSAndVersion specifier component must match {OS_PATTERN:?}"
    )]
    Os {
        /// The component.
        part: String,
        /// The text.
        whole: String,
    },
    /// A later component has other characters than letters, digits, `_`, `.` and `-`.
    #[error(
        "{part:?} is an invalid component of {whole:?}: platform specifier component must match {COMPONENT_PATTERN:?}"
    )]
    Component {
        /// The component.
        part: String,
        /// The text.
        whole: String,
    },
    /// One word that is neither.
    #[error("{0:?}: unknown operating system or architecture")]
    Unknown(String),
    /// More than three components.
    #[error("{0:?}: cannot parse platform specifier")]
    TooManyParts(String),
}

const OS_PATTERN: &str = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$";
const COMPONENT_PATTERN: &str = "^[A-Za-z0-9_.-]+$";
const KNOWN_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
    "zos",
];
const KNOWN_ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "ppc64",
    "ppc64le",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

impl Platform {
    /// Makes `linux/ARCHITECTURE`.
    pub fn linux(architecture: &str) -> Self {
        Self::from_parts("linux", architecture, "", "")
    }

    /// Returns the platform whose images this machine takes: Linux on its own architecture, on every system,
    /// as Docker's virtual machine does on macOS and Windows.
    pub fn host() -> Self {
        Self::linux(go_architecture())
    }

    /// Makes a platform of the fields of a config or index entry, as written.
    pub fn from_parts(os: &str, architecture: &str, variant: &str, os_version: &str) -> Self {
        Self {
            architecture: architecture.to_owned(),
            os: os.to_owned(),
            os_version: os_version.to_owned(),
            variant: variant.to_owned(),
        }
    }

    /// Returns the platform with containerd's normal names: `x86_64` is `amd64`, `linux/arm64/v8` is `linux/arm64`.
    #[must_use]
    pub fn normalized(&self) -> Self {
        let (architecture, variant) = normal_architecture(&self.architecture, &self.variant);
        Self { architecture, os: normal_os(&self.os), os_version: self.os_version.clone(), variant }
    }

    /// Ranks `candidate` for this host: 0 is the best, `None` cannot run (containerd `platforms.Only`).
    pub fn rank(&self, candidate: &Self) -> Option<usize> {
        let candidate = candidate.normalized();
        let host = self.normalized();
        if host.os != candidate.os || !os_version_fits(&host.os_version, &candidate.os_version) {
            return None;
        }
        let wanted = (candidate.architecture.as_str(), candidate.variant.as_str());
        host.runs().iter().position(|(architecture, variant)| (architecture.as_str(), variant.as_str()) == wanted)
    }

    /// Tells whether `candidate` is this very platform (containerd `platforms.OnlyStrict`).
    pub fn is(&self, candidate: &Self) -> bool {
        let (this, that) = (self.normalized(), candidate.normalized());
        (this.os, this.architecture, this.variant) == (that.os, that.architecture, that.variant)
    }

    /// Architectures and variants that this host runs, best first.
    fn runs(&self) -> Vec<(String, String)> {
        let of = |name: &str, variants: Vec<String>| -> Vec<(String, String)> {
            variants.into_iter().map(|variant| (name.to_owned(), variant)).collect()
        };
        let arm = |from: u32| of("arm", (5..=from).rev().map(|n| format!("v{n}")).collect());
        let level = |prefix: &str| self.variant.strip_prefix(prefix).and_then(|n| n.parse::<u32>().ok());
        match self.architecture.as_str() {
            "amd64" => {
                let mut variants: Vec<String> = (2..=level("v").unwrap_or(1)).rev().map(|n| format!("v{n}")).collect();
                variants.push(String::new());
                [of("amd64", variants), of("386", vec![String::new()])].concat()
            }
            "arm64" => [of("arm64", arm64_variants(&self.variant)), arm(8)].concat(),
            "arm" => match level("v") {
                Some(n @ 5..=8) => arm(n),
                _ => of("arm", vec![self.variant.clone()]),
            },
            other => of(other, vec![self.variant.clone()]),
        }
    }
}

/// Variants of arm64 that a processor of `variant` runs. Level 9.n includes 8.(n+5) (Arm's own rule).
fn arm64_variants(variant: &str) -> Vec<String> {
    let minor = |prefix: &str| -> Option<u32> {
        if variant == prefix { Some(0) } else { variant.strip_prefix(prefix)?.strip_prefix('.')?.parse().ok() }
    };
    let name = |major: &str, n: u32| if n == 0 { major.to_owned() } else { format!("{major}.{n}") };
    let mut variants: Vec<String> = Vec::new();
    let nine = minor("v9");
    if let Some(n) = nine {
        variants.extend((0..=n).rev().map(|n| name("v9", n)));
    }
    let eight = nine.map(|n| n + 5).or_else(|| minor("v8")).unwrap_or(0);
    variants.extend((1..=eight).rev().map(|n| name("v8", n)));
    variants.push(String::new());
    variants
}

/// Windows hosts take images of their own build only; elsewhere the version says nothing.
fn os_version_fits(host: &str, candidate: &str) -> bool {
    let build = |version: &str| version.split('.').take(3).map(str::to_owned).collect::<Vec<_>>();
    host.is_empty() || candidate.is_empty() || build(host) == build(candidate)
}

fn go_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64le",
        "loongarch64" => "loong64",
        other => other,
    }
}

fn normal_os(os: &str) -> String {
    match os.to_ascii_lowercase().as_str() {
        "macos" => "darwin".to_owned(),
        other => other.to_owned(),
    }
}

fn normal_architecture(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = (architecture.to_ascii_lowercase(), variant.to_ascii_lowercase());
    let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
        ("i386", _) => ("386", ""),
        ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
        ("x86_64" | "x86-64" | "amd64", other) => ("amd64", other),
        ("aarch64" | "arm64", "8" | "v8" | "v8.0") => ("arm64", ""),
        ("aarch64" | "arm64", "9" | "9.0" | "v9.0") => ("arm64", "v9"),
        ("aarch64" | "arm64", other) => ("arm64", other),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) | ("arm", "6") => ("arm", "v6"),
        ("arm", "5") => ("arm", "v5"),
        ("arm", "8") => ("arm", "v8"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        if text.contains('*') {
            return Err(PlatformError::Wildcard(text.to_owned()));
        }
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let (os, os_version) = split_os(parts[0])
            .ok_or_else(|| PlatformError::Os { part: parts[0].to_owned(), whole: text.to_owned() })?;
        if let Some(part) = parts[1..].iter().find(|part| !is_component(part)) {
            return Err(PlatformError::Component { part: (*part).to_owned(), whole: text.to_owned() });
        }
        match parts.as_slice() {
            [one] => single(one, &os, os_version),
            [_, architecture] => Ok(without_v7(os, os_version, normal_architecture(architecture, ""))),
            [_, architecture, variant] => {
                let (architecture, variant) = normal_architecture(architecture, variant);
                let variant = if architecture == "arm64" && variant.is_empty() { "v8".to_owned() } else { variant };
                Ok(Self { architecture, os, os_version, variant })
            }
            _ => Err(PlatformError::TooManyParts(text.to_owned())),
        }
    }
}

/// Reads a platform of one word: an operating system or an architecture; the host gives the other.
fn single(word: &str, os: &str, os_version: String) -> Result<Platform, PlatformError> {
    if KNOWN_OS.contains(&os) {
        return Ok(Platform::from_parts(os, go_architecture(), "", &os_version));
    }
    let (architecture, variant) = normal_architecture(word, "");
    if !KNOWN_ARCHITECTURES.contains(&architecture.as_str()) {
        return Err(PlatformError::Unknown(word.to_owned()));
    }
    Ok(without_v7("linux".to_owned(), os_version, (architecture, variant)))
}

/// A bare `arm` means v7 and is written without it.
fn without_v7(os: String, os_version: String, (architecture, variant): (String, String)) -> Platform {
    let variant = if architecture == "arm" && variant == "v7" { String::new() } else { variant };
    Platform { architecture, os, os_version, variant }
}

fn split_os(part: &str) -> Option<(String, String)> {
    let (name, version) = match part.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')')?),
        None => (part, ""),
    };
    let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let is_version = |b: u8| is_word(b) || matches!(b, b'.' | b'%' | b'+');
    let well_formed = !name.is_empty() && name.bytes().all(is_word) && version.bytes().all(is_version);
    let version = version.split('+').next().unwrap_or_default();
    well_formed.then(|| (normal_os(name), version.to_owned()))
}

fn is_component(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

impl fmt::Display for Platform {
    /// Writes `os/architecture[/variant]`, `unknown` where there is nothing to say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.os.is_empty() {
            return f.write_str("unknown");
        }
        write!(f, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}
