//! `docker push` (docker/cli, cli/command/image/push.go; moby, `daemon/internal/distribution/push_v2.go`).

use std::io::{self, Write};

use super::failure::Failure;
use super::flags::Parsed;
use super::progress::{Amount, Display, Progress};
use super::{Output, View, error, pull};
use crate::engine::{Engine, PushEvent, PushRequest, PushState};
use crate::oci::{Platform, Reference};

/// What to push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The name, with `latest` filled in unless all tags are wanted.
    pub reference: Reference,
    /// Whether `latest` was filled in.
    pub default_tag: bool,
    /// `-a`: every tag of the repository.
    pub all_tags: bool,
    /// `-q`.
    pub quiet: bool,
    /// `--platform`.
    pub platform: Option<Platform>,
}

impl Push {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let platform = parsed.non_empty("platform").map(|text| pull::platform(&text)).transpose()?;
        let typed: Reference = parsed.arguments[0].parse().map_err(|error| Failure::new(1, error))?;
        let all_tags = parsed.is("all-tags");
        if all_tags && !typed.is_name_only() {
            return Err(Failure::new(1, "tag can't be used with --all-tags/-a"));
        }
        if typed.digest().is_some() {
            return Err(Failure::new(1, "cannot push a digest reference"));
        }
        let default_tag = typed.is_name_only() && !all_tags;
        let reference = if all_tags { typed } else { typed.or_latest() };
        Ok(Self { reference, default_tag, all_tags, quiet: parsed.is("quiet"), platform })
    }

    fn request(&self) -> PushRequest {
        if self.all_tags {
            PushRequest::AllTags(self.reference.repository().clone())
        } else {
            PushRequest::Tag(self.reference.clone())
        }
    }
}

pub(super) async fn run(
    push: &Push,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    if push.default_tag && !push.quiet {
        output.out.write_all(pull::DEFAULT_TAG.as_bytes())?;
        output.out.flush()?;
    }
    let display = if view.terminal { Display::Terminal { columns: view.width } } else { Display::Plain };
    let mut nowhere = io::sink();
    let lines: &mut (dyn Write + Send) = if push.quiet { &mut nowhere } else { &mut *output.out };
    let mut progress = Progress::new(lines, display);
    progress.message(&format!("The push refers to repository [{}]", push.reference.repository()))?;
    if let Err(failure) = check_platform(push, engine) {
        return Ok(Err(failure));
    }
    let mut broken = Ok(());
    let mut tell = |event: PushEvent| {
        let written = write(&mut progress, &event);
        if broken.is_ok() {
            broken = written;
        }
    };
    let pushed = engine.push(&push.request(), &mut tell).await;
    broken?;
    match pushed {
        // The daemon's stream has begun, so no words of the client stand before the sentence.
        Err(error) => Ok(Err(Failure::new(1, error::push_sentence(&error)))),
        Ok(_) if push.quiet => writeln!(output.out, "{}", push.reference).map(Ok),
        Ok(_) => Ok(Ok(())),
    }
}

/// One image is held for one platform: another one cannot be pushed.
fn check_platform(push: &Push, engine: &Engine) -> Result<(), Failure> {
    let Some(asked) = &push.platform else { return Ok(()) };
    let Ok(details) = engine.inspect(&push.reference.to_string()) else { return Ok(()) };
    let held = details.config.platform();
    if asked.is(&held) {
        return Ok(());
    }
    Err(Failure::new(1, error::other_platform(&push.reference.familiar(), &held, asked)))
}

fn write(progress: &mut Progress<'_>, event: &PushEvent) -> io::Result<()> {
    match event {
        PushEvent::Layer { diff_id, state } => {
            let (status, amount) = describe(state);
            progress.update(diff_id.0.short(), &status, amount)
        }
        PushEvent::Finished(outcome) => {
            progress.message(&format!("{}: digest: {} size: {}", outcome.tag, outcome.digest, outcome.size))
        }
    }
}

/// A layer's state in the classic store's words.
fn describe(state: &PushState) -> (String, Amount) {
    let plain = |status: &str| (status.to_owned(), Amount::default());
    match state {
        PushState::Preparing => plain("Preparing"),
        PushState::Waiting => plain("Waiting"),
        PushState::Pushing { current, total } => ("Pushing".to_owned(), Amount { current: *current, total: *total }),
        PushState::Pushed => plain("Pushed"),
        PushState::AlreadyExists => plain("Layer already exists"),
        PushState::Mounted(from) => plain(&format!("Mounted from {}", from.path())),
        PushState::Retrying { seconds } => plain(&pull::retrying(*seconds)),
        PushState::SkippedForeign => plain("Skipped foreign layer"),
    }
}
