//! The journal: one change a line, appended and synced; the last line may be torn.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::record::Record;
use super::shelf::Shelves;
use super::{Durability, Error, files};

const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Head {
    #[serde(rename = "layerbook-registry")]
    version: u64,
}

/// The open journal.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    durability: Durability,
    file: Arc<File>,
    length: u64,
    lines: usize,
}

/// Syncs a journal while others go on writing to it.
pub(super) struct Handle(Option<Arc<File>>, PathBuf);

impl Journal {
    /// Opens or begins the journal; what a crash tore off at its end is cut away.
    pub(super) fn open(path: &Path, durability: Durability) -> Result<(Self, Vec<Record>), Error> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(Error::io("read", path))?,
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole == 0 {
            files::replace(path, &snapshot(&Shelves::default()))?;
            return Ok((Self::at(path, durability, 0)?, Vec::new()));
        }
        let damaged = || Error::Damaged { path: path.to_owned() };
        let mut lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let head: Head = lines.next().and_then(|line| serde_json::from_slice(line).ok()).ok_or_else(damaged)?;
        if head.version > VERSION {
            return Err(Error::Newer { path: path.to_owned(), version: head.version, known: VERSION });
        }
        let records: Result<Vec<Record>, _> = lines.map(serde_json::from_slice).collect();
        let records = records.map_err(|_| damaged())?;
        let mut journal = Self::at(path, durability, records.len())?;
        journal.cut(whole as u64)?;
        Ok((journal, records))
    }

    fn at(path: &Path, durability: Durability, lines: usize) -> Result<Self, Error> {
        let file = File::options().append(true).open(path).map_err(Error::io("open", path))?;
        let length = file.metadata().map_err(Error::io("read", path))?.len();
        Ok(Self { path: path.to_owned(), durability, file: Arc::new(file), length, lines })
    }

    /// Appends records, all or none of them. They are on disk once [`Handle::sync`] returns.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<(), Error> {
        let text = lines_of(records);
        if let Err(cause) = (&*self.file).write_all(&text) {
            // A part that cannot be cut away now is cut away, or is a torn line, at the next opening.
            let _ = self.file.set_len(self.length);
            return Err(Error::io("write", &self.path)(cause));
        }
        self.length += text.len() as u64;
        self.lines += records.len();
        Ok(())
    }

    /// Returns what syncs everything appended so far.
    pub(super) fn handle(&self) -> Handle {
        let file = (self.durability == Durability::Lasting).then(|| Arc::clone(&self.file));
        Handle(file, self.path.clone())
    }

    /// Writes the journal anew where it says more than is so.
    pub(super) fn compact(&mut self, shelves: &Shelves) -> Result<(), Error> {
        if shelves.records().count() < self.lines {
            files::replace(&self.path, &snapshot(shelves))?;
            *self = Self::at(&self.path, self.durability, shelves.records().count())?;
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> Result<(), Error> {
        if length < self.length {
            self.file.set_len(length).map_err(Error::io("cut", &self.path))?;
            self.length = length;
        }
        Ok(())
    }
}

impl Handle {
    /// Waits until the disk has everything.
    pub(super) fn sync(self) -> Result<(), Error> {
        let Self(file, path) = self;
        file.map_or(Ok(()), |file| file.sync_data()).map_err(Error::io("sync", &path))
    }
}

fn snapshot(shelves: &Shelves) -> Vec<u8> {
    let mut text = line_of(&Head { version: VERSION });
    text.extend(shelves.records().flat_map(|record| line_of(&record)));
    text
}

fn lines_of(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(line_of).collect()
}

fn line_of(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("records are maps of texts and numbers");
    line.push(b'\n');
    line
}
