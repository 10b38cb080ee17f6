//! Files of the host that the user names (`save -o`, `pack build`): whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Error, files};

/// Writes a file of the host.
pub fn write_host_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::replace(path, bytes)
}

/// A file of the host that is being written, readable by its owner alone. Under its name stands what stood there before until
/// [`HostFile::finish`]; dropped before, it leaves nothing.
#[derive(Debug)]
pub struct HostFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl HostFile {
    /// Begins a file; its folder must be there.
    pub fn create(path: &Path) -> Result<Self, Error> {
        Ok(Self { path: path.to_owned(), file: files::temporary(files::folder_of(path), files::OWNER)? })
    }

    /// Syncs the file and gives it its name.
    pub fn finish(self) -> Result<(), Error> {
        self.file.as_file().sync_all().map_err(Error::io("sync", &self.path))?;
        self.file.persist(&self.path).map_err(|error| Error::io("write", &self.path)(error.error))?;
        files::sync_folder(files::folder_of(&self.path))
    }
}

impl Write for HostFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar");
        fs::write(&path, "before").unwrap();
        let mut file = HostFile::create(&path).unwrap();
        file.write_all(b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        drop(file);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut file = HostFile::create(&path).unwrap();
        file.write_all(b"after").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"after");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar");
        HostFile::create(&path).unwrap().finish().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
