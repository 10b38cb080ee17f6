//! What comes back, and when.

use jiff::Timestamp;
use layerbook::lesson::{Course, Kind};
use layerbook::pack::{File, Files, Pack};
use layerbook::tutor::{Overview, Progress, Review, problems_of};
use serde_json::{Value, json};

/// Three problems, two of them about one concept, and a lesson about it.
fn course() -> Course {
    let file = |name: &str, folder: &str, text: String| File {
        name: name.to_owned(),
        path: format!("{folder}/{name}.yaml"),
        text: text.into(),
    };
    let problem = |id: &str, concept: &str| {
        let text = format!(
            "schema: 1\nid: {id}\ntitle: About {concept}\nconcepts: [{concept}]\nask: So?\nparts:\n  - {{ask: So?, id: a, answer: {{yes_no: true}}}}\n"
        );
        file(id, "exercises", text)
    };
    let manifest = "schema: 1\nid: p\nversion: '1'\ntitle: P\nlessons: [layers]\nexercises: [a, b, c]\n".to_owned();
    let lesson = "schema: 1\nid: layers\ntitle: L\nconcepts: [layers]\nsteps:\n  - {say: So., id: a}\n".to_owned();
    let files = Files {
        manifest: Some(File { name: "pack".into(), path: "pack.yaml".into(), text: manifest.into() }),
        lessons: vec![file("layers", "lessons", lesson)],
        exercises: vec![problem("a", "layers"), problem("b", "layers"), problem("c", "tags")],
        ..Default::default()
    };
    Pack::from_files(files).and_then(Course::load).unwrap_or_else(|findings| panic!("{}", findings[0]))
}

fn record(at: &str, lesson: &str, more: &Value) -> Value {
    let mut record = json!({"pack": "p", "lesson": lesson, "at": format!("{at}T12:00:00Z")});
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn finish(at: &str, lesson: &str) -> Value {
    record(at, lesson, &json!({"kind": "finish"}))
}

fn wrong(at: &str, lesson: &str, unsure: bool) -> Value {
    record(at, lesson, &json!({"kind": "attempt", "step": "a", "outcome": "wrong", "unsure": unsure}))
}

#[track_caller]
fn check_queue(records: &[Value], expected: &[(&str, &str)]) {
    let review = Review::read(&course(), records);
    let found: Vec<(String, String)> =
        review.items.iter().map(|item| (item.id.clone(), item.due.to_string()[..10].to_owned())).collect();
    let expected: Vec<(String, String)> =
        expected.iter().map(|(id, due)| ((*id).to_owned(), (*due).to_owned())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_due(records: &[Value], now: &str, expected: &[&str]) {
    let review = Review::read(&course(), records);
    let now: Timestamp = format!("{now}T12:00:00Z").parse().unwrap();
    let due: Vec<&str> = review.due(now).iter().map(|item| item.id.as_str()).collect();
    assert_eq!(due, expected);
}

#[test]
fn days_grow_while_it_goes_well() {
    let days = ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-12", "2026-02-02", "2026-04-03"];
    let due = ["2026-01-02", "2026-01-05", "2026-01-12", "2026-02-02", "2026-04-03", "2026-06-02"];
    for so_often in 1..=days.len() {
        let records: Vec<Value> = days[..so_often].iter().map(|day| finish(day, "c")).collect();
        check_queue(&records, &[("c", due[so_often - 1])]);
    }
}

#[test]
fn a_slip_brings_it_back_tomorrow() {
    let records = [
        finish("2026-01-01", "c"),
        finish("2026-01-02", "c"),
        wrong("2026-01-05", "c", true),
        finish("2026-01-05", "c"),
    ];
    check_queue(&records, &[("c", "2026-01-06")]);
}

#[test]
fn a_lesson_puts_its_problems_into_the_queue() {
    check_queue(&[finish("2026-01-01", "layers")], &[("a", "2026-01-02"), ("b", "2026-01-02")]);
    let course = course();
    let lesson = course.find(Kind::Lesson, "layers").unwrap();
    let about: Vec<&str> = problems_of(lesson, &course).iter().map(|problem| problem.id.as_str()).collect();
    assert_eq!(about, ["a", "b"]);
}

#[test]
fn sure_but_wrong_comes_first_and_neighbours_differ() {
    let done = [finish("2026-01-01", "a"), finish("2026-01-01", "b"), finish("2026-01-01", "c")];
    check_due(&done, "2026-01-03", &["a", "c", "b"]);
    check_due(&done, "2026-01-01", &[]);
    let sure = [done.as_slice(), &[wrong("2026-01-02", "b", false), finish("2026-01-02", "b")]].concat();
    check_due(&sure, "2026-01-03", &["b", "c", "a"]);
    let unsure = [done.as_slice(), &[wrong("2026-01-02", "b", true), finish("2026-01-02", "b")]].concat();
    check_due(&unsure, "2026-01-03", &["a", "c", "b"]);
}

#[test]
fn progress_is_one_json_document() {
    let (course, records) =
        (course(), [finish("2026-01-01", "c"), record("2026-01-01", "layers", &json!({"kind": "tested-out"}))]);
    let (progress, review) = (Progress::read(&course, &records), Review::read(&course, &records));
    let now = "2026-01-02T12:00:00Z".parse().unwrap();
    insta::assert_snapshot!(Overview::new(&course, &progress, &review, now).to_json(), @r#"{"schema":1,"pack":"p","pack_version":"1","next":"a","activities":[{"id":"layers","kind":"lesson","title":"L","state":"done","done":1,"of":1},{"id":"a","kind":"problem","title":"About layers","state":"new","done":0,"of":2},{"id":"b","kind":"problem","title":"About layers","state":"new","done":0,"of":2},{"id":"c","kind":"problem","title":"About tags","state":"done","done":2,"of":2}],"review":[{"id":"a","due":"2026-01-02T12:00:00Z","is_due":true,"level":0,"sure_but_wrong":false},{"id":"b","due":"2026-01-02T12:00:00Z","is_due":true,"level":0,"sure_but_wrong":false},{"id":"c","due":"2026-01-02T12:00:00Z","is_due":true,"level":0,"sure_but_wrong":false}]}"#);
}
