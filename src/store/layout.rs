//! The folders of a home, and its version.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Error, files};

const VERSION: u64 = 1;
const FOLDERS: &[&str] =
    &["store/blobs/sha256", "store/blobs/sha512", "online", "work", "cache/layers", "cache/documents", "ingest"];
const OCI_LAYOUT: &str = "{\"imageLayoutVersion\":\"1.0.0\"}";

/// An `index.json` without images (image-spec, image-layout.md).
const EMPTY_INDEX: &str =
    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}";

#[derive(Serialize, Deserialize)]
struct Version {
    version: u64,
}

/// Checks the version and creates what is missing. The version file is written last: while it is absent,
/// everything is prepared again.
pub(super) fn prepare(home: &Path) -> Result<(), Error> {
    let path = home.join("layerbook.json");
    if let Ok(bytes) = fs::read(&path) {
        return check(&path, &bytes);
    }
    for folder in FOLDERS {
        let folder = home.join(folder);
        fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    }
    write_new(&home.join("store/oci-layout"), OCI_LAYOUT)?;
    write_new(&home.join("store/index.json"), EMPTY_INDEX)?;
    write_new(&path, &format!("{{\"version\": {VERSION}}}\n"))
}

fn check(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let found: Version = serde_json::from_slice(bytes).map_err(|_| Error::Damaged { path: path.to_owned() })?;
    if found.version > VERSION {
        return Err(Error::Newer { path: path.to_owned(), version: found.version, known: VERSION });
    }
    Ok(())
}

/// Writes a file unless another process was first.
fn write_new(path: &Path, text: &str) -> Result<(), Error> {
    if path.exists() { Ok(()) } else { files::replace(path, text.as_bytes()) }
}
