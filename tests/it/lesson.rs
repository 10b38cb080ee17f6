//! Lessons and problems: what a file may hold, what an answer comes to.

use layerbook::lesson::Course;
use layerbook::pack::Pack;

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
        text: text.to_owned(),
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
        "lessons/l.yaml:5:5: nothing is called `$thing`; a dollar is `$$`\n\
         5 |   - {say: 'A $thing.', id: a}\n  |     ^\n\
         lessons/l.yaml:6:5: `layers_if(\"redis\")`: no function is called `layers_if`. Did you mean `layers_of`?\n\
         6 |   - {say: '${layers_if(\"redis\")}', id: b}\n  |     ^",
    );
}

#[test]
fn a_newer_schema_is_refused_with_a_sentence() {
    check(
        "schema: 2\nid: l\n",
        "lessons/l.yaml:1:9: this file has schema 2, and this layerbook reads schema 1\n1 | schema: 2\n  |         ^\nA newer layerbook reads it.",
    );
}
