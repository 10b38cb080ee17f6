//! `layerbook doctor`: what works here, in a form that can be pasted into a question. Names no person and no file's content.

use super::error::chain;
use super::screen::Screen;
use super::{Error, Exit, Form, Ink, Journal, Options, Origin, Stream, open};
use crate::store::Store;

/// Looks at everything that can be missing; fails where something is.
pub(super) fn doctor(options: &Options, screen: &mut Screen) -> Exit {
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let rows = [
        ("layerbook", Ok(env!("CARGO_PKG_VERSION").to_owned())),
        ("system", Ok(format!("{system}, images for {}", options.platform))),
        ("terminal", Ok(terminal(options))),
        ("home", home(options)),
        ("journal", journal(options)),
        ("pack", pack(options)),
        ("registries", Ok(registries(options))),
    ];
    for (name, found) in &rows {
        let (mark, text) = match found {
            Ok(text) => ("ok  ", text.clone()),
            Err(error) => ("FAIL", chain(error)),
        };
        screen.write(&format!("{mark} {name:<10} {}\n", super::paint::neutral(&text)));
    }
    if rows.iter().all(|(_, found)| found.is_ok()) { Exit::Done } else { Exit::Failed }
}

fn terminal(options: &Options) -> String {
    let word = |stream| match stream {
        Stream::Terminal => "terminal",
        Stream::Pipe => "pipe",
    };
    let console = options.console;
    let ink = match options.style.ink {
        Ink::Colour => "colours",
        Ink::None => "no colours",
    };
    let form = match options.style.form {
        Form::Drawn => "drawn",
        Form::Linear => "plain",
    };
    let streams = [console.input, console.output, console.error].map(word).join(", ");
    format!("{streams}; {} columns, {ink}, {form}", options.style.width)
}

fn home(options: &Options) -> Result<String, Error> {
    Store::open(&options.home)?;
    Ok(options.home.display().to_string())
}

fn journal(options: &Options) -> Result<String, Error> {
    let found = Journal::of(&options.home).read()?;
    let damaged = if found.damaged == 0 { String::new() } else { format!(", {} unreadable lines", found.damaged) };
    Ok(format!("{} records{damaged}", found.records.len()))
}

fn pack(options: &Options) -> Result<String, Error> {
    let course = open::course(options)?;
    let manifest = &course.pack.manifest;
    let images = course.pack.recipes().count();
    Ok(format!(
        "{} {}, {} lessons and problems, {images} recipes",
        manifest.id,
        manifest.version,
        course.activities.len()
    ))
}

fn registries(options: &Options) -> String {
    let who = match options.origin {
        Origin::Classroom => "the classroom for its images, real ones for others",
        Origin::Online => "real ones",
    };
    match &options.mirror {
        Some(mirror) => format!("{who}; mirror {mirror}"),
        None => who.to_owned(),
    }
}
