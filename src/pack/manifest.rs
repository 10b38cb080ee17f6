//! `pack.yaml`.

use crate::yaml::{Content, Fields, Finding, Findings, Node, parse};

use super::files::{File, Files};
use crate::model::Moment;

const KEYS: &[&str] =
    &["schema", "id", "version", "title", "authors", "license", "lessons", "exercises", "misconceptions", "moments"];
const SCHEMA: u64 = 1;

/// What `pack.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The pack's id, `layerbook` for the built-in one; `[a-z0-9-]`.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Under which license.
    pub license: String,
    /// The lessons' names in order.
    pub lessons: Vec<String>,
    /// The problems' names in order.
    pub exercises: Vec<String>,
    /// What is true, by the id of the misconception that it answers.
    pub misconceptions: Vec<(String, String)>,
    /// Days of the registry by name: `july`, which is `2026-07-31`.
    pub moments: Vec<(String, String)>,
}

impl Manifest {
    /// Reads the file and compares its lists with the files that are there.
    pub(super) fn read(file: &File, files: &Files) -> Result<Self, Vec<Finding>> {
        match Self::look(file, files) {
            (Some(manifest), findings) if findings.is_empty() => Ok(manifest),
            (Some(_) | None, findings) => Err(findings),
        }
    }

    /// Reads the file as far as it can be read, and says all that is wrong in it.
    pub fn look(file: &File, files: &Files) -> (Option<Self>, Vec<Finding>) {
        let root = match parse(&file.path, &file.text) {
            Ok(root) => root,
            Err(findings) => return (None, findings),
        };
        let mut findings = Findings::new(&file.path, &file.text);
        let manifest = read(&root, files, &mut findings);
        (manifest, findings.into_list())
    }
}

fn read(root: &Node, files: &Files, findings: &mut Findings<'_>) -> Option<Manifest> {
    let fields = Fields::of(root, KEYS, findings)?;
    let version = fields.required("schema", findings)?;
    match version.integer(findings)? {
        SCHEMA => {}
        newer => {
            let message = format!("this pack has schema {newer}, and this layerbook reads schema {SCHEMA}");
            findings.add(version.at, message);
            return None;
        }
    }
    let id = fields.required_text("id", findings);
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.chars().all(is_id) || id.len() > 64 {
        findings.add(root.at, format!("the id `{id}` may have small letters, digits and `-`, at most 64"));
    }
    Some(Manifest {
        id,
        version: fields.required_text("version", findings),
        title: fields.required_text("title", findings),
        authors: fields.texts("authors", findings),
        license: fields.text("license", findings).unwrap_or_default(),
        lessons: order(&fields, "lessons", &files.lessons, findings),
        exercises: order(&fields, "exercises", &files.exercises, findings),
        misconceptions: texts_by_name(&fields, "misconceptions", "a mapping of ids to sentences", findings),
        moments: moments(&fields, findings),
    })
}

/// Reads an order: every name has its file, every file is named once.
fn order(fields: &Fields<'_>, key: &str, files: &[File], findings: &mut Findings<'_>) -> Vec<String> {
    let nodes = fields.get(key).map(|node| node.list(findings)).unwrap_or_default();
    let known: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let mut order: Vec<String> = Vec::new();
    for node in nodes {
        let Some(name) = node.text(findings) else { continue };
        if order.contains(&name) {
            findings.add(node.at, format!("`{name}` stands here twice"));
        } else if known.contains(&name.as_str()) {
            order.push(name);
        } else {
            findings.add_unknown(node.at, format!("there is no `{key}/{name}.yaml`"), &name, &known);
        }
    }
    let missing = known.iter().filter(|name| !order.iter().any(|named| named == *name));
    for name in missing {
        let at = fields.get(key).map_or(fields.at(), |node| node.at);
        findings.add(at, format!("`{key}/{name}.yaml` is missing from the order"));
    }
    order
}

/// Names of days, so that lessons speak of `july`.
fn moments(fields: &Fields<'_>, findings: &mut Findings<'_>) -> Vec<(String, String)> {
    let moments = texts_by_name(fields, "moments", "a mapping of names to days", findings);
    for (name, day) in &moments {
        if Moment::parse(day).is_err() {
            let at = fields.get("moments").map_or(fields.at(), |node| node.at);
            findings.add_with(at, format!("the moment `{name}` is `{day}`, and a day belongs there"), DAY);
        }
    }
    moments
}

const DAY: &str = "Write \"2026-07-31\".";

fn texts_by_name(fields: &Fields<'_>, key: &str, wanted: &str, findings: &mut Findings<'_>) -> Vec<(String, String)> {
    let Some(node) = fields.get(key) else { return Vec::new() };
    let Content::Map(entries) = &node.content else {
        node.refuse::<()>(wanted, findings);
        return Vec::new();
    };
    entries.iter().filter_map(|entry| Some((entry.key.clone(), entry.value.text(findings)?))).collect()
}
