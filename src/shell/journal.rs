//! The journal: what a learner did, in one append-only file of JSON Lines that can be copied to another machine.
//! Keeps records whole and in order; does not know what they mean.
//!
//! The first line is `{"layerbook-journal": 1}`. Each further line is an object that begins with `seq` (from 1) and
//! `at` (UTC). An append takes the lock, drops a torn last line, writes one line and syncs it; so a crash or a full
//! disk loses at most the record that was being written.
//!
//! What stands in a record besides, by its `kind`; each also has `pack`, `pack_version` and `lesson`, the id of the lesson
//! or problem. Whoever reads a journal skips kinds and keys that it does not know.
//!
//! | kind | keys |
//! | --- | --- |
//! | `open` | `seed`, `attempt` (from 0), `variant` (drawn values by name), `frozen` (digests by name) |
//! | `attempt` | `step`, `typed`, `unsure`, `outcome` (`right`, `wrong`, `unreadable`, `cannot-check`), `rule` |
//! | `command` | `step`, `typed`, `status`, `sandbox`: a docker command of the learner |
//! | `reflection`, `rating` | `step`, and `typed` or `rating`: a free text, and the learner's own view of it |
//! | `hint` | `step`, `hints`: how many were taken |
//! | `moment` | `registry`, `frozen`: the registry moved to another day |
//! | `step` | `step`, `outcome`, `attempts`, `rule`, `hints`, `held` (names in the workspace): it is done |
//! | `finish` | `attempt`: the lesson or problem was completed |

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Newest version of the format that is understood.
const VERSION: u64 = 1;
const HEADER_KEY: &str = "layerbook-journal";

/// The journal of a home.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
    lock: PathBuf,
}

/// What a journal holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// All records that can be read, oldest first, of every kind.
    pub records: Vec<Value>,
    /// Lines before the last one that are no JSON object: something other than layerbook wrote there.
    pub damaged: usize,
}

/// Why the journal cannot be read or written.
#[derive(Debug, Error)]
pub enum Error {
    /// The system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A newer layerbook wrote it.
    #[error("`{}` has version {version}; this layerbook reads version {VERSION}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Version found.
        version: u64,
    },
    /// The first line is not a journal's.
    #[error("`{}` is not a journal of layerbook", path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// What should be recorded is not an object.
    #[error("a record is not a JSON object")]
    NotAnObject,
}

impl Journal {
    /// Names the journal of a home; touches nothing.
    pub fn of(home: &Path) -> Self {
        Self { path: home.join("journal.jsonl"), lock: home.join("journal.lock") }
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all records. A journal that does not exist is empty; a torn last line is passed over.
    pub fn read(&self) -> Result<Records, Error> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Records::default()),
            Err(error) => return Err(self.io("read")(error)),
        };
        let mut lines = whole_lines(&bytes);
        let Some(header) = lines.next() else { return Ok(Records::default()) };
        self.check_header(header)?;
        let mut found = Records::default();
        for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<Map<String, Value>>(line) {
                Ok(record) => found.records.push(Value::Object(record)),
                Err(_) => found.damaged += 1,
            }
        }
        Ok(found)
    }

    /// Appends a record with its number and time, and syncs it to disk.
    pub fn append(&self, record: &Value, at: Timestamp) -> Result<(), Error> {
        let Value::Object(fields) = record else { return Err(Error::NotAnObject) };
        let _lock = self.lock()?;
        let mut options = File::options();
        let opened = options.read(true).write(true).create(true).truncate(false).open(&self.path);
        let mut file = opened.map_err(self.io("open"))?;
        let (end, last) = last_whole_line(&mut file).map_err(self.io("read"))?;
        let seq = if end == 0 { 1 } else { self.next_seq(&mut file, &last)? };
        let mut text = if end == 0 { format!("{}\n", json!({ HEADER_KEY: VERSION })) } else { String::new() };
        text.push_str(&line(seq, at, fields));
        file.set_len(end).map_err(self.io("write"))?;
        file.seek(SeekFrom::Start(end)).and_then(|_| file.write_all(text.as_bytes())).map_err(self.io("write"))?;
        file.sync_all().map_err(self.io("sync"))
    }

    fn next_seq(&self, file: &mut File, last: &[u8]) -> Result<u64, Error> {
        let mut start = [0; 64];
        file.rewind().map_err(self.io("read"))?;
        let read = file.read(&mut start).map_err(self.io("read"))?;
        self.check_header(whole_lines(&start[..read]).next().unwrap_or_default())?;
        let last: Option<Value> = serde_json::from_slice(last).ok();
        match last.as_ref().and_then(|record| record.get("seq")).and_then(Value::as_u64) {
            Some(seq) => Ok(seq + 1),
            None => Ok(self.read()?.records.iter().filter_map(|r| r["seq"].as_u64()).max().unwrap_or(0) + 1),
        }
    }

    fn check_header(&self, line: &[u8]) -> Result<(), Error> {
        let header: Option<Value> = serde_json::from_slice(line).ok();
        match header.as_ref().and_then(|header| header.get(HEADER_KEY)).and_then(Value::as_u64) {
            Some(version) if version > VERSION => Err(Error::Newer { path: self.path.clone(), version }),
            Some(_) => Ok(()),
            None => Err(Error::NotAJournal { path: self.path.clone() }),
        }
    }

    fn lock(&self) -> Result<File, Error> {
        let error = |cause| Error::Io { action: "lock", path: self.lock.clone(), cause };
        let file = File::options().create(true).truncate(false).write(true).open(&self.lock).map_err(error)?;
        file.lock().map_err(error)?;
        Ok(file)
    }

    fn io(&self, action: &'static str) -> impl FnOnce(io::Error) -> Error {
        let path = self.path.clone();
        move |cause| Error::Io { action, path, cause }
    }
}

/// One record as it stands in the file.
fn line(seq: u64, at: Timestamp, fields: &Map<String, Value>) -> String {
    let mut record = Map::new();
    record.insert("seq".to_owned(), seq.into());
    record.insert("at".to_owned(), at.to_string().into());
    record.extend(fields.iter().filter(|(key, _)| *key != "seq" && *key != "at").map(|(k, v)| (k.clone(), v.clone())));
    format!("{}\n", Value::Object(record))
}

/// Lines that end with a newline; what follows the last newline was torn.
fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

/// Finds where the last whole line ends, and what it is. Reads from the end, so that a long journal costs nothing.
fn last_whole_line(file: &mut File) -> io::Result<(u64, Vec<u8>)> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut window = 4096;
    loop {
        let start = length.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        Read::by_ref(file).take(length - start).read_to_end(&mut tail)?;
        let newlines: Vec<usize> = (0..tail.len()).filter(|at| tail[*at] == b'\n').collect();
        match newlines.as_slice() {
            [.., before, end] => return Ok((start + *end as u64 + 1, tail[before + 1..*end].to_vec())),
            [end] if start == 0 => return Ok((*end as u64 + 1, tail[..*end].to_vec())),
            [] if start == 0 => return Ok((0, Vec::new())),
            [] | [_] => window *= 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn journal(content: &str) -> (tempfile::TempDir, Journal) {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::of(home.path());
        if !content.is_empty() {
            fs::write(journal.path(), content).unwrap();
        }
        (home, journal)
    }

    #[track_caller]
    fn check_append(before: &str, after: &str) {
        let (_home, journal) = journal(before);
        journal.append(&json!({"kind": "step"}), at()).unwrap();
        assert_eq!(fs::read_to_string(journal.path()).unwrap(), after);
    }

    const HEADER: &str = "{\"layerbook-journal\":1}\n";
    const FIRST: &str = "{\"seq\":1,\"at\":\"2026-01-02T03:04:05Z\",\"kind\":\"step\"}\n";
    const SECOND: &str = "{\"seq\":2,\"at\":\"2026-01-02T03:04:05Z\",\"kind\":\"step\"}\n";

    #[test]
    fn the_first_record_follows_a_header() {
        check_append("", &format!("{HEADER}{FIRST}"));
    }

    #[test]
    fn records_are_numbered() {
        check_append(&format!("{HEADER}{FIRST}"), &format!("{HEADER}{FIRST}{SECOND}"));
        check_append(HEADER, &format!("{HEADER}{FIRST}"));
    }

    #[test]
    fn a_torn_last_line_is_dropped() {
        check_append(&format!("{HEADER}{FIRST}{{\"seq\":2,\"at"), &format!("{HEADER}{FIRST}{SECOND}"));
        check_append("{\"layerb", &format!("{HEADER}{FIRST}"));
        let (_home, journal) = journal(&format!("{HEADER}{FIRST}{{\"seq\":2,\"at"));
        assert_eq!(journal.read().unwrap().records.len(), 1);
    }

    #[test]
    fn records_come_back_as_they_were_appended() {
        let (_home, journal) = journal("");
        let records = [json!({"kind": "step", "typed": "7\n\"?"}), json!({"kind": "of tomorrow", "x": [1, null]})];
        for record in &records {
            journal.append(record, at()).unwrap();
        }
        let read = journal.read().unwrap();
        assert_eq!(read.damaged, 0);
        for (read, record) in read.records.iter().zip(&records) {
            let same = record.as_object().unwrap().iter().all(|(key, value)| read[key] == *value);
            assert!(same, "{read} is not {record}");
        }
        assert_eq!(read.records[1]["seq"], 2);
    }

    #[test]
    fn a_long_last_record_is_found() {
        let (_home, journal) = journal("");
        journal.append(&json!({"text": "x".repeat(100_000)}), at()).unwrap();
        journal.append(&json!({"kind": "step"}), at()).unwrap();
        assert_eq!(journal.read().unwrap().records[1]["seq"], 2);
    }

    #[test]
    fn damaged_lines_are_counted_and_kept() {
        let content = format!("{HEADER}{FIRST}not json\n[1]\n");
        let (_home, journal) = journal(&content);
        let read = journal.read().unwrap();
        assert_eq!((read.records.len(), read.damaged), (1, 2));
        journal.append(&json!({"kind": "step"}), at()).unwrap();
        assert_eq!(fs::read_to_string(journal.path()).unwrap(), format!("{content}{SECOND}"));
    }

    #[track_caller]
    fn check_refusal(content: &str, expected: &str) {
        let (_home, journal) = journal(content);
        let read = journal.read().unwrap_err().to_string();
        let append = journal.append(&json!({}), at()).unwrap_err().to_string();
        assert!(read.ends_with(expected) && append == read, "{read}\n{append}");
        assert_eq!(fs::read_to_string(journal.path()).unwrap(), content);
    }

    #[test]
    fn a_newer_journal_is_refused_and_left_as_it_is() {
        check_refusal("{\"layerbook-journal\":2}\n", "has version 2; this layerbook reads version 1");
        check_refusal("some notes\n", "is not a journal of layerbook");
    }
}
