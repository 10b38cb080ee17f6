//! `docker run` (docker/cli, cli/command/container/run.go).

use std::io;

use super::Done;
use super::create::{self, Create};
use super::play::{self, CREATE_FAILED, Played};
use crate::container::Record;
use crate::docker::failure::{FLAG_STATUS, Failure};
use crate::docker::flags::Parsed;
use crate::docker::redirect::Streams;
use crate::docker::{Output, View, error};
use crate::engine::Engine;

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The container.
    pub create: Create,
    /// `-d`.
    pub detach: bool,
    /// `-a`: the streams that are shown, `stdout` and `stderr`; both where none is named.
    pub attach: Vec<String>,
}

impl Run {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Result<Self, Failure> {
        let create = Create::read(parsed, "run").map_err(|failure| refused(&failure))?;
        if parsed.is("detach") && parsed.given("attach") {
            return Err(Failure::new(1, "conflicting options: cannot specify both --attach and --detach"));
        }
        Ok(Self { create, detach: parsed.is("detach"), attach: parsed.list("attach") })
    }
}

pub(super) async fn run(run: &Run, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    let create = match run.create.with_files("run", view) {
        Ok(create) => create,
        Err(failure) => return Ok(Err(failure)),
    };
    if let Err(sentence) = create::check_id_file(&create) {
        // The client takes this for a program that is missing.
        let missing = sentence.ends_with("no such file or directory");
        return Ok(Err(told(&sentence, if missing { 127 } else { FLAG_STATUS })));
    }
    let record = match create::make(&create, run.detach, engine, view, output).await? {
        Ok(record) => record,
        Err(sentence) => return Ok(Err(refused_by_daemon(&sentence, FLAG_STATUS))),
    };
    if let Err(sentence) = create::write_id_file(&create, &record, engine) {
        return Ok(Err(told(&sentence, FLAG_STATUS)));
    }
    if run.detach {
        writeln!(output.out, "{}", record.id)?;
        output.out.flush()?;
    }
    let played = if run.attach.is_empty() {
        play::start(engine, record.clone(), !run.detach, run.create.interactive, output)?
    } else {
        attached(run, engine, &record, output).await?
    };
    if run.create.auto_remove && !matches!(played, Ok(Played::Running)) {
        // What cannot be removed now is there for `docker rm`.
        let _ = engine.shelf().remove(&record);
    }
    Ok(match played {
        Ok(Played::Running | Played::Exited(0)) => Ok(()),
        Ok(Played::Exited(_)) if run.detach => Ok(()),
        Ok(Played::Exited(status)) => Err(Failure::verbatim(status, String::new())),
        Ok(Played::NotStarted(sentence, status)) if status != FLAG_STATUS => {
            Err(refused_by_daemon(&format!("{CREATE_FAILED}{sentence}"), status))
        }
        Ok(Played::NotStarted(sentence, _)) | Err(sentence) => Err(refused_by_daemon(&sentence, FLAG_STATUS)),
    })
}

/// Lets the program run with some of its streams. Who sees none of its output is told the ID.
async fn attached(
    run: &Run,
    engine: &Engine,
    record: &Record,
    output: &mut Output<'_>,
) -> io::Result<Result<Played, String>> {
    let [out, err] = ["stdout", "stderr"].map(|stream| run.attach.iter().any(|named| named == stream));
    if !out && !err {
        writeln!(output.out, "{}", record.id)?;
    }
    let input = run.create.interactive;
    let start = async |output: &mut Output<'_>| play::start(engine, record.clone(), true, input, output);
    Streams::only(out, err).apply(output, start).await
}

fn refused_by_daemon(sentence: &str, status: i32) -> Failure {
    told(&error::daemon(sentence), status)
}

/// What Docker's client itself refuses; what has a page named already is left as it is.
fn refused(failure: &Failure) -> Failure {
    if failure.status() == FLAG_STATUS { failure.clone() } else { told(failure.text().trim_end(), FLAG_STATUS) }
}

fn told(words: &str, status: i32) -> Failure {
    Failure::new(status, format!("docker: {words}\n\nRun 'docker run --help' for more information"))
}
