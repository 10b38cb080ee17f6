//! What a learner sees who plays a lesson or problem to its end without a slip, over a pipe: one file each, to be read as a
//! learner reads it.
//!
//! `INSTA_UPDATE=always cargo test transcripts` writes the files anew; what has changed in them is read before it is committed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use layerbook::author::{Classroom, LEARNER, SEED, script};
use layerbook::container::Shelf;
use layerbook::lesson::{Course, Kind};
use layerbook::oci::Platform;
use layerbook::pack::Pack;
use layerbook::shell::{Console, Exit, Form, Ink, Options, Origin, ReportForm, Sink, Stdio, Stream, Style, Task, run};
use layerbook::store::{Store, WorkspaceName};

use crate::author::classroom;

/// Makes a test of each name, and a list of all; in names of tests `_` stands for `-`.
macro_rules! reads_as_its_transcript {
    ($kind:ident: $($id:ident)*) => {
        pub(super) fn ids() -> Vec<String> {
            vec![$(super::id(stringify!($id))),*]
        }

        $(
            #[test]
            fn $id() {
                super::check(layerbook::lesson::Kind::$kind, &super::id(stringify!($id)));
            }
        )*
    };
}

mod each_lesson_reads_as_its_transcript {
    reads_as_its_transcript! { Lesson:
        images naming tags layers pull listing inspect history cleanup hub multi_arch size hands_on review_day
    }
}

mod each_problem_reads_as_its_transcript {
    reads_as_its_transcript! { Problem:
        redis_facts node_sizes postgres_tags name_the_part same_image shared_layers count_what_is_new default_command
        environment which_platform digest_detective free_the_disk dangling pin_it pick_an_image find_the_fat_layer
        alpine_surprise
    }
}

#[test]
fn every_lesson_and_problem_has_a_transcript_and_nothing_else_has() {
    let manifest = Pack::built_in().expect("it can be used").manifest;
    assert_eq!(each_lesson_reads_as_its_transcript::ids(), manifest.lessons);
    assert_eq!(each_problem_reads_as_its_transcript::ids(), manifest.exercises);
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/transcripts"));
    let files = files.expect("they are there").map(|file| PathBuf::from(file.expect("it is there").file_name()));
    let kept = files.filter(|file| file.extension().is_some_and(|extension| extension == "snap"));
    let kept: BTreeSet<PathBuf> = kept.collect();
    let all = manifest.lessons.iter().chain(&manifest.exercises);
    assert_eq!(kept, all.map(|id| PathBuf::from(format!("{id}.snap"))).collect());
}

fn id(name: &str) -> String {
    name.replace('_', "-")
}

/// A lesson or problem is played as its transcript says.
#[track_caller]
fn check(kind: Kind, id: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("transcripts");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let played = play(kind, id);
    settings.bind(|| insta::assert_snapshot!(id, played));
}

fn play(kind: Kind, id: &str) -> String {
    let home = tempfile::tempdir().expect("there is room");
    let classroom = Arc::new(classroom());
    let typed = lines(kind, id, home.path(), &classroom).join("\n") + "\n";
    // Layers that were made stay in the pool, so that they are made once; nothing else is known of the first play.
    std::fs::remove_dir_all(home.path().join("work")).expect("it is there");
    let paper = Paper::of(home.path(), id);
    let stdio =
        Stdio { input: Box::new(Cursor::new(typed)), out: Sink::new(paper.clone()), err: Sink::new(paper.clone()) };
    let task = Task::Study { kind, name: Some(id.to_owned()), report: ReportForm::None };
    let exit = run(task, &options(home.path(), classroom), stdio);
    let seen = paper.into_text();
    assert_eq!(exit, Exit::Done, "{seen}");
    seen
}

/// What is typed on the way to the end.
fn lines(kind: Kind, id: &str, home: &Path, classroom: &Classroom) -> Vec<String> {
    static COURSE: OnceLock<Course> = OnceLock::new();
    let course = COURSE.get_or_init(|| Pack::built_in().and_then(Course::load).expect("it can be used"));
    let activity = course.find(kind, id).expect("the pack has it");
    let store = Store::open(home).expect("there is room").fleeting();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without threads starts");
    let lines = runtime.block_on(script(course, activity, &store, classroom));
    lines.unwrap_or_else(|reason| panic!("{id}: {reason}"))
}

/// A pipe in a room where it is always the same moment.
fn options(home: &Path, classroom: Arc<Classroom>) -> Options {
    let pipe = Stream::Pipe;
    Options {
        home: home.to_owned(),
        pack: None,
        origin: Origin::Classroom,
        rehearsal: Some(classroom),
        docker_config: None,
        mirror: None,
        insecure: Vec::new(),
        learner: LEARNER.to_owned(),
        seed: SEED,
        style: Style { width: 80, ink: Ink::None, form: Form::Drawn },
        columns: || 80,
        rows: || 24,
        console: Console { input: pipe, output: pipe, error: pipe, dumb: false },
        clock,
        zone: || TimeZone::UTC,
        platform: Platform::linux("amd64"),
        variable: |_| None,
    }
}

/// A morning in October 2026. Who asks again is told a moment later, so that what was made first is older.
fn clock() -> Timestamp {
    thread_local!(static ASKED: Cell<i64> = const { Cell::new(0) });
    const MORNING: i64 = 1_791_795_600_000_000;
    ASKED.set(ASKED.get() + 1);
    Timestamp::from_microsecond(MORNING + ASKED.get()).expect("it is in this century")
}

/// Both output streams, as a terminal shows them.
#[derive(Clone)]
struct Paper {
    shelf: Shelf,
    written: Arc<Mutex<Written>>,
}

/// What was written, and the IDs of the containers that were there meanwhile, the oldest first.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    containers: Vec<String>,
}

impl Paper {
    fn of(home: &Path, id: &str) -> Self {
        let store = Store::open(home).expect("there is room");
        let name = WorkspaceName::Work { pack: "layerbook".to_owned(), id: id.to_owned() };
        Self { shelf: Shelf::new(&store.workspace(&name)), written: Arc::default() }
    }

    /// A container's ID is one that no other has; here each gets its number, in as many digits. The time is told to the second:
    /// what is behind that says how often somebody asked.
    fn into_text(self) -> String {
        let written = self.written.lock().expect("nobody panics");
        let text = String::from_utf8(written.bytes.clone()).expect("it is text");
        let mut parts = text.split("T09:00:00.");
        let first = parts.next().unwrap_or_default().to_owned();
        let text =
            parts.fold(first, |text, part| text + "T09:00:00" + part.trim_start_matches(|c: char| c.is_ascii_digit()));
        written.containers.iter().zip(1..).fold(text, |text, (id, number)| {
            let short = format!("{number:012}");
            text.replace(id, &format!("{short:0<64}")).replace(&id[..12], &short)
        })
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.written.lock().expect("nobody panics");
        for record in self.shelf.list().expect("it can be read").into_iter().rev() {
            if !written.containers.contains(&record.id) {
                written.containers.push(record.id);
            }
        }
        written.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
