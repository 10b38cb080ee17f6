//! Snapshots of a workspace: its images and its containers, to which a lesson returns.
//!
//! ```text
//! WORKSPACE/snapshots/NAME.json        an index.json, and which files its containers have: path to digest
//! WORKSPACE/snapshots/files/HEX        such a file, under its digest (a record as HEX.json); several snapshots share one
//! WORKSPACE/restoring.json             a snapshot that is being returned to
//! ```
//!
//! Files come before the snapshot that names them. A return replaces several files: whoever finds it unfinished finishes it,
//! before anything else is read. What a container's files mean is not known here.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Error, Store, Workspace, files};
use crate::oci::{Algorithm, Digest, Hasher};

/// The file of a container that makes it one: the last to come, the first to go.
const RECORD: &str = "/container.json";
/// What grows in place, and must not be shared with a snapshot.
const GROWING: &str = "/log";

/// Files of containers: from the path below `containers` to the digest of what is in it.
type Holdings = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SnapshotFile {
    schema_version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    manifests: Box<RawValue>,
    /// Absent in an `index.json`, and in snapshots from before containers were kept: these leave containers as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    containers: Option<Holdings>,
}

/// The snapshot that is being returned to.
#[derive(Serialize, Deserialize)]
struct Restoring {
    snapshot: String,
}

impl Workspace {
    /// Tells the containers' state: equal states hold equal containers.
    pub fn containers_state(&self) -> Result<String, Error> {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        for (path, digest) in self.holdings()? {
            hasher.update(format!("{path}\0{digest}\0").as_bytes());
        }
        Ok(hasher.finish().to_string())
    }

    /// Finishes a return to a snapshot that a crash has cut off.
    pub fn settle(&self) -> Result<(), Error> {
        if self.store().read_small(&self.restoring_path())?.is_some() {
            let _lock = self.store().lock_indexes()?;
            self.settle_locked()?;
        }
        Ok(())
    }

    pub(super) fn settle_locked(&self) -> Result<(), Error> {
        let path = self.restoring_path();
        let Some(bytes) = self.store().read_small(&path)? else { return Ok(()) };
        let restoring: Restoring = read_json(&bytes, &path)?;
        self.return_to(&self.snapshot_path(&restoring.snapshot))
    }

    /// Writes a snapshot; the caller holds the lock.
    pub(super) fn write_snapshot(&self, name: &str) -> Result<(), Error> {
        self.settle_locked()?;
        let mut snapshot = self.read_index()?;
        let holdings = self.holdings()?;
        let folder = self.files_folder();
        let mut added = false;
        for (path, digest) in &holdings {
            let kept = folder.join(file_name(path, digest));
            if !kept.is_file() {
                fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
                put(self.store(), &self.containers_folder().join(path), &kept, path)?;
                added = true;
            }
        }
        if added {
            self.store().sync_folder(&folder)?;
        }
        snapshot.containers = Some(holdings);
        let path = self.snapshot_path(name);
        self.store().replace_small(&path, &to_json(&snapshot, &path)?)
    }

    /// Returns to a snapshot; the caller holds the lock.
    pub(super) fn restore_snapshot(&self, name: &str) -> Result<bool, Error> {
        self.settle_locked()?;
        let snapshot = self.snapshot_path(name);
        let Some((index, containers)) = self.read_snapshot(&snapshot)? else { return Ok(false) };
        // Where no container changes, one file is replaced, and nothing can be left unfinished.
        if containers.is_none_or(|wanted| self.holdings().is_ok_and(|there| there == wanted)) {
            self.replace_index(&index)?;
            return Ok(true);
        }
        let path = self.restoring_path();
        self.store().replace_small(&path, &to_json(&Restoring { snapshot: name.to_owned() }, &path)?)?;
        self.return_to(&snapshot)?;
        Ok(true)
    }

    /// Lays out what a snapshot holds. Each file is whole at each moment, so it can be begun again at any.
    fn return_to(&self, path: &Path) -> Result<(), Error> {
        let snapshot = self.read_snapshot(path)?;
        let (index, containers) = snapshot.ok_or_else(|| Error::Damaged { path: path.to_owned() })?;
        if let Some(holdings) = containers {
            self.lay_out(&holdings)?;
        }
        self.replace_index(&index)?;
        self.store().remove_small(&self.restoring_path())?;
        self.store().sync_folder(self.folder())
    }

    fn replace_index(&self, index: &SnapshotFile) -> Result<(), Error> {
        let path = self.folder().join("index.json");
        self.store().replace_small(&path, &to_json(index, &path)?)
    }

    fn lay_out(&self, wanted: &Holdings) -> Result<(), Error> {
        let there = self.holdings()?;
        let folder = self.containers_folder();
        let is_same = |path: &String| there.get(path) == wanted.get(path);
        // What is going to change is no container while it does.
        let (records, others): (Vec<_>, Vec<_>) = there.keys().partition(|path| path.ends_with(RECORD));
        for path in records.into_iter().chain(others).filter(|path| !is_same(path)) {
            files::remove(&folder.join(path))?;
        }
        let (records, others): (Vec<_>, Vec<_>) = wanted.iter().partition(|(path, _)| path.ends_with(RECORD));
        for (path, digest) in others.into_iter().chain(records).filter(|(path, _)| !is_same(path)) {
            let to = folder.join(path);
            let parent = files::folder_of(&to);
            fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
            put(self.store(), &self.files_folder().join(file_name(path, digest)), &to, path)?;
            self.store().sync_folder(parent)?;
        }
        for id in ids(&there).difference(&ids(wanted)) {
            let gone = folder.join(id);
            fs::remove_dir_all(&gone).map_err(Error::io("remove", &gone))?;
        }
        // A container without a changed file has an empty folder for them.
        for id in ids(wanted) {
            let bodies = folder.join(id).join("files");
            fs::create_dir_all(&bodies).map_err(Error::io("create", &bodies))?;
        }
        Ok(())
    }

    /// Lists the files of all containers.
    fn holdings(&self) -> Result<Holdings, Error> {
        let folder = self.containers_folder();
        let mut holdings = Holdings::new();
        for container in subfolders(&folder)?.into_iter().filter(|path| path.join(&RECORD[1..]).is_file()) {
            for path in plain_files(&container)? {
                let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
                holdings.insert(below(&folder, &path), Digest::of(&bytes).encoded().to_owned());
            }
            // A body has its digest for a name.
            for path in plain_files(&container.join("files"))? {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                holdings.insert(below(&folder, &path), name);
            }
        }
        Ok(holdings)
    }

    /// Removes files that no snapshot names any more; the caller holds the lock.
    pub(super) fn sweep_snapshots(&self) -> Result<(), Error> {
        self.settle_locked()?;
        let mut named = HashSet::new();
        for path in plain_files(&self.folder().join("snapshots"))? {
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            // Where one cannot be read, nothing may go.
            let Ok(snapshot) = serde_json::from_slice::<SnapshotFile>(&bytes) else { return Ok(()) };
            named.extend(snapshot.containers.unwrap_or_default().into_values());
        }
        for path in plain_files(&self.files_folder())? {
            if !path.file_stem().is_some_and(|stem| named.contains(&*stem.to_string_lossy())) {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    fn read_index(&self) -> Result<SnapshotFile, Error> {
        let path = self.folder().join("index.json");
        match self.store().read_small(&path)? {
            Some(bytes) => read_json(&bytes, &path),
            None => read_json(br#"{"schemaVersion":2,"manifests":[]}"#, &path),
        }
    }

    /// Reads a snapshot: the index, and the containers where it kept any. `None` where there is no such snapshot.
    fn read_snapshot(&self, path: &Path) -> Result<Option<(SnapshotFile, Option<Holdings>)>, Error> {
        let Some(bytes) = self.store().read_small(path)? else { return Ok(None) };
        let mut snapshot: SnapshotFile = read_json(&bytes, path)?;
        let containers = snapshot.containers.take();
        Ok(Some((snapshot, containers)))
    }

    fn containers_folder(&self) -> PathBuf {
        self.folder().join("containers")
    }

    fn files_folder(&self) -> PathBuf {
        self.folder().join("snapshots").join("files")
    }

    fn restoring_path(&self) -> PathBuf {
        self.folder().join("restoring.json")
    }
}

/// Puts a container's file under another name, whole or not at all: the same file twice where the system can, else a copy.
fn put(store: &Store, from: &Path, to: &Path, path: &str) -> Result<(), Error> {
    if !path.ends_with(GROWING) && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    let bytes = fs::read(from).map_err(Error::io("read", from))?;
    store.replace(to, &bytes)
}

/// A record keeps its ending: the sweep reads it there too, since it names its image as an index does.
fn file_name(path: &str, digest: &str) -> String {
    if path.ends_with(RECORD) { format!("{digest}.json") } else { digest.to_owned() }
}

fn ids(holdings: &Holdings) -> HashSet<&str> {
    holdings.keys().filter_map(|path| path.split('/').next()).collect()
}

fn below(folder: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(folder).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(files::list(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// Files that are whole: what is still being written is none of them.
fn plain_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_whole = |path: &PathBuf| {
        path.is_file() && path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with(files::TEMPORARY))
    };
    Ok(files::list(folder)?.into_iter().filter(is_whole).collect())
}

fn read_json<'b, T: Deserialize<'b>>(bytes: &'b [u8], path: &Path) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|_| Error::Damaged { path: path.to_owned() })
}

fn to_json<T: Serialize>(value: &T, path: &Path) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|_| Error::Damaged { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, WorkspaceName};

    struct Bench {
        _home: tempfile::TempDir,
        store: Store,
        workspace: Workspace,
    }

    fn bench() -> Bench {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        let workspace = store.workspace(&name());
        Bench { _home: home, store, workspace }
    }

    fn name() -> WorkspaceName {
        WorkspaceName::Work { pack: "p".to_owned(), id: "layers".to_owned() }
    }

    impl Bench {
        /// Lays out a container as its shelf does, with one body.
        fn container(&self, id: &str, record: &str, body: &str) {
            let folder = self.workspace.folder().join("containers").join(id);
            fs::create_dir_all(folder.join("files")).unwrap();
            let digest = Digest::of(body.as_bytes());
            files::replace(&folder.join("files").join(digest.encoded()), body.as_bytes()).unwrap();
            files::replace(&folder.join("layer.json"), format!("{:?}", digest.encoded()).as_bytes()).unwrap();
            files::replace(&folder.join("container.json"), record.as_bytes()).unwrap();
        }

        fn log(&self, id: &str, line: &str) {
            use std::io::Write;
            let path = self.workspace.folder().join("containers").join(id).join("log");
            let mut file = fs::File::options().create(true).append(true).open(path).unwrap();
            file.write_all(line.as_bytes()).unwrap();
        }

        fn tree(&self) -> Vec<String> {
            let mut found = Vec::new();
            let mut folders = vec![self.workspace.folder().join("containers")];
            while let Some(folder) = folders.pop() {
                for path in files::list(&folder).unwrap() {
                    if path.is_dir() {
                        folders.push(path);
                    } else {
                        found.push(format!("{}: {}", below(&folder, &path), fs::read_to_string(&path).unwrap()));
                    }
                }
            }
            found.sort();
            found
        }

        fn kept(&self) -> usize {
            plain_files(&self.workspace.files_folder()).unwrap().len()
        }
    }

    #[test]
    fn a_snapshot_brings_containers_back_with_their_files_and_log() {
        let bench = bench();
        bench.container("a", r#"{"name":"web"}"#, "one");
        bench.log("a", "hello\n");
        let before = (bench.tree(), bench.workspace.containers_state().unwrap());
        bench.workspace.snapshot("step").unwrap();
        bench.log("a", "more\n");
        bench.container("a", r#"{"name":"renamed"}"#, "two");
        bench.container("b", r#"{"name":"other"}"#, "three");
        assert_ne!(bench.workspace.containers_state().unwrap(), before.1);
        assert!(bench.workspace.restore("step").unwrap());
        assert_eq!((bench.tree(), bench.workspace.containers_state().unwrap()), before);
        // What was brought back grows apart from the snapshot.
        bench.log("a", "again\n");
        bench.workspace.restore("step").unwrap();
        assert_eq!(bench.tree(), before.0);
    }

    #[test]
    fn a_removed_container_comes_back_and_a_new_one_goes() {
        let bench = bench();
        bench.workspace.snapshot("none").unwrap();
        bench.container("a", r#"{"name":"web"}"#, "one");
        let before = bench.tree();
        bench.workspace.snapshot("one").unwrap();
        assert!(bench.workspace.restore("none").unwrap());
        assert_eq!(bench.tree(), Vec::<String>::new());
        assert!(!bench.workspace.folder().join("containers/a").exists());
        assert!(bench.workspace.restore("one").unwrap());
        assert_eq!(bench.tree(), before);
    }

    #[test]
    fn a_return_that_a_crash_cut_off_is_finished_by_the_next_process() {
        let bench = bench();
        bench.container("a", r#"{"name":"web"}"#, "one");
        bench.container("b", r#"{"name":"db"}"#, "two");
        let before = bench.tree();
        bench.workspace.snapshot("step").unwrap();
        for cut in 0..3 {
            bench.container("a", r#"{"name":"changed"}"#, "three");
            let folder = bench.workspace.folder().join("containers");
            files::replace(&bench.workspace.restoring_path(), br#"{"snapshot":"step"}"#).unwrap();
            if cut > 0 {
                fs::remove_file(folder.join("b/container.json")).unwrap();
            }
            if cut > 1 {
                fs::remove_dir_all(folder.join("a")).unwrap();
            }
            bench.store.workspace(&name());
            assert_eq!(bench.tree(), before, "{cut}");
            assert!(!bench.workspace.restoring_path().exists());
        }
    }

    #[test]
    fn a_snapshot_from_before_containers_were_kept_leaves_them_alone() {
        let bench = bench();
        bench.container("a", r#"{"name":"web"}"#, "one");
        let before = bench.tree();
        let old = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
        files::replace(&bench.workspace.snapshot_path("old"), old).unwrap();
        assert!(bench.workspace.restore("old").unwrap());
        assert_eq!(bench.tree(), before);
        assert_eq!(fs::read(bench.workspace.folder().join("index.json")).unwrap(), old);
    }

    #[test]
    fn the_sweep_keeps_what_a_snapshot_names_and_removes_the_rest() {
        let bench = bench();
        let manifest = bench.store.put_blob(b"{}").unwrap();
        let record = format!(r#"{{"name":"web","manifests":[{{"digest":"{manifest}"}}]}}"#);
        bench.container("a", &record, "one");
        bench.workspace.snapshot("step").unwrap();
        fs::remove_dir_all(bench.workspace.folder().join("containers/a")).unwrap();
        bench.store.sweep().unwrap();
        assert_eq!(bench.kept(), 3);
        assert!(bench.store.has_blob(&manifest));
        bench.workspace.snapshot("step").unwrap();
        bench.store.sweep().unwrap();
        assert_eq!(bench.kept(), 0);
        assert!(!bench.store.has_blob(&manifest));
    }
}
