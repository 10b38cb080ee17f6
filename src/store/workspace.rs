//! A workspace: the images that one lesson, problem, sandbox or the shell holds.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::listing::{Damage, Glimpse, ListedImage, Listing, Stamp};
use super::{Error, HeldImage, Store};
use crate::oci::{Descriptor, Digest, ImageId, MediaType, Reference};

/// Which workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceName {
    /// The shell's, `layerbook docker`.
    Shell,
    /// The shell's with `--online`.
    Online,
    /// A lesson's or problem's.
    Work {
        /// The pack's ID.
        pack: String,
        /// The lesson's or problem's ID.
        id: String,
    },
}

/// A workspace of a home. Of a store that others may share nothing is kept in memory: every call reads what is there now, since
/// several processes may work in one.
#[derive(Debug, Clone)]
pub struct Workspace {
    store: Store,
    folder: PathBuf,
}

/// `index.json` as written. Entries of other programs are kept as they are.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IndexFile {
    schema_version: u64,
    #[serde(default = "index_type")]
    media_type: MediaType,
    manifests: Vec<Box<RawValue>>,
}

/// Names that mean one digest in this workspace, whatever the registry says later.
type Pins = BTreeMap<String, Digest>;

impl Workspace {
    pub(super) fn new(store: Store, name: &WorkspaceName) -> Self {
        let folder = match name {
            WorkspaceName::Shell => store.home().join("store"),
            WorkspaceName::Online => store.home().join("online"),
            WorkspaceName::Work { pack, id } => store.home().join("work").join(safe(pack)).join(safe(id)),
        };
        Self { store, folder }
    }

    /// Opens the workspace in a folder.
    pub(super) fn at(store: Store, folder: PathBuf) -> Self {
        Self { store, folder }
    }

    /// Returns the pool it draws on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns its folder: containers are kept beside the images.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the images, in the order in which they were first held.
    pub fn images(&self) -> Result<Vec<HeldImage>, Error> {
        self.images_where(|_| true)
    }

    /// Reads the images that pass `test`, in the same order. Of many images, only these are read whole.
    pub fn images_where(&self, test: impl Fn(&Glimpse<'_>) -> bool) -> Result<Vec<HeldImage>, Error> {
        let mut found = self.fold(Vec::new, |found, image| {
            if test(image) {
                found.push((image.place()?, image.image()?));
            }
            Ok(())
        })?;
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().map(|(_, image)| image).collect())
    }

    /// Adds every image to what `begin` makes, newest first, without a copy of any. What was added so far is dropped and begun anew
    /// where the cache turns out to be damaged, or `add` says that what it sees is no image: then each is shown as `index.json` has it.
    pub fn fold_listed<T>(
        &self,
        begin: impl Fn() -> T,
        mut add: impl FnMut(&mut T, ListedImage<'_>) -> Result<(), Damage>,
    ) -> Result<T, Error> {
        self.fold(begin, |made, image| add(made, image.listed()?))
    }

    fn fold<T>(
        &self,
        begin: impl Fn() -> T,
        mut add: impl FnMut(&mut T, &Glimpse<'_>) -> Result<(), Damage>,
    ) -> Result<T, Error> {
        // The stamp is read first: what changes after it makes the cache stale, not wrong. What is in memory needs no other cache.
        let stamp = if self.store.memory.is_some() { None } else { Stamp::of(&self.index_path()) };
        let path = self.folder.join("images.cache");
        let mut made = begin();
        let seen = stamp.and_then(|stamp| Listing::each_cached(&path, stamp, |image| add(&mut made, image)));
        if seen.is_some() {
            return Ok(made);
        }
        let listing = self.listing()?;
        if let Some(stamp) = stamp {
            listing.write(&path, stamp);
        }
        let mut made = begin();
        let seen = listing.each(|image| add(&mut made, image));
        seen.map(|()| made).ok_or_else(|| Error::Damaged { path: self.index_path() })
    }

    /// Changes the images under the lock: `change` gets what is there now, and what it leaves replaces `index.json` at once.
    /// Blobs that the images reach must be in the pool before.
    pub fn update<T>(&self, change: impl FnOnce(&mut Vec<HeldImage>) -> T) -> Result<T, Error> {
        let _lock = self.store.lock_indexes()?;
        self.settle_locked()?;
        let path = self.index_path();
        let before = self.store.read_small(&path)?;
        let (mut images, mut entries) = split(IndexFile::parse(before.as_ref(), &path)?);
        let result = change(&mut images);
        let ours = images.iter().flat_map(HeldImage::entries);
        entries.extend(ours.filter_map(|entry| to_raw_value(&entry).ok()));
        let after = serde_json::to_vec(&IndexFile::new(entries)).map_err(|_| Error::Damaged { path: path.clone() })?;
        // Where nothing changed, the file stays as it is, or stays away.
        if before.map_or(!images.is_empty(), |before| before != after) {
            self.store.replace_small(&path, &after)?;
        }
        Ok(result)
    }

    /// Keeps the present state under a name, images and containers; a lesson has one a step, and one a command.
    pub fn snapshot(&self, name: &str) -> Result<(), Error> {
        let _lock = self.store.lock_indexes()?;
        self.write_snapshot(name)
    }

    /// Returns to a snapshot. `false` where there is none of that name.
    pub fn restore(&self, name: &str) -> Result<bool, Error> {
        let _lock = self.store.lock_indexes()?;
        self.restore_snapshot(name)
    }

    /// Reads what was kept under a file name in the workspace's folder and can be computed again.
    pub fn cache(&self, file: &str) -> Option<Bytes> {
        self.store.read_small(&self.folder.join(file)).ok()?
    }

    /// Keeps what can be computed again. A failure costs time later and nothing else.
    pub fn put_cache(&self, file: &str, bytes: &[u8]) {
        let _ = self.store.replace_cached(&self.folder.join(file), bytes);
    }

    /// Returns the digest that a name was frozen to.
    pub fn pin(&self, reference: &Reference) -> Option<Digest> {
        self.pins().get(&reference.normalized()).cloned()
    }

    /// Freezes a name to a digest.
    pub fn set_pin(&self, reference: &Reference, digest: &Digest) -> Result<(), Error> {
        let _lock = self.store.lock_indexes()?;
        let mut pins = (*self.pins()).clone();
        if pins.insert(reference.normalized(), digest.clone()).as_ref() == Some(digest) {
            return Ok(());
        }
        let path = self.pins_path();
        let bytes = serde_json::to_vec_pretty(&pins).map_err(|_| Error::Damaged { path: path.clone() })?;
        self.store.replace_small(&path, &bytes)
    }

    /// Forgets all frozen names: whoever begins anew sees what the registry says now.
    pub fn clear_pins(&self) -> Result<(), Error> {
        self.store.remove_small(&self.pins_path())
    }

    fn pins(&self) -> Arc<Pins> {
        let path = self.pins_path();
        let parse =
            |bytes: Option<&Bytes>| bytes.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let pins = self.store.made_of(&path, || self.store.read_small(&path), |bytes| Ok::<_, Error>(parse(bytes)));
        pins.unwrap_or_default()
    }

    fn pins_path(&self) -> PathBuf {
        self.folder.join("pins.json")
    }

    fn listing(&self) -> Result<Arc<Listing>, Error> {
        let path = self.index_path();
        let read = || self.store.read_small(&path);
        self.store.made_of(&path, read, |bytes| Ok(Listing::of(&split(IndexFile::parse(bytes, &path)?).0)))
    }

    fn index_path(&self) -> PathBuf {
        self.folder.join("index.json")
    }

    pub(super) fn snapshot_path(&self, name: &str) -> PathBuf {
        self.folder.join("snapshots").join(format!("{}.json", safe(name)))
    }
}

impl IndexFile {
    fn new(manifests: Vec<Box<RawValue>>) -> Self {
        Self { schema_version: 2, media_type: index_type(), manifests }
    }

    fn parse(bytes: Option<&Bytes>, path: &Path) -> Result<Self, Error> {
        let Some(bytes) = bytes else { return Ok(Self::new(Vec::new())) };
        serde_json::from_slice(bytes).map_err(|_| Error::Damaged { path: path.to_owned() })
    }
}

/// Parts our images from entries of other programs.
fn split(index: IndexFile) -> (Vec<HeldImage>, Vec<Box<RawValue>>) {
    let mut images: Vec<HeldImage> = Vec::new();
    let mut places: HashMap<ImageId, usize> = HashMap::new();
    let mut foreign = Vec::new();
    for value in index.manifests {
        let entry = serde_json::from_str::<Descriptor>(value.get()).ok();
        let Some(image) = entry.as_ref().and_then(HeldImage::of_entry) else {
            foreign.push(value);
            continue;
        };
        let place = *places.entry(image.id.clone()).or_insert(images.len());
        match images.get_mut(place) {
            Some(known) => {
                known.tags.extend(image.tags);
                known.digests.extend(image.digests);
            }
            None => images.push(image),
        }
    }
    (images, foreign)
}

fn index_type() -> MediaType {
    MediaType::OCI_INDEX
}

/// A name that is one component of a path on every system.
fn safe(name: &str) -> String {
    let keep = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
    name.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::oci::ImageId;

    fn image(id: &[u8], tags: &[&str], digests: &[&str]) -> HeldImage {
        HeldImage {
            id: ImageId(Digest::of(id)),
            manifest: Descriptor::of(MediaType::OCI_MANIFEST, id),
            tags: tags.iter().map(|tag| (tag.parse().unwrap(), "2026-01-02T03:04:05Z".to_owned())).collect(),
            digests: digests.iter().map(|name| format!("{name}@{}", Digest::of(b"index")).parse().unwrap()).collect(),
            on_disk: 123,
            created: Some("2026-01-01T00:00:00Z".to_owned()),
            parent: None,
        }
    }

    #[track_caller]
    fn round_trip(images: &[HeldImage]) {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        workspace.update(|held| *held = images.to_vec()).unwrap();
        assert_eq!(workspace.images().unwrap(), images);
    }

    #[test]
    fn images_are_read_back_as_they_were_written() {
        round_trip(&[]);
        round_trip(&[image(b"a", &[], &[])]);
        round_trip(&[image(b"a", &["redis:latest", "redis:8"], &["redis"]), image(b"b", &[], &["redis"])]);
        round_trip(&[image(b"a", &["mine:1"], &["redis", "localhost:5000/redis"])]);
    }

    #[test]
    fn entries_of_other_programs_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Store::open(home.path()).unwrap().workspace(&WorkspaceName::Shell);
        let foreign = format!(
            r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"x/y","digest":"{}","size":1,"odd":true}}]}}"#,
            Digest::of(b"foreign")
        );
        fs::write(home.path().join("store/index.json"), foreign).unwrap();
        workspace.update(|held| held.push(image(b"a", &["redis:latest"], &[]))).unwrap();
        let text = fs::read_to_string(home.path().join("store/index.json")).unwrap();
        assert!(text.contains("\"odd\":true") && text.contains("docker.io/library/redis:latest"), "{text}");
    }

    #[test]
    fn a_snapshot_brings_the_images_back() {
        let home = tempfile::tempdir().unwrap();
        let name = WorkspaceName::Work { pack: "built-in".to_owned(), id: "../naming".to_owned() };
        let workspace = Store::open(home.path()).unwrap().workspace(&name);
        workspace.update(|held| held.push(image(b"a", &["redis:latest"], &[]))).unwrap();
        workspace.snapshot("step 1").unwrap();
        workspace.update(Vec::clear).unwrap();
        assert!(workspace.restore("step 1").unwrap());
        assert_eq!(workspace.images().unwrap().len(), 1);
        assert!(!workspace.restore("step 2").unwrap());
        assert!(home.path().join("work/built-in/___naming/index.json").is_file());
    }

    #[test]
    fn a_workspace_that_nobody_shares_leaves_no_file() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap().unshared();
        let name = WorkspaceName::Work { pack: "p".to_owned(), id: "naming".to_owned() };
        let open = || store.workspace(&name);
        open().update(|held| held.push(image(b"a", &["redis:latest"], &[]))).unwrap();
        open().snapshot("step").unwrap();
        open().update(|held| held.push(image(b"b", &["redis:8"], &[]))).unwrap();
        assert_eq!(open().images().unwrap().len(), 2);
        open().set_pin(&"redis:8".parse().unwrap(), &Digest::of(b"b")).unwrap();
        assert_eq!(open().pin(&"redis:8".parse().unwrap()), Some(Digest::of(b"b")));
        open().clear_pins().unwrap();
        assert_eq!(open().pin(&"redis:8".parse().unwrap()), None);
        assert!(open().restore("step").unwrap() && !open().restore("other").unwrap());
        assert_eq!(open().images().unwrap(), [image(b"a", &["redis:latest"], &[])]);
        assert_eq!(fs::read_dir(home.path().join("work")).unwrap().count(), 0);
        assert!(!home.path().join("index.lock").exists());
    }

    #[test]
    fn a_home_of_a_newer_layerbook_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("layerbook.json"), r#"{"version": 2}"#).unwrap();
        let error = Store::open(home.path()).unwrap_err().to_string();
        assert!(error.ends_with("has version 2; this layerbook reads version 1"), "{error}");
    }
}
