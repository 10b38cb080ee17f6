//! `docker pull` (docker/cli, cli/command/image/pull.go; moby, daemon/internal/distribution).

use std::io::{self, Write};

use super::error;
use super::failure::Failure;
use super::flags::Parsed;
use super::progress::{Amount, Display, Progress};
use super::{Output, View};
use crate::engine::{Engine, LayerState, PullEvent, PullRequest};
use crate::oci::{Platform, Reference};

/// What to pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
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

impl Pull {
    pub(super) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let typed: Reference = parsed.arguments[0].parse().map_err(|error| Failure::new(1, error))?;
        let all_tags = parsed.is("all-tags");
        if all_tags && !typed.is_name_only() {
            return Err(Failure::new(1, "tag can't be used with --all-tags/-a"));
        }
        let default_tag = typed.is_name_only() && !all_tags;
        let quiet = parsed.is("quiet");
        let platform = parsed.non_empty("platform").map(|text| platform(&text)).transpose().map_err(|failure| {
            let said = if default_tag && !quiet { DEFAULT_TAG } else { "" };
            failure.after(said.to_owned())
        })?;
        let reference = if all_tags { typed } else { typed.or_latest() };
        Ok(Self { reference, default_tag, all_tags, quiet, platform })
    }
}

/// What the client says where it fills in a tag.
pub(super) const DEFAULT_TAG: &str = "Using default tag: latest\n";

/// Reads a platform as the client does, with containerd's words for what is none.
pub(super) fn platform(text: &str) -> Result<Platform, Failure> {
    text.parse().map_err(|error| Failure::new(1, format!("{error}: invalid argument")))
}

pub(super) async fn run(
    pull: &Pull,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<(), Failure>> {
    if pull.default_tag && !pull.quiet {
        output.out.write_all(DEFAULT_TAG.as_bytes())?;
        output.out.flush()?;
    }
    let display = if view.terminal { Display::Terminal { columns: view.width } } else { Display::Plain };
    let mut nowhere = io::sink();
    let lines: &mut (dyn Write + Send) = if pull.quiet { &mut nowhere } else { &mut *output.out };
    let mut lines = Lines::new(Progress::new(lines, display));
    if let Err(failure) = pull_all(pull, engine, &mut lines).await {
        return Ok(Err(failure));
    }
    lines.finish(&pull.reference)?;
    if let Some(asked) = pull.platform.as_ref().filter(|_| !pull.quiet && !pull.all_tags) {
        // An image for one platform comes whatever was asked for.
        let name = pull.reference.to_string();
        let held = engine.inspect(&name).ok().map(|details| details.config.platform());
        if let Some(held) = held.filter(|held| !asked.is(held)) {
            writeln!(output.out, "WARNING: {}", error::other_platform(&name, &held, asked))?;
        }
    }
    writeln!(output.out, "{}", pull.reference)?;
    Ok(Ok(()))
}

/// Pulls one name, or every tag of the repository one after the other.
async fn pull_all(pull: &Pull, engine: &Engine, lines: &mut Lines<'_>) -> Result<(), Failure> {
    let mut references = vec![asked(&pull.reference)];
    if pull.all_tags {
        let tags = engine.registry_tags(&pull.reference).await;
        let tags = tags.map_err(|error| lines.failure(&error, &pull.reference))?;
        references = tags.iter().map(|tag| pull.reference.repository().with_tag(tag)).collect();
    }
    for reference in references {
        let request = PullRequest { reference: reference.clone(), platform: pull.platform.clone() };
        let pulled = engine.pull(&request, &mut |event| lines.event(&event)).await;
        pulled.map_err(|error| lines.failure(&error, &reference))?;
    }
    Ok(())
}

/// Pulls an image that something else needs; the lines go where that one wants them.
pub(super) async fn needed(
    reference: &Reference,
    platform: Option<&Platform>,
    engine: &Engine,
    display: Display,
    out: &mut (dyn Write + Send),
) -> io::Result<Result<(), String>> {
    let mut lines = Lines::new(Progress::new(out, display));
    let request = PullRequest { reference: asked(reference), platform: platform.cloned() };
    if let Err(error) = engine.pull(&request, &mut |event| lines.event(&event)).await {
        return Ok(Err(error::pull_sentence(&error, reference)));
    }
    lines.finish(reference).map(Ok)
}

/// What the daemon is asked for: a digest makes the tag beside it say nothing.
fn asked(reference: &Reference) -> Reference {
    let digest = reference.digest().map(|digest| reference.repository().with_digest(digest.clone()));
    digest.unwrap_or_else(|| reference.clone())
}

/// The daemon's lines about one or more pulls.
struct Lines<'a> {
    progress: Progress<'a>,
    /// Once the daemon's stream has begun, errors come without the client's words before them.
    started: bool,
    newer: bool,
    /// The first write that failed; the pull itself goes on.
    broken: io::Result<()>,
}

impl<'a> Lines<'a> {
    fn new(progress: Progress<'a>) -> Self {
        Self { progress, started: false, newer: false, broken: Ok(()) }
    }

    fn event(&mut self, event: &PullEvent) {
        let written = self.write(event);
        if self.broken.is_ok() {
            self.broken = written;
        }
    }

    fn write(&mut self, event: &PullEvent) -> io::Result<()> {
        match event {
            PullEvent::Started { tag, path } => {
                self.started = true;
                self.progress.message(&format!("{tag}: Pulling from {path}"))
            }
            PullEvent::Layer { digest, state } => {
                let (status, amount) = describe(*state);
                self.progress.update(digest.short(), &status, amount)
            }
            PullEvent::Finished(outcome) => {
                self.newer |= outcome.newer;
                self.progress.message(&format!("Digest: {}", outcome.digest))
            }
        }
    }

    /// Writes what all came to.
    fn finish(mut self, reference: &Reference) -> io::Result<()> {
        self.broken?;
        let what = if self.newer { "Downloaded newer image" } else { "Image is up to date" };
        self.progress.message(&format!("Status: {what} for {}", asked(reference).familiar()))
    }

    fn failure(&self, error: &crate::engine::Error, reference: &Reference) -> Failure {
        let sentence = error::pull_sentence(error, reference);
        Failure::new(1, if self.started { sentence } else { error::daemon(sentence) })
    }
}

/// A layer's state in the classic store's words.
fn describe(state: LayerState) -> (String, Amount) {
    let (status, amount) = match state {
        LayerState::PullingFsLayer => ("Pulling fs layer", Amount::default()),
        LayerState::Waiting => ("Waiting", Amount::default()),
        LayerState::Downloading { current, total } => ("Downloading", Amount { current, total }),
        LayerState::VerifyingChecksum => ("Verifying Checksum", Amount::default()),
        LayerState::DownloadComplete => ("Download complete", Amount::default()),
        LayerState::Extracting { current, total } => ("Extracting", Amount { current, total }),
        LayerState::PullComplete => ("Pull complete", Amount::default()),
        LayerState::AlreadyExists => ("Already exists", Amount::default()),
        LayerState::Retrying { seconds } => return (retrying(seconds), Amount::default()),
    };
    (status.to_owned(), amount)
}

/// Words a wait of the classic store.
pub(super) fn retrying(seconds: u64) -> String {
    let plural = if seconds == 1 { "" } else { "s" };
    format!("Retrying in {seconds} second{plural}")
}
