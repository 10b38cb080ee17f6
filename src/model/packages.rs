//! Packages of an image, and the databases in which `dpkg` and `apk` keep them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

/// Packages with their versions, by package manager. A version may be followed by the architecture `all`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    /// Debian's and Ubuntu's.
    #[serde(default)]
    pub dpkg: BTreeMap<String, String>,
    /// Alpine's.
    #[serde(default)]
    pub apk: BTreeMap<String, String>,
}

impl Packages {
    /// Tells whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.dpkg.is_empty() && self.apk.is_empty()
    }

    /// Adds packages; the newer version of one that was there before stays.
    pub(super) fn add(&mut self, others: &Self) {
        let clone = |packages: &BTreeMap<String, String>| packages.clone().into_iter();
        self.dpkg.extend(clone(&others.dpkg));
        self.apk.extend(clone(&others.apk));
    }

    /// Writes the databases, by path. An installer writes the whole file anew, so a layer holds all packages below it too.
    pub(super) fn databases(&self) -> impl Iterator<Item = (String, String)> {
        let dpkg = (!self.dpkg.is_empty()).then(|| ("var/lib/dpkg/status".to_owned(), dpkg(&self.dpkg)));
        let apk = (!self.apk.is_empty()).then(|| ("lib/apk/db/installed".to_owned(), apk(&self.apk)));
        dpkg.into_iter().chain(apk)
    }
}

fn dpkg(packages: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, version) in packages {
        let (version, architecture) = version.split_once(' ').unwrap_or((version, "%debian-arch%"));
        let _ = writeln!(
            text,
            "Package: {name}\nStatus: install ok installed\nArchitecture: {architecture}\nVersion: {version}\n"
        );
    }
    text
}

fn apk(packages: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, version) in packages {
        let _ = writeln!(text, "P:{name}\nV:{version}\nA:%alpine-arch%\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_holds_what_was_below_and_what_came() {
        let set = |pairs: &[(&str, &str)]| Packages {
            dpkg: pairs.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect(),
            ..Packages::default()
        };
        let mut packages = set(&[("bash", "5.2"), ("tzdata", "2025a all")]);
        packages.add(&set(&[("bash", "5.3")]));
        let texts: Vec<(String, String)> = packages.databases().collect();
        assert_eq!(texts[0].0, "var/lib/dpkg/status");
        insta::assert_snapshot!(texts[0].1, @"
        Package: bash
        Status: install ok installed
        Architecture: %debian-arch%
        Version: 5.3

        Package: tzdata
        Status: install ok installed
        Architecture: all
        Version: 2025a
        ");
    }
}
