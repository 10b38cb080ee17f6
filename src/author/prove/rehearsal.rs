//! A session on an engine of its own, and copies of it that try things out.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::docker::{self, Mode, Output, View};
use crate::engine::{Engine, EngineOptions, Outside, PullRequest};
use crate::lesson::{Activity, Course, Need, Scope, is_picture};
use crate::oci::{Platform, Reference};
use crate::pack::Manifest;
use crate::source::{Registry, Search, Vouch};
use crate::store::{Store, WorkspaceName};
use crate::tutor::{Effect, Event, Input, Options, Ran, Session, Tone};

use super::variant::Variant;

/// Who plays a rehearsal; part of each draw.
pub const LEARNER: &str = "author";
/// The seed of its draws.
pub const SEED: u64 = 0;

/// Moves a source to a day; the newest where absent.
pub type SetDay = dyn Fn(Option<&str>) + Send + Sync;

/// Where a rehearsal takes its images from.
pub struct Classroom {
    /// The images.
    pub source: Arc<dyn Registry>,
    /// Where `docker search` looks.
    pub search: Arc<dyn Search>,
    /// Who knows the images' layers: a proof of lessons need not fetch them.
    pub vouch: Option<Arc<dyn Vouch>>,
    /// Lets the source be as it was on a day, `2026-07-31`; the newest where absent.
    pub set_day: Box<SetDay>,
    /// Platform that is taken from an index.
    pub platform: Platform,
}

impl std::fmt::Debug for Classroom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classroom").field("platform", &self.platform).finish_non_exhaustive()
    }
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// `right`, `wrong`, `unreadable`, `cannot-check`; `none` where nothing was judged.
    pub(super) outcome: String,
    /// The rule that spoke.
    pub(super) rule: Option<String>,
    /// What was said.
    pub(super) said: String,
}

/// One variant of a lesson or problem being played.
pub(super) struct Rehearsal<'a> {
    pub(super) session: Session,
    pub(super) engine: Engine,
    pub(super) activity: &'a Activity,
    pub(super) variant: &'a Variant,
    /// Lines that were typed so far.
    pub(super) typed: usize,
    classroom: &'a Classroom,
}

/// Why a session waits no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It asks for a line.
    Asks,
    /// It is completed.
    Finished,
    /// It gave up.
    Left,
}

/// What was heard until a session stopped.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) said: Vec<(Tone, String)>,
    pub(super) records: Vec<Value>,
    /// Output of the last command that ran.
    pub(super) ran: Option<Ran>,
}

impl<'a> Rehearsal<'a> {
    /// Opens one variant, in a workspace of its own.
    pub(super) fn new(
        course: &'a Course,
        activity: &'a Activity,
        variant: &'a Variant,
        input: Input,
        store: &Store,
        classroom: &'a Classroom,
    ) -> Self {
        let manifest = &course.pack.manifest;
        let drawn = json!({
            "pack": manifest.id, "lesson": activity.id, "kind": "open", "seed": SEED, "attempt": 0, "variant": variant,
        });
        let options = Options { learner: LEARNER.to_owned(), seed: SEED, input };
        let session = Session::open(course, activity.kind, &activity.id, options, &[drawn])
            .expect("the activity is one of the course");
        let engine = engine(manifest, activity, store, classroom);
        // A variant begins as a learner's first attempt does: with nothing frozen.
        let _ = engine.workspace().clear_pins();
        (classroom.set_day)(None);
        Self { session, engine, activity, variant, typed: 0, classroom }
    }

    /// Plays an event to where the session waits.
    pub(super) async fn play(&mut self, event: Event) -> (Stop, Heard) {
        let mut session = self.session.copy();
        let mut heard = Heard::default();
        let stop = self.drive(&mut session, event, &mut heard, Until::Asked).await;
        self.session = session;
        (stop, heard)
    }

    /// Types a line at a copy of the session and tells what it came to. What commands did to the workspace is undone.
    pub(super) async fn try_line(&mut self, line: &str) -> Verdict {
        self.try_lines(&[line.to_owned()]).await
    }

    /// Types lines, one after the other, at a copy; the last judgement counts, the first right one ends it.
    pub(super) async fn try_lines(&mut self, lines: &[String]) -> Verdict {
        let mut kept = false;
        let mut session = self.session.copy();
        let mut verdict = Verdict { outcome: "none".to_owned(), rule: None, said: String::new() };
        for line in lines {
            self.typed += 1;
            let mut heard = Heard::default();
            self.drive(&mut session, Event::Line(line.clone()), &mut heard, Until::Judged { kept: &mut kept }).await;
            verdict = heard.verdict().unwrap_or(Verdict { said: heard.text(), ..verdict });
            if verdict.outcome == "right" {
                break;
            }
        }
        if kept {
            let _ = self.engine.workspace().restore(BEFORE_TRY);
        }
        verdict
    }

    /// Runs a command on the engine, past the session; its output is standard output. A picture changes nothing and prints nothing.
    pub(super) async fn run(&self, line: &str) -> Ran {
        if is_picture(line) {
            return Ran { line: line.to_owned(), ..Ran::default() };
        }
        let view = View {
            now: Timestamp::UNIX_EPOCH,
            zone: || TimeZone::UTC,
            width: || 200,
            terminal: false,
            mode: Mode::Classroom,
            variable: |_| None,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(&mut out, &mut err);
        let status = docker::run_line(line, &self.engine, &view, &mut output).await.status;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { line: line.to_owned(), stdout: text(out), stderr: text(err), status }
    }

    async fn drive(&self, session: &mut Session, event: Event, heard: &mut Heard, mut until: Until<'_>) -> Stop {
        let mut event = event;
        loop {
            let mut next = None;
            for effect in session.step(event, &self.engine) {
                let only_tells = matches!(effect, Effect::Say { .. } | Effect::Save(_));
                if let Until::Judged { kept } = &mut until {
                    // A copy that was judged goes no further: what follows would move the world of the real one.
                    if !only_tells && heard.verdict().is_some() {
                        return Stop::Asks;
                    }
                    if !**kept && may_change_images(&effect) {
                        **kept = self.engine.workspace().snapshot(BEFORE_TRY).is_ok();
                    }
                }
                match effect {
                    Effect::Say { tone, text } => heard.said.push((tone, text)),
                    Effect::Save(record) => heard.records.push(record),
                    Effect::Run(line) | Effect::RunQuietly(line) => {
                        let ran = self.run(&line).await;
                        heard.ran = Some(ran.clone());
                        next = Some(Event::Ran(ran));
                    }
                    Effect::Gather(needs) => self.gather(&needs).await,
                    Effect::Resolve(names) => next = Some(Event::Resolved(self.freeze(&names).await)),
                    Effect::Reset(images) => next = Some(Event::Ran(self.reset(&images).await)),
                    Effect::Keep(name) => drop(self.engine.workspace().snapshot(&name)),
                    Effect::Restore(name) => {
                        let found = self.engine.workspace().restore(&name).unwrap_or(false);
                        next = Some(Event::Ran(Ran { status: i32::from(!found), ..Ran::default() }));
                    }
                    Effect::Registry(day) => (self.classroom.set_day)(day.as_deref()),
                    Effect::Publish(day) => {
                        let _ = self.engine.workspace().clear_pins();
                        (self.classroom.set_day)(day.as_deref());
                    }
                    Effect::Draw(_) | Effect::More(_) | Effect::Write { .. } => {}
                    Effect::Ask(_) => return Stop::Asks,
                    Effect::Finish => return Stop::Finished,
                    Effect::Leave | Effect::Menu => return Stop::Left,
                }
            }
            match next {
                Some(follows) => event = follows,
                None => return Stop::Left,
            }
        }
    }

    async fn gather(&self, needs: &[Need]) {
        for need in needs {
            drop(match need {
                Need::Tags(repository) => self.engine.freeze_tags(repository).await,
                Need::Platform(reference, platform) => self.engine.freeze_for(reference, platform).await,
            });
        }
    }

    async fn freeze(&self, names: &[Reference]) -> Result<(), String> {
        for name in names {
            self.engine.freeze(name).await.map_err(|error| format!("`{}`: {error}", name.familiar()))?;
        }
        Ok(())
    }

    async fn reset(&self, images: &[Reference]) -> Ran {
        let failed = |stderr: String| Ran { status: 1, stderr, ..Ran::default() };
        if let Err(error) = self.engine.workspace().update(Vec::clear) {
            return failed(error.to_string());
        }
        if let Err(error) = self.engine.clear_containers() {
            return failed(error.to_string());
        }
        for reference in images {
            let request = PullRequest { reference: reference.clone(), platform: None };
            if let Err(error) = self.engine.pull(&request, &mut |_| ()).await {
                return failed(format!("`{}`: {error}", reference.familiar()));
            }
        }
        Ran::default()
    }

    /// Looks at something with the names of the step at hand.
    pub(super) fn names<T>(&self, look: impl FnOnce(&Scope<'_>) -> T) -> T {
        self.session.with_names(&self.engine, look)
    }

    /// Fills in a text; `None` where that cannot be done.
    pub(super) fn expand(&self, text: &str) -> Option<String> {
        self.names(|scope| scope.expand(text)).ok()
    }

    /// Names of the images that are held.
    pub(super) fn held(&self) -> Vec<String> {
        let images = self.engine.images().unwrap_or_default();
        images.iter().flat_map(|image| &image.tags).map(Reference::familiar).collect()
    }
}

/// The workspace from before a line that is only tried.
const BEFORE_TRY: &str = "rehearsal-try";

/// How far a line is played.
#[derive(Debug)]
enum Until<'k> {
    /// To the next prompt.
    Asked,
    /// To the judgement.
    Judged {
        /// Whether the workspace was kept as it was: it is, before the first effect that may change it. Most answers have none.
        kept: &'k mut bool,
    },
}

/// Whether an effect may change what a snapshot holds.
fn may_change_images(effect: &Effect) -> bool {
    match effect {
        Effect::Run(_) | Effect::RunQuietly(_) | Effect::Reset(_) | Effect::Restore(_) => true,
        Effect::Say { .. }
        | Effect::Save(_)
        | Effect::Gather(_)
        | Effect::Resolve(_)
        | Effect::Keep(_)
        | Effect::Registry(_)
        | Effect::Publish(_)
        | Effect::Draw(_)
        | Effect::More(_)
        | Effect::Write { .. }
        | Effect::Ask(_)
        | Effect::Finish
        | Effect::Leave
        | Effect::Menu => false,
    }
}

impl Heard {
    /// The last judgement, where there was one.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let record = self.records.iter().rev().find(|record| record["kind"] == "attempt")?;
        let rule = record["rule"].as_str().map(str::to_owned);
        Some(Verdict { outcome: record["outcome"].as_str()?.to_owned(), rule, said: self.text() })
    }

    fn text(&self) -> String {
        self.said.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn engine(manifest: &Manifest, activity: &Activity, store: &Store, classroom: &Classroom) -> Engine {
    let name = WorkspaceName::Work { pack: manifest.id.clone(), id: activity.id.clone() };
    let options = EngineOptions { platform: classroom.platform.clone(), clock: || Timestamp::UNIX_EPOCH };
    let (search, vouch) = (Some(Arc::clone(&classroom.search)), classroom.vouch.clone());
    let outside = Outside { search, vouch, ..Outside::default() };
    Engine::new(store.workspace(&name), Arc::clone(&classroom.source), options).with_outside(outside)
}
