//! The authors' tools: what is found in packs, what is proved, what a new pack holds.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use layerbook::author::{Classroom, Proof, Shape, prove_on_threads, records_before, sample, schema};
use layerbook::lesson::Course;
use layerbook::lesson::lint::{Checked, check};
use layerbook::model::{Catalogue, Dated, Day, Hub, Moment};
use layerbook::oci::Platform;
use layerbook::pack::{File, Files, Pack};
use layerbook::source::Vouch;
use layerbook::store::Store;
use layerbook::yaml::Finding;
use tokio::runtime::Builder;

#[path = "author/guide.rs"]
mod guide;
#[path = "author/planted.rs"]
mod planted;
#[path = "author/proved.rs"]
mod proved;
#[path = "author/told.rs"]
mod told;

/// A file of a pack.
fn file(path: &str, text: &str) -> File {
    let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml").to_owned();
    File { name, path: path.to_owned(), text: text.to_owned().into() }
}

/// A pack of one lesson, and one problem where there is one.
fn pack_of(lesson: &str, problem: Option<&str>) -> Files {
    let exercises = if problem.is_some() { "[p]" } else { "[]" };
    let manifest = format!(
        "schema: 1\nid: m\nversion: '1'\ntitle: M\nlessons: [l]\nexercises: {exercises}\nmisconceptions: {{known-idea: It is so., m1: One., m2: Two.}}\n"
    );
    Files {
        manifest: Some(file("pack.yaml", &manifest)),
        lessons: vec![file("lessons/l.yaml", lesson)],
        exercises: problem.map(|text| file("exercises/p.yaml", text)).into_iter().collect(),
        ..Files::default()
    }
}

/// A lesson of these steps.
fn lesson(steps: &str) -> String {
    format!("schema: 1\nid: l\ntitle: L\nsteps:\n{steps}")
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("[{}] {finding}", finding.rule)).collect::<Vec<_>>().join("\n")
}

/// Tells whether a rule was broken at the line that holds `needle`.
#[track_caller]
fn assert_found(findings: &[Finding], rule: &str, file: &File, needle: &str) {
    let line = file.text.lines().position(|line| line.contains(needle)).expect("the file holds the needle") + 1;
    let found = findings.iter().any(|one| one.rule == rule && one.file == file.path && one.line == line);
    assert!(found, "`{rule}` is not found in {} on line {line}; found is\n{}", file.path, told(findings));
}

/// The model images of the built-in pack; what was made of their recipes is kept for all tests of this process.
fn catalogue() -> Catalogue {
    static MADE: OnceLock<Catalogue> = OnceLock::new();
    let load = || {
        let images = Files::embedded().images;
        let lock = images.iter().find(|file| file.name == "lock").expect("the pack has a lock");
        let recipes = images.iter().filter(|file| file.name != "lock");
        let named = recipes.map(|file| (format!("{}.yaml", file.name), file.text.clone()));
        Catalogue::load(named, &lock.text).expect("the recipes are sound")
    };
    MADE.get_or_init(load).clone()
}

/// The model images of the built-in pack, without any network.
pub(crate) fn classroom() -> Classroom {
    let catalogue = catalogue();
    let images = Files::embedded().images;
    let list = images.iter().find(|file| file.name == "search").expect("the pack has a list");
    let search = Arc::new(Hub::parse(&list.text).expect("the list is sound"));
    let vouch = Some(Arc::new(catalogue.clone()) as Arc<dyn Vouch>);
    let day = Day::default();
    let source = Arc::new(Dated::new(Arc::new(catalogue), day.clone()));
    let parse = |moment: &str| Moment::parse(moment).expect("the pack was checked");
    let set_day = Box::new(move |moment: Option<&str>| day.turn_to(moment.map(parse)));
    Classroom { source, search, vouch, set_day, platform: Platform::linux("amd64") }
}

fn proof(files: Files) -> Proof {
    let course = Pack::from_files(files).and_then(Course::load).expect("the pack can be used");
    let home = tempfile::tempdir().expect("there is room");
    let store = Store::open(home.path()).expect("there is room").unshared();
    prove_on_threads(&course, None, &store, classroom, &|| true)
}

fn new_pack(folder: &Path) -> Files {
    for (path, text) in sample("fresh") {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("it stands in the folder")).expect("there is room");
        std::fs::write(path, text).expect("there is room");
    }
    Files::open(folder).expect("it is a pack")
}

#[test]
fn nothing_is_wrong_in_the_built_in_pack() {
    let Checked { findings, course, .. } = check(Files::embedded());
    assert!(findings.is_empty() && course.is_some(), "{}", told(&findings));
}

#[test]
fn every_check_of_the_built_in_pack_is_right() {
    let proof = proof(Files::embedded());
    assert!(proof.findings.is_empty() && proof.typed > 100, "{}", told(&proof.findings));
}

#[test]
fn every_step_of_the_built_in_pack_can_be_tried() {
    let course = Pack::built_in().and_then(Course::load).expect("the built-in pack is sound");
    let home = tempfile::tempdir().expect("there is room");
    let store = Store::open(home.path()).expect("there is room").unshared();
    let classroom = classroom();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime without threads starts");
    for activity in &course.activities {
        // Whoever reaches the last step has stood at each before it.
        let last = activity.steps.last().map_or("", |step| step.id.as_str());
        let before = runtime.block_on(records_before(&course, activity, last, &store, &classroom));
        assert!(before.is_ok(), "{} {last}: {before:?}", activity.id);
    }
}

#[test]
fn a_new_pack_is_sound_and_right() {
    let folder = tempfile::tempdir().expect("there is room");
    let found = check(new_pack(folder.path())).findings;
    assert!(found.is_empty(), "{}", told(&found));
    let proof = proof(new_pack(folder.path()));
    assert!(proof.findings.is_empty() && proof.variants == 5, "{}", told(&proof.findings));
}

/// A schema, ready to judge.
fn judge(shape: Shape) -> impl Fn(&str) -> Result<(), String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("memory:schema", schema(shape)).expect("it is one resource");
    let index = compiler.compile("memory:schema", &mut schemas).expect("the schema is one of draft 2020-12");
    move |text: &str| {
        let value: serde_json::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        schemas.validate(&value, index).map_err(|error| error.to_string())
    }
}

#[test]
fn the_schemas_accept_what_is_sound_and_refuse_an_unknown_key() {
    let files = Files::embedded();
    let folder = tempfile::tempdir().expect("there is room");
    let fresh = new_pack(folder.path());
    let beside = |name: &str| matches!(name, "lock" | "search") || name.starts_with("parts-");
    let recipes = files.images.iter().filter(|file| !beside(&file.name));
    let kinds: [(Shape, Vec<&File>); 4] = [
        (Shape::Pack, files.manifest.iter().chain(&fresh.manifest).collect()),
        (Shape::Lesson, files.lessons.iter().chain(&fresh.lessons).collect()),
        (Shape::Exercise, files.exercises.iter().chain(&fresh.exercises).collect()),
        (Shape::Recipe, recipes.collect()),
    ];
    for (shape, files) in kinds {
        let judge = judge(shape);
        assert!(files.len() > 1);
        for file in files {
            judge(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
            judge(&format!("{}\nnonsense: 1\n", file.text)).expect_err("an unknown key is refused");
        }
    }
}

#[test]
fn the_schemas_know_every_key_that_the_readers_know() {
    let sources = [
        include_str!("../../src/lesson/read/mod.rs"),
        include_str!("../../src/lesson/read/step.rs"),
        include_str!("../../src/lesson/read/answer.rs"),
        include_str!("../../src/lesson/read/goal.rs"),
    ]
    .concat();
    let lists = regex::Regex::new(r"(?s)const \w+: &\[&str\] =\s*&\[(.*?)\];").expect("the pattern is sound");
    let schemas = format!("{}{}", schema(Shape::Lesson), schema(Shape::Exercise));
    let mut known = 0;
    for list in lists.captures_iter(&sources) {
        for word in list[1].split('"').skip(1).step_by(2) {
            assert!(schemas.contains(&format!("\"{word}\":")), "no schema has the key `{word}`");
            known += 1;
        }
    }
    assert!(known > 60, "{known}");
}
