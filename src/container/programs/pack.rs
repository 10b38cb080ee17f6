//! Package managers: they list what the image's database lists, and say why a workbook installs nothing.

use super::{complain, failed, said};
use crate::container::Session;
use crate::container::files::{Follow, Who};
use crate::container::packages::{self, Package};
use crate::pipe::Outcome;

const ALPINE: &[&str] = &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
const DEBIAN: &str = "/var/lib/dpkg/status";

impl Session<'_> {
    pub(super) fn text_of(&self, path: &str) -> Option<String> {
        let id = self.files().find(0, path, Follow::Last, Who::ROOT).ok()?;
        Some(String::from_utf8_lossy(&self.read_node(id, u64::MAX).ok()?).into_owned())
    }

    fn alpine_packages(&self) -> Vec<Package> {
        ALPINE.iter().find_map(|path| self.text_of(path)).map(|text| packages::alpine(&text)).unwrap_or_default()
    }

    pub(super) fn debian_packages(&self) -> Vec<Package> {
        self.text_of(DEBIAN).map(|text| packages::debian(&text)).unwrap_or_default()
    }

    /// Returns the version of an installed package.
    pub(in crate::container) fn version_of(&self, name: &str) -> Option<String> {
        let all = self.debian_packages().into_iter().chain(self.alpine_packages());
        all.into_iter().find(|package| package.name == name).map(|package| package.version)
    }

    /// Returns what the database says about a package.
    pub(super) fn debian_paragraph(&self, name: &str) -> Option<String> {
        let wanted = format!("Package: {name}");
        let text = self.text_of(DEBIAN)?;
        let found = text.split("\n\n").find(|paragraph| paragraph.lines().any(|line| line == wanted))?;
        Some(found.trim_end().to_owned())
    }
}

pub(super) fn nothing_to_install_from(name: &str) -> Outcome {
    failed(
        &format!(
            "{name}: a workbook has no network and runs no installer, so packages can be listed here and not installed or removed"
        ),
        1,
    )
}

pub(super) fn apk(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let (flags, operands): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with('-'));
    match operands.as_slice() {
        ["info"] if flags.iter().any(|flag| flag.contains('v')) => {
            said(session.alpine_packages().iter().map(|p| format!("{}-{}\n", p.name, p.version)).collect::<String>())
        }
        ["info"] => said(session.alpine_packages().iter().map(|p| format!("{}\n", p.name)).collect::<String>()),
        ["info", names @ ..] => {
            let all = session.alpine_packages();
            let found = all.iter().filter(|package| names.contains(&package.name.as_str()));
            said(
                found
                    .map(|p| format!("{}-{} description:\n{}\n\n", p.name, p.version, p.description))
                    .collect::<String>(),
            )
        }
        ["list", ..] => said(
            session
                .alpine_packages()
                .iter()
                .map(|p| {
                    format!(
                        "{}-{} {} {{{}}} ({}) [installed]\n",
                        p.name, p.version, p.architecture, p.origin, p.licence
                    )
                })
                .collect::<String>(),
        ),
        ["add" | "del" | "update" | "upgrade" | "fix" | "fetch" | "search" | "policy", ..] => {
            nothing_to_install_from("apk")
        }
        [other, ..] => failed(&format!("apk: '{other}' is not an apk command. See 'apk --help'."), 1),
        [] => said("apk-tools\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n\nHere: apk info, apk list\n"),
    }
}

/// `apt`, `pip` and their kind: what the image's database can tell.
pub(super) fn installer(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let all = session.debian_packages();
    let operands: Vec<&str> = words[1..].iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let is_apt = name.starts_with("apt");
    match operands.as_slice() {
        [] if is_apt && words[1..].iter().any(|word| matches!(word.as_str(), "--version" | "-v")) => {
            let own = all.iter().find(|package| package.name == "apt");
            said(own.map(|p| format!("apt {} ({})\n", p.version, p.architecture)).unwrap_or_default())
        }
        ["list", ..] if name == "apt" => {
            let line = |p: &Package| format!("{}/now {} {} [installed,local]\n", p.name, p.version, p.architecture);
            said(String::from("Listing...\n") + &all.iter().map(line).collect::<String>())
        }
        ["policy", names @ ..] if is_apt && !names.is_empty() => policy(&all, names),
        ["show", names @ ..] if is_apt && name != "apt-get" => shown(session, names),
        _ => nothing_to_install_from(name),
    }
}

/// `apt-cache policy`: nothing but what is installed can be had.
fn policy(all: &[Package], names: &[&str]) -> Outcome {
    let line = |p: &Package| {
        let version = &p.version;
        format!(
            "{}:\n  Installed: {version}\n  Candidate: {version}\n  Version table:\n *** {version} 100\n        100 /var/lib/dpkg/status\n",
            p.name
        )
    };
    said(all.iter().filter(|p| names.contains(&p.name.as_str())).map(line).collect::<String>())
}

fn shown(session: &Session<'_>, names: &[&str]) -> Outcome {
    let mut outcome = Outcome::default();
    for name in names {
        if let Some(paragraph) = session.debian_paragraph(name) {
            outcome.stdout.extend(format!("{paragraph}\n\n").into_bytes());
        } else {
            complain(&mut outcome, &format!("E: No packages found: {name}"));
        }
    }
    outcome
}
