//! A table of answers: equivalent right ones, wrong ones with the reason that they must get, unreadable ones.

use std::collections::BTreeMap;

use layerbook::engine::{Engine, Error, ImageFacts, ImageSummary, PullRequest};
use layerbook::lesson::{Course, Draw, Outcome, Scope, Step, World, judge, right_value};
use layerbook::oci::{DiffId, Platform, Reference};
use layerbook::pack::Pack;

use super::classroom;

const TABLE: &str = include_str!("answers.txt");

/// The classroom, where redis was held when the step began.
struct Desk(Engine);

impl World for Desk {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        self.0.facts(reference)
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        self.0.images()
    }

    fn platform_of(&self, image: &ImageSummary) -> Option<Platform> {
        self.0.platform_of(image)
    }

    fn stacks_before(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        Ok(vec![self.0.facts(&name("redis"))?.config.rootfs.diff_ids.clone()])
    }
}

fn name(text: &str) -> Reference {
    text.parse::<Reference>().expect("names in tests are names").or_latest()
}

/// The step that asks for an answer, as an author writes it.
fn step(answer: &str) -> Step {
    let file = |name: &str, path: &str, text: String| layerbook::pack::File {
        name: name.to_owned(),
        path: path.to_owned(),
        text: text.into(),
    };
    let lesson = format!("schema: 1\nid: l\ntitle: L\nsteps:\n  - ask: What?\n    id: a\n    answer: {answer}\n");
    let files = layerbook::pack::Files {
        manifest: Some(file(
            "pack",
            "pack.yaml",
            "schema: 1\nid: p\nversion: '1'\ntitle: P\nlessons: [l]\n".to_owned(),
        )),
        lessons: vec![file("l", "lessons/l.yaml", lesson)],
        ..Default::default()
    };
    let course = Pack::from_files(files).and_then(Course::load);
    let course = course.unwrap_or_else(|findings| panic!("{answer}: {}", findings[0]));
    course.activities[0].steps[0].clone()
}

fn outcome_of(step: &Step, typed: &str, scope: &Scope<'_>) -> String {
    let draw = Draw { seed: 7, learner: "ada".into(), pack: "p".into(), activity: "l".into(), attempt: 0 };
    let answer = step.answer().expect("it asks");
    let Ok(right) = right_value(answer, scope, &draw, 0) else { return "cannot-check".to_owned() };
    match judge(answer, &right, &step.wrong, typed, scope) {
        Outcome::Right => "right".to_owned(),
        Outcome::Wrong { rule: Some(rule), message } if !message.is_empty() => rule,
        Outcome::Wrong { rule: None, message } if !message.is_empty() => "wrong".to_owned(),
        Outcome::Wrong { .. } => "wrong without a reason".to_owned(),
        Outcome::Unreadable(_) => "unreadable".to_owned(),
        Outcome::CannotCheck(_) => "cannot-check".to_owned(),
    }
}

#[tokio::test]
async fn every_answer_of_the_table_comes_to_what_it_says() {
    let home = tempfile::tempdir().unwrap();
    let engine = classroom(home.path(), &Pack::built_in().unwrap());
    for image in ["redis", "httpd", "nginx:alpine", "postgres:16", "alpine:3.19"] {
        engine.freeze(&name(image)).await.unwrap();
    }
    let request = PullRequest { reference: name("alpine:3.19"), platform: None };
    engine.pull(&request, &mut |_| ()).await.unwrap();
    for tag in ["alpine:keep", "mine/alpine:old"] {
        engine.tag("alpine:3.19", &name(tag)).unwrap();
    }
    let (desk, variables) = (Desk(engine), BTreeMap::new());
    let scope = Scope { variables: &variables, world: &desk };
    let (mut asked, mut count, mut missed) = (None, 0, Vec::new());
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(answer) = line.strip_prefix("= ") {
            asked = Some((answer, step(answer)));
            continue;
        }
        let (expected, typed) = line.split_once(": ").expect("an outcome, then what comes to it");
        let (answer, step) = asked.as_ref().expect("a question stands above");
        for typed in typed.split(" | ") {
            count += 1;
            let found = outcome_of(step, typed, &scope);
            if found != expected {
                missed.push(format!("{answer}: `{typed}` is {found}, not {expected}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} of {count}:\n{}", missed.len(), missed.join("\n"));
    assert!(count >= 300, "only {count} answers");
}
