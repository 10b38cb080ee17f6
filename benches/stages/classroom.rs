//! The classroom: its catalogue, a first pull, looking into a container.

use std::sync::{Arc, LazyLock};

use divan::Bencher;
use layerbook::docker::{Mode, Output, View, run_line};
use layerbook::engine::{Engine, EngineOptions, PullRequest};
use layerbook::model::Catalogue;
use layerbook::pack::Pack;
use layerbook::store::{Store, WorkspaceName};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(super) static PACK: LazyLock<Pack> = LazyLock::new(|| Pack::built_in().expect("the built-in pack is sound"));

pub(super) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));

static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(catalogue()));

fn catalogue() -> Catalogue {
    let lock = PACK.images.iter().find(|file| file.name == "lock").expect("the pack has a lock");
    let files = PACK.images.iter().filter(|file| file.name != "lock");
    let named = files.map(|file| (format!("{}.yaml", file.name), file.text.clone()));
    Catalogue::load(named, &lock.text).expect("the built-in images are sound")
}

/// An engine in a new home, with the classroom as its registry.
pub(super) fn engine() -> (TempDir, Engine) {
    let home = tempfile::tempdir().expect("there is room");
    let workspace = Store::open(home.path()).expect("a new home opens").workspace(&WorkspaceName::Shell);
    let options = EngineOptions { platform: "linux/amd64".parse().expect("a platform"), clock: super::now };
    (home, Engine::new(workspace, CATALOGUE.clone(), options))
}

pub(super) fn pull(engine: &Engine, name: &str) {
    let request = PullRequest { reference: name.parse().expect("a name"), platform: None };
    RUNTIME.block_on(engine.pull(&request, &mut |_| ())).expect("the classroom has it");
}

/// Runs a line as the workbook does and returns how many bytes it printed.
pub(super) fn run(line: &str, engine: &Engine) -> usize {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let zone = || jiff::tz::TimeZone::UTC;
    let view =
        View { now: super::now(), zone, width: || 80, terminal: false, mode: Mode::Classroom, variable: |_| None };
    let outcome = RUNTIME.block_on(run_line(line, engine, &view, &mut Output::new(&mut out, &mut err)));
    assert_eq!(outcome.status, 0, "{line}: {}", String::from_utf8_lossy(&err));
    out.len()
}

#[divan::bench]
fn read_the_catalogue() -> Catalogue {
    catalogue()
}

#[divan::bench(args = ["alpine:3.19", "redis", "python:3.11"], sample_count = 10)]
fn first_pull(bencher: Bencher<'_, '_>, name: &str) {
    bencher.with_inputs(engine).bench_values(|(home, engine)| {
        pull(&engine, name);
        home
    });
}

#[divan::bench]
fn second_pull(bencher: Bencher<'_, '_>) {
    let (_home, engine) = engine();
    pull(&engine, "redis");
    bencher.bench(|| pull(&engine, "redis"));
}

#[divan::bench(args = ["find /", "cat /etc/os-release"], sample_count = 10)]
fn look_into_a_container(bencher: Bencher<'_, '_>, command: &str) {
    let (_home, engine) = engine();
    pull(&engine, "python:3.11");
    let line = format!("docker run --rm python:3.11 {command}");
    bencher.bench(|| run(&line, &engine));
}
