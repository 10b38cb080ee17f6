//! Content digests and the three kinds of them that the course keeps apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256, Sha512};
use thiserror::Error;

/// A digest algorithm registered in image-spec, descriptor.md, that Docker knows too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256, 64 hexadecimal digits; what every registry uses.
    Sha256,
    /// SHA-512, 128 hexadecimal digits.
    Sha512,
}

impl Algorithm {
    /// Returns the name before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn encoded_len(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// A parsed `algorithm:encoded` digest of some bytes.
///
/// Holding one proves that the text is a digest: lower-case hexadecimal of the algorithm's length, so it is
/// safe as a file name and in a URL.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    encoded: Box<str>,
}

/// Why a text is not a digest, in the words of go-digest, which Docker prints.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DigestError {
    /// The text has not the form `algorithm:encoded`, or the encoded part is not lower-case hexadecimal.
    #[error("invalid checksum digest format")]
    Format,
    /// The encoded part has not the algorithm's length.
    #[error("invalid checksum digest length")]
    Length,
    /// An algorithm other than sha256 and sha512.
    #[error("unsupported digest algorithm")]
    Unsupported,
}

impl Digest {
    /// Computes the SHA-256 digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::by(Algorithm::Sha256, bytes)
    }

    /// Computes the digest of `bytes` by an algorithm.
    pub fn by(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Returns the algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the hexadecimal part, without the algorithm.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// Returns the first 12 hexadecimal digits, as Docker's tables print them.
    pub fn short(&self) -> &str {
        &self.encoded[..12]
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, encoded) = text.split_once(':').ok_or(DigestError::Format)?;
        if !has_digest_form(name, encoded) {
            return Err(DigestError::Format);
        }
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(DigestError::Unsupported),
        };
        if encoded.len() != algorithm.encoded_len() {
            return Err(DigestError::Length);
        }
        if !encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(DigestError::Format);
        }
        Ok(Self { algorithm, encoded: encoded.into() })
    }
}

/// go-digest's outer form: `[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+`.
fn has_digest_form(name: &str, encoded: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let body = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-');
    name.split(['+', '.', '_', '-']).all(word) && !encoded.is_empty() && encoded.bytes().all(body)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.encoded)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Computes a digest while bytes stream past.
#[derive(Debug, Clone)]
pub struct Hasher(State);

#[derive(Debug, Clone)]
enum State {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    /// Starts a digest.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Sha512::new()),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// Ends the digest.
    pub fn finish(self) -> Digest {
        let (algorithm, encoded) = match self.0 {
            State::Sha256(state) => (Algorithm::Sha256, hex(&state.finalize())),
            State::Sha512(state) => (Algorithm::Sha512, hex(&state.finalize())),
        };
        Digest { algorithm, encoded }
    }
}

fn hex(bytes: &[u8]) -> Box<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.into()
}

macro_rules! kind_of_digest {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Digest);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

kind_of_digest! {
    /// The digest of an image's config: what the classic store prints as IMAGE ID.
    ImageId
}
kind_of_digest! {
    /// The digest of a layer's *uncompressed* tar, as listed under `rootfs.diff_ids` (image-spec, config.md).
    DiffId
}
kind_of_digest! {
    /// The digest of a stack of layers, bottom up (image-spec, config.md): what `docker rmi` prints after `Deleted:`.
    ChainId
}

impl ChainId {
    /// Computes the chain IDs of a stack, bottom up: one for each layer, of that layer and all below it.
    pub fn stack(diff_ids: &[DiffId]) -> Vec<Self> {
        let mut chain: Vec<Self> = Vec::with_capacity(diff_ids.len());
        for diff_id in diff_ids {
            let id = match chain.last() {
                None => Self(diff_id.0.clone()),
                Some(below) => Self(Digest::of(format!("{below} {diff_id}").as_bytes())),
            };
            chain.push(id);
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(text.parse::<Digest>().unwrap_err().to_string(), expected, "{text}");
    }

    #[test]
    fn a_digest_prints_as_it_was_read() {
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        assert_eq!(Digest::of(b"").to_string(), text);
        assert_eq!(Digest::of(b"").short(), "e3b0c44298fc");
    }

    #[test]
    fn what_could_leave_its_folder_is_no_digest() {
        refuse("sha256:../../x", "invalid checksum digest format");
        refuse("../sha256:00", "invalid checksum digest format");
        refuse("", "invalid checksum digest format");
        refuse("sha256:00", "invalid checksum digest length");
        refuse("md5:00", "unsupported digest algorithm");
        refuse(&format!("sha256:{}", "A".repeat(64)), "invalid checksum digest format");
    }

    #[test]
    fn sha512_is_known_too() {
        let mut hasher = Hasher::new(Algorithm::Sha512);
        hasher.update(b"abc");
        let digest = hasher.finish();
        assert!(digest.to_string().starts_with("sha512:ddaf35a193617aba"));
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn a_chain_starts_with_the_bottom_layer_itself() {
        let one = DiffId(Digest::of(b"one"));
        let two = DiffId(Digest::of(b"two"));
        let chain = ChainId::stack(&[one.clone(), two.clone()]);
        assert_eq!(chain[0].0, one.0);
        assert_eq!(chain[1].0, Digest::of(format!("{one} {two}").as_bytes()));
    }
}
