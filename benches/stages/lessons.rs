//! The workbook's own work: loading the pack, resuming, judging.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use divan::Bencher;
use layerbook::lesson::{Course, Draw, Kind, Scope, judge, right_value};
use layerbook::pack::Pack;
use layerbook::tutor::{Input, Options, Session};

use super::classroom::{RUNTIME, engine};

static COURSE: LazyLock<Course> = LazyLock::new(course);

fn course() -> Course {
    Course::load(Pack::built_in().expect("the built-in pack is sound")).expect("the built-in pack is sound")
}

#[divan::bench]
fn load_the_pack() -> Course {
    course()
}

#[divan::bench]
fn open_a_lesson() -> Option<Session> {
    let options = Options { learner: "ada".to_owned(), seed: 7, input: Input::Pipe };
    Session::open(&COURSE, Kind::Lesson, "naming", options, &[])
}

/// The number of layers of redis, asked of the classroom and judged: 13 is the number of lines in its history.
#[divan::bench(args = ["7", "13", "soup"])]
fn judge_an_answer(bencher: Bencher<'_, '_>, typed: &str) {
    let (_home, engine) = engine();
    RUNTIME.block_on(engine.freeze(&"redis:latest".parse().expect("a name"))).expect("the classroom has it");
    let problem = COURSE.find(Kind::Problem, "redis-facts").expect("the pack has it");
    let step = problem.steps.iter().find(|step| step.id == "layers").expect("it asks for layers");
    let answer = step.answer().expect("it asks");
    let variables = BTreeMap::from([("image".to_owned(), "redis:latest".to_owned())]);
    let scope = Scope { variables: &variables, world: &engine };
    let draw = Draw { seed: 7, learner: "ada".into(), pack: "p".into(), activity: "l".into(), attempt: 0 };
    bencher.bench_local(|| {
        let right = right_value(answer, &scope, &draw, 0).ok();
        right.map(|right| judge(answer, &right, &step.wrong, typed, &scope))
    });
}
