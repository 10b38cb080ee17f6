//! Files of layers that were inflated once: what lies far inside a packed layer is not inflated up to again, in another
//! process either.
//!
//! `HOME/cache/files/HEX-OFFSET-LENGTH`: a digest over the name and the bytes, then the bytes. What does not fit its digest
//! counts as absent. Bounded; when there is too much, what was written first goes first.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use super::{Store, files};
use crate::oci::{Algorithm, Digest, Hasher};

/// How much is kept on disk, and how many files that may be.
const MOST_BYTES: u64 = 128 << 20;
const MOST_FILES: usize = 8_000;
/// How much is left when room was made.
const ROOM: u64 = 4;
/// Digits of the digest before the bytes.
const HEAD: usize = 64;

/// The cache of one home. A failure costs time later and nothing else, so none is told.
#[derive(Debug)]
pub struct BodyCache {
    folder: PathBuf,
    /// Bytes and files that are there, as far as this process knows; looked up before the first is added.
    used: Option<(u64, usize)>,
}

impl Store {
    /// Opens the cache of files of layers.
    pub fn body_cache(&self) -> BodyCache {
        BodyCache { folder: self.home.join("cache/files"), used: None }
    }
}

impl BodyCache {
    /// Returns a stretch of an uncompressed layer, if it was kept.
    pub fn get(&self, blob: &Digest, offset: u64, length: u64) -> Option<Vec<u8>> {
        let name = name(blob, offset, length);
        let mut bytes = fs::read(self.folder.join(&name)).ok()?;
        let (head, body) = bytes.split_at_checked(HEAD)?;
        if body.len() as u64 != length || seal(&name, body).as_bytes() != head {
            return None;
        }
        Some(bytes.split_off(HEAD))
    }

    /// Keeps a stretch of an uncompressed layer.
    pub fn put(&mut self, blob: &Digest, offset: u64, body: &[u8]) {
        if body.len() as u64 > MOST_BYTES / ROOM || fs::create_dir_all(&self.folder).is_err() {
            return;
        }
        let (bytes, count) = self.used.unwrap_or_else(|| self.count());
        self.used = Some((bytes + body.len() as u64, count + 1));
        let name = name(blob, offset, body.len() as u64);
        let seal = seal(&name, body);
        let written = files::replace_unsynced(&self.folder.join(name), |file| {
            file.write_all(seal.as_bytes())?;
            file.write_all(body)
        });
        if written.is_ok() && self.used.is_some_and(|(bytes, count)| bytes > MOST_BYTES || count > MOST_FILES) {
            self.make_room();
        }
    }

    fn list(&self) -> Vec<(SystemTime, u64, PathBuf)> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let known = entries.filter_map(|entry| {
            let data = entry.metadata().ok()?;
            Some((data.modified().ok()?, data.len(), entry.path()))
        });
        known.collect()
    }

    fn count(&self) -> (u64, usize) {
        let all = self.list();
        (all.iter().map(|(_, bytes, _)| bytes).sum(), all.len())
    }

    fn make_room(&mut self) {
        let mut all = self.list();
        all.sort();
        let (mut bytes, mut count) = (all.iter().map(|(_, bytes, _)| bytes).sum::<u64>(), all.len());
        for (_, length, path) in all {
            if bytes <= MOST_BYTES - MOST_BYTES / ROOM && count <= MOST_FILES - MOST_FILES / 4 {
                break;
            }
            if fs::remove_file(&path).is_ok() {
                (bytes, count) = (bytes - length, count - 1);
            }
        }
        self.used = Some((bytes, count));
    }
}

fn name(blob: &Digest, offset: u64, length: u64) -> String {
    format!("{}-{offset}-{length}", blob.encoded())
}

/// A file under another one's name does not pass either.
fn seal(name: &str, body: &[u8]) -> String {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(name.as_bytes());
    hasher.update(body);
    hasher.finish().encoded().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, BodyCache, Digest) {
        let home = tempfile::tempdir().unwrap();
        let cache = Store::open(home.path()).unwrap().body_cache();
        (home, cache, Digest::of(b"blob"))
    }

    #[test]
    fn what_was_kept_is_read_back_in_another_process_too() {
        let (home, mut cache, blob) = cache();
        assert_eq!(cache.get(&blob, 512, 5), None);
        cache.put(&blob, 512, b"hello");
        let other = Store::open(home.path()).unwrap().body_cache();
        assert_eq!(other.get(&blob, 512, 5).unwrap(), b"hello");
        assert_eq!(other.get(&blob, 512, 4), None);
        assert_eq!(other.get(&Digest::of(b"other"), 512, 5), None);
    }

    #[test]
    fn what_was_damaged_or_stands_under_another_name_is_not_believed() {
        let (_home, mut cache, blob) = cache();
        cache.put(&blob, 512, b"hello");
        let path = cache.folder.join(name(&blob, 512, 5));
        fs::copy(&path, cache.folder.join(name(&blob, 1024, 5))).unwrap();
        assert_eq!(cache.get(&blob, 1024, 5), None);
        for damaged in [&b"hello"[..], b"", &[b'0'; 69]] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(cache.get(&blob, 512, 5), None);
        }
    }

    #[test]
    fn too_much_makes_room_for_what_is_new() {
        let (_home, mut cache, blob) = cache();
        cache.put(&blob, 0, b"first");
        // As if others had filled it; what is really there is counted when room is made.
        cache.used = Some((MOST_BYTES, 1));
        cache.put(&blob, 512, b"second");
        assert_eq!(cache.used.unwrap().1, 2);
        let large = vec![7; (MOST_BYTES / ROOM) as usize];
        for number in 0..5 {
            cache.put(&blob, 1024 + number, &large);
        }
        assert!(cache.count().0 <= MOST_BYTES, "{:?}", cache.count());
        assert_eq!(cache.get(&blob, 0, 5), None);
        assert!(cache.get(&blob, 1028, large.len() as u64).is_some());
    }
}
