//! What `pack check` finds: everything that is wrong in a pack, and everything that teaches worse than need be, at its
//! place. Reads texts only: it runs nothing and computes no fact; whether the checks are right is proved elsewhere.
//!
//! One file a kind of rule: `safety` looks at characters, `traps` at YAML, `types` at expressions, `commands` at answers that
//! commands compute, `words` at prose,
//! `teach` at steps, `order` at lessons among each other, `images` at names of images and `recipes` at recipes.

mod commands;
mod images;
mod known;
mod order;
mod prose;
mod recipes;
mod safety;
mod teach;
mod traps;
mod types;
mod words;

use crate::pack::{File, Files, Manifest, Pack};
use crate::yaml::{Finding, Findings, Node};

use super::course::{Course, UNREAD, shared_ids};
use super::deep::on_threads;
use super::model::{Activity, Kind};
use super::read::{Look, look};

/// A pack that was looked through.
#[derive(Debug)]
pub struct Checked {
    /// What was found, sorted by file and place.
    pub findings: Vec<Finding>,
    /// What `pack.yaml` says, as far as it can be read; `None` where this is no pack at all.
    pub manifest: Option<Manifest>,
    /// The pack understood; `None` where an error keeps it from being used.
    pub course: Option<Course>,
}

/// A file that was read as far as it could be, for the rules.
struct Sheet<'a> {
    kind: Kind,
    file: &'a File,
    root: &'a Node,
    activity: &'a Activity,
    manifest: &'a Manifest,
}

/// Looks through a pack's texts.
pub fn check(files: Files) -> Checked {
    let Some(file) = &files.manifest else {
        return Checked { findings: Pack::from_files(files).err().unwrap_or_default(), manifest: None, course: None };
    };
    let (read, mut findings) = Manifest::look(file, &files);
    let manifest = read.clone().unwrap_or_default();
    findings.extend(on_each(&everything(&files), |file| {
        safety::characters(file).into_iter().chain(traps::traps(file)).collect()
    }));
    let looked = looked(&files, &manifest);
    findings.extend(looked.iter().flat_map(|(_, _, look)| look.findings.iter().cloned()));
    let sheets: Vec<Sheet<'_>> = looked.iter().filter_map(|look| Sheet::of(look, &manifest)).collect();
    findings.extend(on_each(&sheets, |sheet| sheet.findings(&|found| rules(sheet, found))));
    findings.extend(order::order(&sheets));
    findings.extend(recipes::recipes(&files.images));
    findings.extend(images::images(&sheets, &files.images));
    findings.extend(shared_ids(&files.lessons, &files.exercises));
    Finding::sort(&mut findings);
    let course = Pack::from_files(files).and_then(Course::load).ok();
    Checked { findings, manifest: read, course }
}

/// The rules about one file.
fn rules(sheet: &Sheet<'_>, found: &mut Findings<'_>) {
    types::types(sheet, found);
    commands::commands(sheet, found);
    words::words(sheet, found);
    teach::teach(sheet, found);
}

/// Collects what a look at each finds. A look that panics finds nothing.
fn on_each<T: Sync>(all: &[T], look: impl Fn(&T) -> Vec<Finding> + Sync) -> Vec<Finding> {
    on_threads(all, look).into_iter().flatten().flatten().collect()
}

fn everything(files: &Files) -> Vec<&File> {
    let images = files.images.iter().filter(|file| file.name != "lock");
    files.manifest.iter().chain(&files.lessons).chain(&files.exercises).chain(images).collect()
}

fn looked<'f>(files: &'f Files, manifest: &Manifest) -> Vec<(Kind, &'f File, Look)> {
    let lessons = files.lessons.iter().map(|file| (Kind::Lesson, file));
    let problems = files.exercises.iter().map(|file| (Kind::Problem, file));
    let place = |(kind, file): &(Kind, &File)| match kind {
        Kind::Lesson => (0, manifest.lessons.iter().position(|name| *name == file.name)),
        Kind::Problem => (1, manifest.exercises.iter().position(|name| *name == file.name)),
    };
    let mut named: Vec<(Kind, &File)> = lessons.chain(problems).collect();
    named.sort_by_key(place);
    let looked = on_threads(&named, |(kind, file)| look(*kind, file, manifest));
    let unread = |path: &str| Look { root: None, activity: None, findings: vec![Finding::about_file(path, UNREAD)] };
    let both = named.into_iter().zip(looked);
    both.map(|((kind, file), look)| (kind, file, look.unwrap_or_else(|| unread(&file.path)))).collect()
}

impl<'a> Sheet<'a> {
    fn of((kind, file, look): &'a (Kind, &'a File, Look), manifest: &'a Manifest) -> Option<Self> {
        let (root, activity) = (look.root.as_ref()?, look.activity.as_ref()?);
        Some(Self { kind: *kind, file, root, activity, manifest })
    }

    /// Collects what rules find in this file.
    fn findings(&self, rules: &dyn Fn(&mut Findings<'_>)) -> Vec<Finding> {
        let mut found = Findings::new(&self.file.path, &self.file.text);
        rules(&mut found);
        found.into_list()
    }

    /// The steps or parts as they stand in the file.
    fn nodes(&self) -> &'a [Node] {
        let key = match self.kind {
            Kind::Lesson => "steps",
            Kind::Problem => "parts",
        };
        match self.root.get(key).map(|node| &node.content) {
            Some(crate::yaml::Content::List(items)) => items,
            Some(_) | None => &[],
        }
    }

    /// The node of the step with that id; of a problem's goal the whole file.
    fn node(&self, id: &str) -> &'a Node {
        let is = |node: &&Node| node.get("id").and_then(Node::as_written) == Some(id);
        self.nodes().iter().find(is).unwrap_or(self.root)
    }
}
