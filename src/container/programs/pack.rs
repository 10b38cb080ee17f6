//! Package managers: they list what the image's database lists, and say why a workbook installs nothing.

use super::{complain, failed, said};
use crate::container::Session;
use crate::container::files::{Follow, Who};
use crate::container::packages::{self, Package};
use crate::pipe::Outcome;

const ALPINE: &[&str] = &["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];
const DEBIAN: &str = "/var/lib/dpkg/status";

impl Session<'_> {
    fn text_of(&self, path: &str) -> Option<String> {
        let id = self.files().find(0, path, Follow::Last, Who::ROOT).ok()?;
        Some(String::from_utf8_lossy(&self.read_node(id, u64::MAX).ok()?).into_owned())
    }

    fn alpine_packages(&self) -> Vec<Package> {
        ALPINE.iter().find_map(|path| self.text_of(path)).map(|text| packages::alpine(&text)).unwrap_or_default()
    }

    fn debian_packages(&self) -> Vec<Package> {
        self.text_of(DEBIAN).map(|text| packages::debian(&text)).unwrap_or_default()
    }
}

fn nothing_to_install_from(name: &str) -> Outcome {
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

pub(super) fn dpkg(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    match words.get(1).map(String::as_str) {
        Some("-l" | "--list") => list(&session.debian_packages(), &words[2..]),
        Some("-s" | "--status") => status(session, &words[2..]),
        Some("-L" | "--listfiles") => files_of(session, &words[2..]),
        Some("--print-architecture") => {
            let all = session.debian_packages();
            let own = all.iter().find(|p| p.name == "dpkg").map_or("", |p| p.architecture.as_str());
            said(format!("{own}\n"))
        }
        Some("-i" | "--install" | "-r" | "--remove" | "-P" | "--purge" | "--configure") => {
            nothing_to_install_from("dpkg")
        }
        Some(other) => failed(&format!("dpkg: error: unknown option {other}\n\nHere: dpkg -l, dpkg -s, dpkg -L"), 2),
        None => failed("dpkg: error: need an action option\n\nHere: dpkg -l, dpkg -s, dpkg -L", 2),
    }
}

fn list(all: &[Package], names: &[String]) -> Outcome {
    let shown: Vec<&Package> = all.iter().filter(|p| names.is_empty() || names.contains(&p.name)).collect();
    if let [name, ..] = names
        && shown.is_empty()
    {
        return failed(&format!("dpkg-query: no packages found matching {name}"), 1);
    }
    let width =
        |of: fn(&Package) -> &String, least: usize| shown.iter().map(|p| of(p).len()).max().unwrap_or(0).max(least);
    let (name, version) = (width(|p| &p.name, 14), width(|p| &p.version, 12));
    let (architecture, description) = (width(|p| &p.architecture, 12), width(|p| &p.description, 33));
    let mut text = String::from(
        "Desired=Unknown/Install/Remove/Purge/Hold\n\
         | Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n\
         |/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n",
    );
    text += &format!("||/ {:name$} {:version$} {:architecture$} Description\n", "Name", "Version", "Architecture");
    text += &format!(
        "+++-{}-{}-{}-{}\n",
        "=".repeat(name),
        "=".repeat(version),
        "=".repeat(architecture),
        "=".repeat(description)
    );
    for p in shown {
        let line =
            format!("ii  {:name$} {:version$} {:architecture$} {}", p.name, p.version, p.architecture, p.description);
        text += &(line + "\n");
    }
    said(text)
}

fn status(session: &Session<'_>, names: &[String]) -> Outcome {
    let text = session.text_of(DEBIAN).unwrap_or_default();
    let mut outcome = Outcome::default();
    for name in names {
        let wanted = format!("Package: {name}");
        let found = text.split("\n\n").find(|paragraph| paragraph.lines().any(|line| line == wanted));
        if let Some(paragraph) = found {
            outcome.stdout.extend(format!("{}\n", paragraph.trim_end()).into_bytes());
        } else {
            complain(
                &mut outcome,
                &format!("dpkg-query: package '{name}' is not installed and no information is available"),
            );
        }
    }
    outcome
}

fn files_of(session: &Session<'_>, names: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    for name in names {
        let architecture = session
            .debian_packages()
            .iter()
            .find(|p| p.name == *name)
            .map_or_else(String::new, |p| p.architecture.clone());
        let places =
            [format!("/var/lib/dpkg/info/{name}.list"), format!("/var/lib/dpkg/info/{name}:{architecture}.list")];
        if let Some(text) = places.iter().find_map(|path| session.text_of(path)) {
            outcome.stdout.extend(text.into_bytes());
        } else {
            complain(&mut outcome, &format!("dpkg-query: package '{name}' is not installed"));
        }
    }
    outcome
}

/// `dpkg-query -W`, with its default form.
pub(super) fn dpkg_query(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    match words.get(1).map(String::as_str) {
        Some("-W" | "--show") => {
            let names: Vec<&String> = words[2..].iter().filter(|word| !word.starts_with('-')).collect();
            let all = session.debian_packages();
            let shown = all.iter().filter(|p| names.is_empty() || names.iter().any(|name| **name == p.name));
            said(shown.map(|p| format!("{}\t{}\n", p.name, p.version)).collect::<String>())
        }
        _ => dpkg(session, words, input),
    }
}

/// `apt`, `pip` and their kind: `list` where the image's database can tell.
pub(super) fn installer(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    let name = words[0].rsplit('/').next().unwrap_or_default();
    let listed = name == "apt" && words.get(1).is_some_and(|word| word == "list");
    if !listed {
        return nothing_to_install_from(name);
    }
    let all = session.debian_packages();
    let line = |p: &Package| format!("{}/now {} {} [installed,local]\n", p.name, p.version, p.architecture);
    said(String::from("Listing...\n") + &all.iter().map(line).collect::<String>())
}
