//! `layerbook doctor`: what works here, in a form that can be pasted into a question. Names no person and no file's content.

mod drive;

use std::time::Duration;

use super::error::chain;
use super::screen::Screen;
use super::{Error, Exit, Form, Ink, Journal, Options, Origin, Runtime, Stream, open};
use crate::oci::Reference;
use crate::source::Registry as _;
use crate::store::{Store, WorkspaceName};

/// How long a registry may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether the network is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It is not.
    Nothing,
    /// Docker Hub is asked, or the mirror in its place.
    Registries,
}

/// Looks at everything that can be missing; fails where something is.
pub(super) fn doctor(reach: Reach, options: &Options, runtime: &Runtime, screen: &mut Screen) -> Exit {
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let mut rows = vec![
        ("layerbook", Ok(env!("CARGO_PKG_VERSION").to_owned())),
        ("system", Ok(format!("{system}, images for {}", options.platform))),
        ("terminal", Ok(terminal(options))),
        ("home", home(options)),
        ("store", store(options)),
        ("journal", journal(options)),
        ("pack", pack(options)),
        ("registries", Ok(registries(options))),
    ];
    if reach == Reach::Registries {
        rows.push(("network", network(options, runtime)));
    }
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
    format!("{streams}; {} columns, {ink}, {form}", options.style.width.min((options.columns)()))
}

fn home(options: &Options) -> Result<String, Error> {
    Store::open(&options.home)?;
    let home = options.home.display();
    Ok(match drive::network(&options.home) {
        Some(kind) => format!("{home}, on a network drive ({kind}): `--home` may name a folder on this machine"),
        None => home.to_string(),
    })
}

/// Reads every image of the shell's workspaces down to its config; a damaged file has another digest than its name.
fn store(options: &Options) -> Result<String, Error> {
    let store = Store::open(&options.home)?;
    let mut images = 0;
    for name in [WorkspaceName::Shell, WorkspaceName::Online] {
        for image in store.workspace(&name).images()? {
            let manifest = store.read_blob(&image.manifest.digest)?;
            let config: Option<crate::oci::Manifest> = serde_json::from_slice(&manifest).ok();
            if let Some(manifest) = config {
                store.read_blob(&manifest.config.digest)?;
            }
            images += 1;
        }
    }
    Ok(format!("{images} images, manifests and configs sound"))
}

/// Asks for one small official image, as a pull would, and fetches nothing.
fn network(options: &Options, runtime: &Runtime) -> Result<String, Error> {
    let name: Reference = "docker.io/library/hello-world:latest".parse().expect("this is a name");
    let registry = open::real(options);
    let target = crate::source::Target::Tag("latest".to_owned());
    let asked = async { tokio::time::timeout(PATIENCE, registry.resolve(name.repository(), &target)).await };
    let where_ = options.mirror.as_deref().unwrap_or("Docker Hub");
    match runtime.run(asked)? {
        Ok(found) => {
            found.map(|found| format!("{where_} answers: hello-world is {}", found.digest.short())).map_err(Error::from)
        }
        Err(_) => Ok(format!("{where_} did not answer within {} seconds", PATIENCE.as_secs())),
    }
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
