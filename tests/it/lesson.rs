//! Lessons and problems: what a file may hold, what an answer comes to.

mod answers;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use layerbook::engine::{Engine, EngineOptions};
use layerbook::lesson::{Course, Scope};
use layerbook::model::Catalogue;
use layerbook::oci::Platform;
use layerbook::pack::Pack;
use layerbook::store::{Store, WorkspaceName};

#[test]
fn the_built_in_pack_is_sound() {
    let findings = match Pack::built_in().and_then(Course::load) {
        Ok(_) => Vec::new(),
        Err(findings) => findings,
    };
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[track_caller]
fn check(lesson: &str, expected: &str) {
    let file = |name: &str, path: &str, text: &str| layerbook::pack::File {
        name: name.to_owned(),
        path: path.to_owned(),
        text: text.to_owned().into(),
    };
    let manifest = "schema: 1\nid: p\nversion: '1'\ntitle: P\nlessons: [l]\n";
    let files = layerbook::pack::Files {
        manifest: Some(file("pack", "pack.yaml", manifest)),
        lessons: vec![file("l", "lessons/l.yaml", lesson)],
        ..Default::default()
    };
    let findings = Pack::from_files(files).and_then(Course::load).expect_err("the lesson has mistakes");
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn every_mistake_is_told_with_its_place() {
    check(
        "schema: 1\nid: l\ntitle: L\nsteps:\n  - {aks: Why?, id: a, answer: {layers_of: redis}}\n  - {ask: How many?, id: b, answer: {layer_of: redis}}\n",
        "lessons/l.yaml:5:5: this step has no kind\n\
         5 |   - {aks: Why?, id: a, answer: {layers_of: redis}}\n  |     ^\n\
         A step is one of say, show, predict, fill, do, ask, explore, recap.\n\
         lessons/l.yaml:5:6: unknown key `aks`\n\
         5 |   - {aks: Why?, id: a, answer: {layers_of: redis}}\n  |      ^\n\
         Did you mean `ask`?\n\
         lessons/l.yaml:6:37: unknown kind of answer `layer_of`\n\
         6 |   - {ask: How many?, id: b, answer: {layer_of: redis}}\n  |                                     ^\n\
         Did you mean `layers_of`?",
    );
}

#[test]
fn names_and_functions_are_checked_before_anyone_learns() {
    check(
        "schema: 1\nid: l\ntitle: L\nsteps:\n  - {say: 'A $thing.', id: a}\n  - {say: '${layers_if(\"redis\")}', id: b}\n",
        "lessons/l.yaml:5:14: nothing is called `$thing`; a dollar is `$$`\n\
         5 |   - {say: 'A $thing.', id: a}\n  |              ^\n\
         lessons/l.yaml:6:14: `layers_if(\"redis\")`: no function is called `layers_if`. Did you mean `layers_of`?\n\
         6 |   - {say: '${layers_if(\"redis\")}', id: b}\n  |              ^",
    );
}

#[test]
fn a_frozen_value_uses_only_those_before_it() {
    check(
        "schema: 1\nid: l\ntitle: L\nfreeze:\n  a: id_of(b)\n  b: '\"redis\"'\n  c: id_of(b)\nsteps:\n  - {say: Hello., id: s}\n",
        "lessons/l.yaml:5:6: `id_of(b)`: `b` is not known there; a frozen value may use those that stand before it\n\
         5 |   a: id_of(b)\n  |      ^",
    );
}

#[test]
fn a_way_is_commands_and_pictures() {
    check(
        "schema: 1\nid: l\ntitle: L\nsteps:\n  - {ask: Who?, id: a, answer: {text: x}, solve: [\":hub redis\", \":hint\"]}\n",
        "lessons/l.yaml:5:65: `:hint` leads nowhere\n\
         5 |   - {ask: Who?, id: a, answer: {text: x}, solve: [\":hub redis\", \":hint\"]}\n  \
         |                                                                 ^\n\
         Write docker commands, and pictures: :layers, :name, :tags, :hub, :sizes.",
    );
}

#[test]
fn a_newer_schema_is_refused_with_a_sentence() {
    check(
        "schema: 2\nid: l\n",
        "lessons/l.yaml:1:9: this file has schema 2, and this layerbook reads schema 1\n1 | schema: 2\n  |         ^\nA newer layerbook reads it.",
    );
}

/// An engine on the model images of the built-in pack, in a folder of its own.
fn classroom(home: &std::path::Path, pack: &Pack) -> Engine {
    let lock = pack.images.iter().find(|file| file.name == "lock").expect("the pack has a lock");
    let recipes = pack.images.iter().filter(|file| file.name != "lock");
    let named = recipes.map(|file| (format!("{}.yaml", file.name), file.text.clone()));
    let catalogue = Catalogue::load(named, &lock.text).expect("the recipes are sound");
    let workspace = Store::open(home).expect("a folder").workspace(&WorkspaceName::Shell);
    let options = EngineOptions { platform: Platform::linux("amd64"), clock: || Timestamp::UNIX_EPOCH };
    Engine::new(workspace, Arc::new(catalogue), options)
}

#[tokio::test]
async fn every_image_of_a_lesson_is_in_the_classroom() {
    let home = tempfile::tempdir().unwrap();
    let course = Pack::built_in().and_then(Course::load).unwrap();
    let engine = classroom(home.path(), &course.pack);
    for activity in &course.activities {
        let drawn = activity.vary.iter().map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
        let variants: Vec<BTreeMap<String, String>> = match drawn.into_iter().next() {
            Some(values) => values.map(|value| BTreeMap::from([value])).collect(),
            None => vec![BTreeMap::new()],
        };
        for variables in variants {
            for image in activity.images(&Scope { variables: &variables, world: &engine }) {
                let frozen = engine.freeze(&image).await;
                assert!(frozen.is_ok(), "{}: {} {frozen:?}", activity.id, image.familiar());
            }
        }
    }
}

#[tokio::test]
async fn redis_has_the_vital_signs_that_the_course_speaks_of() {
    let home = tempfile::tempdir().unwrap();
    let pack = Pack::built_in().unwrap();
    let engine = classroom(home.path(), &pack);
    engine.freeze(&"redis:latest".parse().unwrap()).await.unwrap();
    let variables = BTreeMap::new();
    let scope = Scope { variables: &variables, world: &engine };
    let text = "${layers_of('redis')} layers, ${history_lines_of('redis')} lines, ${entrypoint_of('redis')} ${cmd_of('redis')}";
    assert_eq!(scope.expand(text).unwrap(), "7 layers, 13 lines, docker-entrypoint.sh redis-server");
}
