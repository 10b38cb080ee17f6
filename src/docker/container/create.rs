//! `docker create`, and what it has in common with `docker run` (docker/cli, cli/command/container/create.go, opts.go;
//! moby, daemon/create.go).

use std::collections::BTreeMap;
use std::io;

use super::Done;
use crate::container::{Record, RunOptions};
use crate::docker::container_catalog::NOT_HEEDED;
use crate::docker::failure::{FLAG_STATUS, Failure};
use crate::docker::flags::Parsed;
use crate::docker::progress::Display;
use crate::docker::{Output, View, error, pull};
use crate::engine::{Engine, Error, ImageDetails};
use crate::oci::{AnyReference, ContainerConfig, Platform, PlatformError, Reference};

/// What to make a container of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one a switch of the command line")]
pub struct Create {
    /// The image as typed.
    pub image: String,
    /// The command; empty for the image's own.
    pub command: Vec<String>,
    /// `--name`.
    pub name: String,
    /// `--entrypoint`; an empty one removes the image's.
    pub entrypoint: Option<String>,
    /// `-e`, in order.
    pub env: Vec<String>,
    /// `-l`, in order.
    pub labels: Vec<String>,
    /// `-u`.
    pub user: Option<String>,
    /// `-w`.
    pub working_dir: Option<String>,
    /// `-h`.
    pub hostname: String,
    /// `-t`.
    pub tty: bool,
    /// `-i`.
    pub interactive: bool,
    /// `--rm`.
    pub auto_remove: bool,
    /// `--pull`.
    pub pull: PullPolicy,
    /// `-q`: a pull says nothing.
    pub quiet: bool,
    /// `--platform`.
    pub platform: Option<Platform>,
    /// Flags that were given and do nothing in a workbook.
    pub not_heeded: Vec<&'static str>,
}

/// When an image is pulled first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullPolicy {
    /// Where it is not held.
    Missing,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Create {
    /// Reads the words of `docker create`, or of another command that makes a container.
    pub(in crate::docker) fn read(parsed: &Parsed, command: &str) -> Result<Self, Failure> {
        let pull = match parsed.text("pull") {
            None | Some("" | "missing") => PullPolicy::Missing,
            Some("always") => PullPolicy::Always,
            Some("never") => PullPolicy::Never,
            Some(other) => {
                let bad =
                    format!("invalid pull option: '{other}': must be one of \"always\", \"missing\" or \"never\"");
                return Err(Failure::new(
                    FLAG_STATUS,
                    format!("docker: {bad}\n\nRun 'docker {command} --help' for more information"),
                ));
            }
        };
        let image: Result<AnyReference, _> = parsed.arguments[0].parse();
        image.map_err(|error| Failure::new(1, error))?;
        let platform =
            parsed.non_empty("platform").map(|text| text.parse()).transpose().map_err(|error: PlatformError| {
                Failure::new(1, format!("error parsing specified platform: {error}: invalid argument"))
            })?;
        Ok(Self {
            image: parsed.arguments[0].clone(),
            command: parsed.arguments[1..].to_vec(),
            name: parsed.text("name").unwrap_or_default().to_owned(),
            entrypoint: parsed.text("entrypoint").map(str::to_owned),
            env: parsed.list("env"),
            labels: parsed.list("label"),
            user: parsed.non_empty("user"),
            working_dir: parsed.non_empty("workdir"),
            hostname: parsed.text("hostname").unwrap_or_default().to_owned(),
            tty: parsed.is("tty"),
            interactive: parsed.is("interactive"),
            auto_remove: parsed.is("rm"),
            pull,
            quiet: parsed.is("quiet"),
            platform,
            not_heeded: NOT_HEEDED.iter().filter(|flag| parsed.given(flag)).copied().collect(),
        })
    }

    /// Lays the options over what the image says. A command or entrypoint of one's own drops the image's command.
    fn config(&self, image: &ContainerConfig) -> ContainerConfig {
        let mut config = image.clone();
        if let Some(entrypoint) = &self.entrypoint {
            config.entrypoint = Some(vec![entrypoint.clone()]).filter(|_| !entrypoint.is_empty());
            config.cmd = None;
        }
        if !self.command.is_empty() {
            config.cmd = Some(self.command.clone());
        }
        // Without a value a variable is the client's, and a workbook hands none on.
        let mut env: Vec<String> = self.env.iter().filter(|pair| pair.contains('=')).cloned().collect();
        let name = |pair: &String| pair.split('=').next().unwrap_or_default().to_owned();
        let own: Vec<String> = env.iter().map(name).collect();
        env.extend(config.env.take().unwrap_or_default().into_iter().filter(|pair| !own.contains(&name(pair))));
        config.env = Some(env);
        let labels = self.labels.iter().map(|label| label.split_once('=').unwrap_or((label, "")));
        let own: BTreeMap<String, String> = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if !own.is_empty() {
            config.labels.get_or_insert_default().extend(own);
        }
        config.user = self.user.clone().unwrap_or(config.user);
        config.working_dir = self.working_dir.clone().unwrap_or(config.working_dir);
        config
    }

    /// Refuses what the daemon refuses before it looks at the image's files.
    fn check(&self, config: &ContainerConfig) -> Result<(), String> {
        let is_letter = |c: char| c.is_ascii_alphanumeric();
        let good = self.name.chars().next().is_none_or(is_letter)
            && self.name.chars().all(|c| is_letter(c) || matches!(c, '_' | '.' | '-'))
            && self.name.len() != 1;
        if !good {
            return Err(format!("Invalid container name ({}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", self.name));
        }
        if config.entrypoint.iter().flatten().chain(config.cmd.iter().flatten()).next().is_none() {
            return Err("no command specified".to_owned());
        }
        if !config.working_dir.is_empty() && !config.working_dir.starts_with('/') {
            return Err(format!(
                "the working directory '{}' is invalid, it needs to be an absolute path",
                config.working_dir
            ));
        }
        Ok(())
    }
}

/// Makes a container, and pulls its image before where it is not held. The inner error is the daemon's sentence.
pub(super) async fn make(
    create: &Create,
    detached: bool,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<Record, String>> {
    let image = match image(create, engine, view, output).await? {
        Ok(image) => image,
        Err(sentence) => return Ok(Err(sentence)),
    };
    if !create.not_heeded.is_empty() {
        let flags: Vec<String> = create.not_heeded.iter().map(|flag| format!("--{flag}")).collect();
        writeln!(
            output.err,
            "layerbook: {} does nothing here: a workbook opens no ports, mounts no folders and limits nothing",
            flags.join(", ")
        )?;
    }
    let config = create.config(&image.config.config);
    if let Err(sentence) = create.check(&config) {
        return Ok(Err(sentence));
    }
    let options = RunOptions {
        hostname: create.hostname.clone(),
        tty: create.tty,
        open_stdin: create.interactive,
        detached,
        auto_remove: create.auto_remove,
    };
    let made = engine.create_container(&image, &create.image, &create.name, config, options);
    Ok(made.map_err(|error| error::sentence(&error)))
}

async fn image(
    create: &Create,
    engine: &Engine,
    view: &View,
    output: &mut Output<'_>,
) -> io::Result<Result<ImageDetails, String>> {
    let held = engine.inspect(&create.image);
    let fits = |image: &ImageDetails| create.platform.as_ref().is_none_or(|asked| asked.is(&image.config.platform()));
    match held {
        Ok(image) if create.pull != PullPolicy::Always && fits(&image) => return Ok(Ok(image)),
        Err(error) if create.pull == PullPolicy::Never => return Ok(Err(error::sentence(&error))),
        Ok(_) | Err(Error::NoSuchImage(_) | Error::AmbiguousId(_)) => {}
        Err(error) => return Ok(Err(error::sentence(&error))),
    }
    let reference = match create.image.parse::<Reference>() {
        Ok(reference) => reference.or_latest(),
        Err(error) => return Ok(Err(error.to_string())),
    };
    if create.pull == PullPolicy::Missing {
        writeln!(output.err, "Unable to find image '{}' locally", reference.familiar())?;
        output.err.flush()?;
    }
    let display = if view.terminal { Display::Terminal { columns: view.width } } else { Display::Plain };
    let mut nowhere = io::sink();
    let lines: &mut (dyn io::Write + Send) = if create.quiet { &mut nowhere } else { &mut *output.err };
    if let Err(sentence) = pull::needed(&reference, create.platform.as_ref(), engine, display, lines).await? {
        return Ok(Err(sentence));
    }
    Ok(engine.inspect(&create.image).map_err(|error| error::sentence(&error)))
}

pub(super) async fn run(create: &Create, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    match make(create, false, engine, view, output).await? {
        Ok(record) => writeln!(output.out, "{}", record.id).map(Ok),
        Err(sentence) => Ok(Err(Failure::new(1, error::daemon(sentence)))),
    }
}
