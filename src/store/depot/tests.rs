use super::*;
use crate::oci::{Algorithm, MediaType, Reference};

fn repository(name: &str) -> Repository {
    let reference: Reference = name.parse().unwrap();
    reference.repository().clone()
}

fn open(folder: &Path) -> Depot {
    Depot::open(folder, Durability::Lasting).unwrap()
}

fn push(depot: &Depot, name: &str, bytes: &[u8]) -> Digest {
    let upload = depot.begin(&repository(name), Algorithm::Sha256).unwrap();
    upload.append(0, bytes).unwrap();
    depot.commit(&upload, &Digest::of(bytes)).unwrap();
    Digest::of(bytes)
}

fn index(note: &str) -> Document {
    let text = format!(r#"{{"schemaVersion":2,"manifests":[],"annotations":{{"note":"{note}"}}}}"#);
    Document::read(Some(&MediaType::OCI_INDEX), Bytes::from(text)).unwrap()
}

/// What a repository holds, as a text.
fn holds(depot: &Depot, name: &str) -> String {
    let state = depot.state();
    let Some(shelf) = state.shelves.of(&repository(name)) else { return "nothing".to_owned() };
    let tags: Vec<_> = shelf.tags.keys().map(String::as_str).collect();
    format!("{} blobs, {} manifests, tags [{}]", shelf.blobs.len(), shelf.manifests.len(), tags.join(" "))
}

fn journal(folder: &Path) -> String {
    fs::read_to_string(folder.join(JOURNAL)).unwrap()
}

#[test]
fn what_was_put_in_is_there_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    let blob = push(&depot, "x", b"blob");
    let (one, two) = (index("one"), index("two").named_by(Algorithm::Sha512));
    depot.put_manifest(&repository("x"), &one, Some(&blob), &["a".to_owned(), "b".to_owned()]).unwrap();
    depot.put_manifest(&repository("x"), &two, None, &["b".to_owned()]).unwrap();
    drop(depot);

    let depot = open(folder.path());
    assert_eq!(holds(&depot, "x"), "1 blobs, 2 manifests, tags [a b]");
    assert_eq!(depot.tagged(&repository("x"), "b").as_ref(), Some(two.digest()));
    assert_eq!(depot.manifest(&repository("x"), two.digest()).unwrap().unwrap(), two);
    assert_eq!(depot.referrers(&repository("x"), &blob), [one.digest().clone()]);
    let held = depot.blob(&repository("x"), &blob).unwrap().unwrap();
    assert_eq!((held.size(), held.read(1, 2).unwrap()), (4, b"lo".to_vec()));
}

#[test]
fn a_torn_last_line_never_happened() {
    let folder = tempfile::tempdir().unwrap();
    push(&open(folder.path()), "x", b"first");
    let before = journal(folder.path());
    let second = push(&open(folder.path()), "x", b"second");
    let after = journal(folder.path());
    for length in before.len()..after.len() {
        fs::write(folder.path().join(JOURNAL), &after[..length]).unwrap();
        let depot = open(folder.path());
        assert_eq!(holds(&depot, "x"), "1 blobs, 0 manifests, tags []", "{length}");
        assert_eq!(journal(folder.path()), before);
        assert!(!depot.blob_path(&second).exists(), "a blob that no line mentions is swept");
    }
}

#[test]
fn what_an_upload_left_is_swept_and_so_is_a_line_without_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    let blob = push(&depot, "x", b"blob");
    depot.put_manifest(&repository("x"), &index("one"), None, &["a".to_owned()]).unwrap();
    fs::remove_file(depot.blob_path(index("one").digest())).unwrap();
    drop(depot);
    fs::write(folder.path().join("uploads/left"), "bytes").unwrap();

    let depot = open(folder.path());
    assert_eq!(holds(&depot, "x"), "1 blobs, 0 manifests, tags []");
    assert_eq!(fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    let line = format!("{{\"kind\":\"blob\",\"repository\":\"docker.io/library/x\",\"digest\":\"{blob}\"}}\n");
    assert_eq!(journal(folder.path()), format!("{{\"layerbook-registry\":1}}\n{line}"));
}

#[test]
fn the_journal_does_not_grow_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    for _ in 0..3 {
        let blob = push(&depot, "x", b"blob");
        assert!(depot.delete_blob(&repository("x"), &blob).unwrap());
        assert!(!depot.delete_blob(&repository("x"), &blob).unwrap());
    }
    assert_eq!(journal(folder.path()).lines().count(), 7);
    drop(depot);
    drop(open(folder.path()));
    assert_eq!(journal(folder.path()), "{\"layerbook-registry\":1}\n");
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("uploads")).unwrap();
    fs::write(folder.path().join("uploads/mine"), "").unwrap();
    fs::write(folder.path().join("mine"), "").unwrap();
    assert!(matches!(Depot::open(folder.path(), Durability::Lasting), Err(Error::Foreign { .. })));
    assert!(folder.path().join("uploads/mine").exists() && !folder.path().join("blobs").exists());
}

#[test]
fn one_server_at_a_time_and_none_for_a_newer_folder() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    assert!(matches!(Depot::open(folder.path(), Durability::Lasting), Err(Error::Busy { .. })));
    drop(depot);
    let path = folder.path().join(JOURNAL);
    fs::write(&path, "{\"layerbook-registry\":2}\n{\"kind\":\"dance\"}\n").unwrap();
    assert!(matches!(Depot::open(folder.path(), Durability::Lasting), Err(Error::Newer { version: 2, .. })));
    fs::write(&path, "{\"layerbook-registry\":1}\n{\"kind\":\"dance\"}\n").unwrap();
    assert!(matches!(Depot::open(folder.path(), Durability::Lasting), Err(Error::Damaged { .. })));
}

#[test]
fn a_manifest_that_someone_changed_is_not_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    let document = index("one");
    depot.put_manifest(&repository("x"), &document, None, &[]).unwrap();
    fs::write(depot.blob_path(document.digest()), "{}").unwrap();
    assert!(matches!(depot.manifest(&repository("x"), document.digest()), Err(Error::Damaged { .. })));
}

#[test]
fn an_upload_goes_back_and_leaves_no_trace_of_what_came_between() {
    let folder = tempfile::tempdir().unwrap();
    let depot = open(folder.path());
    let upload = depot.begin(&repository("x"), Algorithm::Sha512).unwrap();
    upload.append(0, b"keep").unwrap();
    let mark = upload.mark();
    upload.append(4, &[7; 9000]).unwrap();
    upload.rewind(mark);
    assert!(matches!(upload.append(9004, b"x"), Err(UploadError::Elsewhere { written: 4 })));
    // A hole where the wrong bytes were, hashed by another algorithm than the guessed one.
    upload.append(4, &[0; 5000]).unwrap();
    let expected = [b"keep".as_slice(), &[0; 5000]].concat();
    depot.commit(&upload, &Digest::of(&expected)).unwrap();
    assert!(matches!(upload.append(5004, b"x"), Err(UploadError::Ended)));
    let held = depot.blob(&repository("x"), &Digest::of(&expected)).unwrap().unwrap();
    assert_eq!(held.read(0, 10_000).unwrap(), expected);
}
