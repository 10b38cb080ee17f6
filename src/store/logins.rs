//! Logins in the home's `config.json`, in the format of Docker's file of that name. Whatever else is in it stays.
//! Readable by its owner alone. What a login is good for is known elsewhere.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Error, Store, files};

/// What to leave behind where a login is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// Nothing.
    None,
    /// An entry without content: who reads on in another file stops here.
    Empty,
}

impl Store {
    /// Returns the file that holds the logins. It need not exist.
    pub fn logins_path(&self) -> PathBuf {
        self.home.join("config.json")
    }

    /// Keeps a login for a server; `auth` and `identity` are what Docker's file has as `auth` and `identitytoken`. Tells whether
    /// it is a new one.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the file is there and no JSON object: it is not written over.
    pub fn put_login(&self, server: &str, auth: &str, identity: Option<&str>) -> Result<bool, Error> {
        self.change_logins(|auths| {
            let mut entry = json!({ "auth": auth });
            if let Some(identity) = identity {
                entry["identitytoken"] = json!(identity);
            }
            auths.insert(server.to_owned(), entry.clone()).as_ref() != Some(&entry)
        })
    }

    /// Removes the login for a server.
    ///
    /// # Errors
    /// As [`Store::put_login`].
    pub fn remove_login(&self, server: &str, trace: Trace) -> Result<(), Error> {
        self.change_logins(|auths| match trace {
            Trace::None => auths.remove(server).is_some(),
            Trace::Empty => auths.insert(server.to_owned(), json!({})) != Some(json!({})),
        })?;
        Ok(())
    }

    /// Changes the logins under the lock; the file is written only where `change` tells that it changed something.
    fn change_logins(&self, change: impl FnOnce(&mut Map<String, Value>) -> bool) -> Result<bool, Error> {
        let _lock = self.lock_indexes()?;
        let path = self.logins_path();
        let damaged = || Error::Damaged { path: path.clone() };
        let mut config: Map<String, Value> = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| damaged())?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Map::new(),
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        let auths = config.entry("auths").or_insert_with(|| json!({})).as_object_mut().ok_or_else(damaged)?;
        let changed = change(auths);
        if changed {
            files::replace_private(&path, &indented(&config).ok_or_else(damaged)?)?;
        }
        Ok(changed)
    }
}

/// Writes JSON with tabs, as Docker writes the file.
fn indented(config: &Map<String, Value>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    config.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter)).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path()).unwrap();
        (home, store)
    }

    #[test]
    fn a_login_is_kept_beside_what_the_file_has() {
        let (_home, store) = store();
        fs::write(store.logins_path(), r#"{"imagesFormat":"x","auths":{"a":{"auth":"1"}}}"#).unwrap();
        assert!(store.put_login("r.example:5000", "YTpi", None).unwrap());
        assert!(!store.put_login("r.example:5000", "YTpi", None).unwrap());
        let text = fs::read_to_string(store.logins_path()).unwrap();
        assert_eq!(
            text,
            "{\n\t\"imagesFormat\": \"x\",\n\t\"auths\": {\n\t\t\"a\": {\n\t\t\t\"auth\": \"1\"\n\t\t},\n\t\t\"r.example:5000\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}"
        );
    }

    #[test]
    fn an_identity_token_stands_beside_the_user() {
        let (_home, store) = store();
        assert!(store.put_login("r", "YTo=", Some("long")).unwrap());
        let text = fs::read_to_string(store.logins_path()).unwrap();
        let entry = "{\n\t\t\t\"auth\": \"YTo=\",\n\t\t\t\"identitytoken\": \"long\"\n\t\t}";
        assert_eq!(text, format!("{{\n\t\"auths\": {{\n\t\t\"r\": {entry}\n\t}}\n}}"));
        assert!(store.put_login("r", "YTpi", None).unwrap(), "a password again");
    }

    #[test]
    fn a_removed_login_is_gone_or_leaves_an_empty_entry() {
        let (_home, store) = store();
        store.remove_login("r", Trace::None).unwrap();
        assert!(!store.logins_path().exists());
        store.put_login("r", "YTpi", None).unwrap();
        store.remove_login("r", Trace::None).unwrap();
        assert_eq!(fs::read_to_string(store.logins_path()).unwrap(), "{\n\t\"auths\": {}\n}");
        store.remove_login("r", Trace::Empty).unwrap();
        assert_eq!(fs::read_to_string(store.logins_path()).unwrap(), "{\n\t\"auths\": {\n\t\t\"r\": {}\n\t}\n}");
    }

    #[test]
    fn a_file_that_is_something_else_is_not_written_over() {
        let (_home, store) = store();
        for odd in ["[]", "{", r#"{"auths":7}"#] {
            fs::write(store.logins_path(), odd).unwrap();
            assert!(matches!(store.put_login("r", "YTpi", None), Err(Error::Damaged { .. })), "{odd}");
            assert_eq!(fs::read_to_string(store.logins_path()).unwrap(), odd);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (_home, store) = store();
        store.put_login("r", "YTpi", None).unwrap();
        assert_eq!(fs::metadata(store.logins_path()).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
