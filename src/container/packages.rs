//! The packages that an image lists as installed: Debian's and Alpine's databases.

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    /// One line.
    pub(super) description: String,
    /// Where it was built from.
    pub(super) origin: String,
    pub(super) licence: String,
    /// Whether it may be there for several architectures at once: its name is told with its own.
    pub(super) is_for_several: bool,
    /// What a package manager says about it, `install ok installed`.
    pub(super) status: String,
}

impl Package {
    /// Returns the name as Debian's tools tell it.
    pub(super) fn full_name(&self) -> String {
        if self.is_for_several { format!("{}:{}", self.name, self.architecture) } else { self.name.clone() }
    }

    /// Tells whether it is one of these; without names all are meant.
    pub(super) fn is_among(&self, names: &[String]) -> bool {
        names.is_empty() || names.iter().any(|name| *name == self.name || *name == self.full_name())
    }
}

/// Reads `/var/lib/dpkg/status`, or a file of `/var/lib/dpkg/status.d`.
pub(super) fn debian(text: &str) -> Vec<Package> {
    paragraphs(text, ": ", |package, field, value| match field {
        "Package" => value.clone_into(&mut package.name),
        "Version" => value.clone_into(&mut package.version),
        "Architecture" => value.clone_into(&mut package.architecture),
        "Description" => value.clone_into(&mut package.description),
        "Status" => value.clone_into(&mut package.status),
        "Multi-Arch" => package.is_for_several = value == "same",
        _ => {}
    })
}

/// Reads `/lib/apk/db/installed`.
pub(super) fn alpine(text: &str) -> Vec<Package> {
    paragraphs(text, ":", |package, field, value| match field {
        "P" => value.clone_into(&mut package.name),
        "V" => value.clone_into(&mut package.version),
        "A" => value.clone_into(&mut package.architecture),
        "T" => value.clone_into(&mut package.description),
        "o" => value.clone_into(&mut package.origin),
        "L" => value.clone_into(&mut package.licence),
        _ => {}
    })
}

/// Reads fields, a line each; an empty line ends a package, a line that begins with a blank goes on with a field.
fn paragraphs(text: &str, between: &str, take: impl Fn(&mut Package, &str, &str)) -> Vec<Package> {
    let mut found = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut package = Package::default();
        for line in paragraph.lines().filter(|line| !line.starts_with([' ', '\t'])) {
            if let Some((field, value)) = line.split_once(between) {
                take(&mut package, field, value);
            }
        }
        if !package.name.is_empty() {
            found.push(package);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_lists_paragraphs() {
        let text = "Package: tzdata\nStatus: install ok installed\nVersion: 2024a-0\nArchitecture: all\nDescription: time zones\n more\n\nPackage: bash\nVersion: 5.2\n";
        let found = debian(text);
        assert_eq!(found.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["bash", "tzdata"]);
        assert_eq!((found[1].version.as_str(), found[1].description.as_str()), ("2024a-0", "time zones"));
    }

    #[test]
    fn alpine_lists_letters() {
        let found = alpine("C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\nT:the C library\nL:MIT\no:musl\n\n");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].licence.as_str()), ("musl", "MIT"));
    }
}
