//! `dpkg` and `dpkg-query`: what Debian's database knows of the packages in an image.

use super::pack::nothing_to_install_from;
use super::{complain, failed, said};
use crate::container::Session;
use crate::container::packages::Package;
use crate::container::shell::Pattern;
use crate::pipe::Outcome;

const INFO: &str = "/var/lib/dpkg/info";

pub(super) fn dpkg(session: &mut Session<'_>, words: &[String], _: &[u8]) -> Outcome {
    match words.get(1).map(String::as_str) {
        Some("-l" | "--list") => list(&session.debian_packages(), &words[2..]),
        Some("-s" | "--status") => status(session, &words[2..]),
        Some("-L" | "--listfiles") => files_of(session, &words[2..]),
        Some("-S" | "--search") => owners(session, &words[2..]),
        Some("--get-selections") => selections(&session.debian_packages()),
        Some("--version") => {
            let all = session.debian_packages();
            let own = all.iter().find(|p| p.name == "dpkg");
            let version = own.map(|p| format!("{} ({})", p.version, p.architecture)).unwrap_or_default();
            said(format!("Debian 'dpkg' package management program version {version}.\n"))
        }
        Some("--print-architecture") => {
            let all = session.debian_packages();
            let own = all.iter().find(|p| p.name == "dpkg").map_or("", |p| p.architecture.as_str());
            said(format!("{own}\n"))
        }
        Some("-i" | "--install" | "-r" | "--remove" | "-P" | "--purge" | "--configure") => {
            nothing_to_install_from("dpkg")
        }
        Some(other) => failed(&format!("dpkg: error: unknown option {other}\n\nHere: dpkg -l, -s, -L, -S"), 2),
        None => failed("dpkg: error: need an action option\n\nHere: dpkg -l, -s, -L, -S", 2),
    }
}

/// `dpkg-query -W [-f FORMAT]`, and what `dpkg` knows too.
pub(super) fn dpkg_query(session: &mut Session<'_>, words: &[String], input: &[u8]) -> Outcome {
    if !words.iter().any(|word| matches!(word.as_str(), "-W" | "--show")) {
        return dpkg(session, words, input);
    }
    let (mut names, mut format) = (Vec::new(), "${binary:Package}\\t${Version}\\n".to_owned());
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "-f" => format = rest.next().cloned().unwrap_or_default(),
            word => match word.strip_prefix("--showformat=").or(word.strip_prefix("-f")) {
                Some(own) => own.trim_start_matches('=').clone_into(&mut format),
                None if word.starts_with('-') => {}
                None => names.push(word.to_owned()),
            },
        }
    }
    let all = session.debian_packages();
    let mut outcome = Outcome::default();
    for name in names.iter().filter(|name| !all.iter().any(|p| p.is_among(std::slice::from_ref(*name)))) {
        complain(&mut outcome, &format!("dpkg-query: no packages found matching {name}"));
    }
    for package in all.iter().filter(|p| p.is_among(&names)) {
        let paragraph = session.debian_paragraph(&package.name).unwrap_or_default();
        outcome.stdout.extend(described(&format, package, &paragraph).into_bytes());
    }
    outcome
}

/// Puts a package's fields into a format: `${Field}`, `${Field;WIDTH}`.
fn described(format: &str, package: &Package, paragraph: &str) -> String {
    let format = super::unescaped(format, super::Escapes::OfDash);
    let (mut text, mut rest) = (String::new(), format.as_str());
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, behind)) = behind.split_once('}') else { break };
        let (name, width) = name.split_once(';').unwrap_or((name, "0"));
        let value = match name {
            "binary:Package" => package.full_name(),
            "db:Status-Abbrev" => "ii ".to_owned(),
            "db:Status-Status" => "installed".to_owned(),
            "binary:Summary" => package.description.clone(),
            name => field(paragraph, name),
        };
        let width = width.parse::<isize>().unwrap_or(0).clamp(-500, 500);
        let size = width.unsigned_abs();
        text += before;
        text += &if width < 0 { format!("{value:<size$}") } else { format!("{value:>size$}") };
        rest = behind;
    }
    text + rest
}

fn field(paragraph: &str, name: &str) -> String {
    let lines = paragraph.lines().filter_map(|line| line.split_once(": "));
    lines
        .into_iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}

fn list(all: &[Package], names: &[String]) -> Outcome {
    let shown: Vec<&Package> = all.iter().filter(|p| p.is_among(names)).collect();
    if let [name, ..] = names
        && shown.is_empty()
    {
        return failed(&format!("dpkg-query: no packages found matching {name}"), 1);
    }
    let width = |of: fn(&Package) -> usize, least: usize| shown.iter().map(|p| of(p)).max().unwrap_or(0).max(least);
    let (name, version) = (width(|p| p.full_name().len(), 14), width(|p| p.version.len(), 12));
    let (architecture, description) = (width(|p| p.architecture.len(), 12), width(|p| p.description.len(), 33));
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
        let line = format!(
            "ii  {:name$} {:version$} {:architecture$} {}",
            p.full_name(),
            p.version,
            p.architecture,
            p.description
        );
        text += &(line + "\n");
    }
    said(text)
}

fn status(session: &Session<'_>, names: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    for name in names {
        if let Some(paragraph) = session.debian_paragraph(name) {
            outcome.stdout.extend(format!("{paragraph}\n").into_bytes());
        } else {
            let sentence = format!(
                "dpkg-query: package '{name}' is not installed and no information is available\n\
                 Use dpkg --info (= dpkg-deb --info) to examine archive files."
            );
            complain(&mut outcome, &sentence);
        }
    }
    outcome
}

fn selections(all: &[Package]) -> Outcome {
    let line = |p: &Package| {
        let name = p.full_name();
        // Names fill 48 columns, with tabs.
        let tabs = "\t".repeat((6_usize).saturating_sub(name.len() / 8).max(1));
        format!("{name}{tabs}install\n")
    };
    said(all.iter().map(line).collect::<String>())
}

/// Returns the list of a package's files.
fn list_of(session: &Session<'_>, package: &Package) -> Option<String> {
    let Package { name, architecture, .. } = package;
    let places = [format!("{INFO}/{name}.list"), format!("{INFO}/{name}:{architecture}.list")];
    places.iter().find_map(|path| session.text_of(path))
}

fn files_of(session: &Session<'_>, names: &[String]) -> Outcome {
    let all = session.debian_packages();
    let mut outcome = Outcome::default();
    for name in names {
        let package = all.iter().find(|p| p.is_among(std::slice::from_ref(name)));
        if let Some(text) = package.and_then(|package| list_of(session, package)) {
            outcome.stdout.extend(text.into_bytes());
        } else {
            complain(&mut outcome, &format!("dpkg-query: package '{name}' is not installed"));
        }
    }
    outcome
}

/// `dpkg -S`: whose file a path is; a name without a slash before it may stand anywhere.
fn owners(session: &Session<'_>, patterns: &[String]) -> Outcome {
    let lists: Vec<(String, String)> =
        session.debian_packages().iter().filter_map(|p| Some((p.full_name(), list_of(session, p)?))).collect();
    let mut outcome = Outcome::default();
    for text in patterns {
        let has_signs = text.contains(['*', '?', '[']);
        let pattern = if text.starts_with('/') || has_signs { text.clone() } else { format!("*{text}*") };
        let pattern = Pattern::of(&pattern);
        let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
        for (name, list) in &lists {
            for path in list.lines().filter(|path| pattern.fits_text(path)) {
                match found.iter_mut().find(|(known, _)| *known == path) {
                    Some((_, names)) => names.push(name),
                    None => found.push((path, vec![name])),
                }
            }
        }
        for (path, names) in &found {
            outcome.stdout.extend(format!("{}: {path}\n", names.join(", ")).into_bytes());
        }
        if found.is_empty() {
            complain(&mut outcome, &format!("dpkg-query: no path found matching pattern {text}"));
        }
    }
    outcome
}
