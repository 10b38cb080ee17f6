//! `docker create`, and what it has in common with `docker run` (docker/cli, cli/command/container/create.go, opts.go;
//! moby, daemon/create.go).

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::host::Host;
use super::variables::{self, Lookup};
use super::{Done, limits};
use crate::container::{Record, RunOptions};
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
    /// `--env-file`, in order.
    pub env_files: Vec<String>,
    /// `-l`, in order.
    pub labels: Vec<String>,
    /// `--label-file`, in order.
    pub label_files: Vec<String>,
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
    /// `--cidfile`.
    pub id_file: Option<String>,
    /// What is asked of the host.
    pub host: Host,
    /// Flags that were given and do nothing in a workbook.
    pub not_heeded: Vec<&'static str>,
}

/// Flags that are read, checked and shown, and do nothing: a workbook has nothing to limit, to connect or to restart.
const NOT_HEEDED: &[&str] = &[
    "mount",
    "network",
    "net",
    "publish",
    "publish-all",
    "volume",
    "memory",
    "cpus",
    "restart",
    "privileged",
    "read-only",
    "init",
    "add-host",
    "blkio-weight",
    "blkio-weight-device",
    "cap-add",
    "cap-drop",
    "cgroup-parent",
    "cgroupns",
    "cpu-period",
    "cpu-quota",
    "cpu-rt-period",
    "cpu-rt-runtime",
    "cpu-shares",
    "cpuset-cpus",
    "cpuset-mems",
    "device",
    "device-cgroup-rule",
    "device-read-bps",
    "device-read-iops",
    "device-write-bps",
    "device-write-iops",
    "dns",
    "dns-opt",
    "dns-option",
    "dns-search",
    "gpus",
    "group-add",
    "health-cmd",
    "health-interval",
    "health-retries",
    "health-start-interval",
    "health-start-period",
    "health-timeout",
    "ip",
    "ip6",
    "ipc",
    "isolation",
    "kernel-memory",
    "link",
    "link-local-ip",
    "log-driver",
    "log-opt",
    "mac-address",
    "memory-reservation",
    "memory-swap",
    "memory-swappiness",
    "net-alias",
    "network-alias",
    "oom-kill-disable",
    "oom-score-adj",
    "pid",
    "pids-limit",
    "runtime",
    "security-opt",
    "shm-size",
    "storage-opt",
    "sysctl",
    "tmpfs",
    "ulimit",
    "use-api-socket",
    "userns",
    "uts",
    "volume-driver",
    "volumes-from",
];

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
                return Err(refused(command, bad));
            }
        };
        let host = Host::read(parsed).map_err(|sentence| refused(command, sentence))?;
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
            env_files: parsed.list("env-file"),
            labels: parsed.list("label"),
            label_files: parsed.list("label-file"),
            user: parsed.non_empty("user"),
            working_dir: parsed.non_empty("workdir"),
            hostname: parsed.text("hostname").unwrap_or_default().to_owned(),
            tty: parsed.is("tty"),
            interactive: parsed.is("interactive"),
            auto_remove: parsed.is("rm"),
            pull,
            quiet: parsed.is("quiet"),
            platform,
            id_file: parsed.non_empty("cidfile"),
            host,
            not_heeded: NOT_HEEDED.iter().filter(|flag| parsed.given(flag)).copied().collect(),
        })
    }

    /// Gives variables without a value the client's.
    pub(in crate::docker) fn hand_on(&mut self, variable: Lookup<'_>) {
        variables::hand_on(&mut self.env, variable);
    }

    /// Reads the files that variables and labels stand in; what is typed comes behind them.
    ///
    /// # Errors
    /// What the client says about a file.
    pub(super) fn with_files(&self, command: &str, view: &View) -> Result<Self, Failure> {
        let refused = |sentence| refused(command, sentence);
        let mut env = variables::read_env(&self.env_files, &|name| (view.variable)(name)).map_err(refused)?;
        let mut labels = variables::read_labels(&self.label_files).map_err(refused)?;
        env.extend(self.env.iter().cloned());
        labels.extend(self.labels.iter().cloned());
        Ok(Self { env, labels, ..self.clone() })
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
        config.env = Some(self.variables(config.env.take().unwrap_or_default()));
        let labels = self.labels.iter().map(|label| label.split_once('=').unwrap_or((label, "")));
        let own: BTreeMap<String, String> = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if !own.is_empty() {
            config.labels.get_or_insert_default().extend(own);
        }
        config.user = self.user.clone().unwrap_or(config.user);
        config.working_dir = self.working_dir.clone().unwrap_or(config.working_dir);
        self.host_config(&mut config);
        config
    }

    /// What is typed, and of the image's variables those that it does not name: one without a value takes the image's away.
    fn variables(&self, of_image: Vec<String>) -> Vec<String> {
        let name = |pair: &String| pair.split('=').next().unwrap_or_default().to_owned();
        let own: Vec<String> = self.env.iter().map(name).collect();
        let others = of_image.into_iter().filter(|pair| !own.contains(&name(pair)));
        self.env.iter().cloned().chain(others).collect()
    }

    fn host_config(&self, config: &mut ContainerConfig) {
        let host = &self.host;
        let nothing = |name: &String| (name.clone(), json!({}));
        if !host.exposed.is_empty() {
            config.exposed_ports.get_or_insert_default().extend(host.exposed.iter().map(nothing));
        }
        if !host.volumes.is_empty() {
            config.volumes.get_or_insert_default().extend(host.volumes.iter().map(nothing));
        }
        config.stop_signal = host.stop_signal.clone().unwrap_or(config.stop_signal.clone());
        config.stop_timeout = host.stop_timeout.or(config.stop_timeout);
        match (&mut config.healthcheck, &host.health) {
            (Some(Value::Object(of_image)), Some(Value::Object(own))) => of_image.extend(own.clone()),
            (known, Some(own)) => *known = Some(own.clone()),
            (_, None) => {}
        }
    }

    /// Refuses what the daemon refuses before it looks at the image's files.
    fn check(&self, config: &ContainerConfig) -> Result<(), String> {
        let is_letter = |c: char| c.is_ascii_alphanumeric();
        let name = self.name.strip_prefix('/').unwrap_or(&self.name);
        let good = name.chars().next().is_none_or(is_letter)
            && name.chars().all(|c| is_letter(c) || matches!(c, '_' | '.' | '-'))
            && name.len() != 1;
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
    let config = create.config(&image.config.config);
    if let Err(sentence) = create.check(&config).and_then(|()| limits::check(&create.host, engine)) {
        return Ok(Err(sentence));
    }
    if !create.not_heeded.is_empty() {
        let flags: Vec<String> = create.not_heeded.iter().map(|flag| format!("--{flag}")).collect();
        writeln!(
            output.err,
            "layerbook: {} does nothing here: a workbook opens no ports, mounts no folders and limits nothing",
            flags.join(", ")
        )?;
    }
    let options = RunOptions {
        hostname: create.hostname.clone(),
        domain: create.host.domain.clone(),
        host: create.host.config.clone(),
        tty: create.tty,
        open_stdin: create.interactive,
        detached,
        auto_remove: create.auto_remove,
    };
    let name = create.name.strip_prefix('/').unwrap_or(&create.name);
    let made = engine.create_container(&image, &create.image, name, config, options);
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
    if create.pull == PullPolicy::Missing && !create.quiet {
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

/// Refuses to write an ID where something is, or where nothing can be.
pub(super) fn check_id_file(create: &Create) -> Result<(), String> {
    let Some(path) = &create.id_file else { return Ok(()) };
    if Path::new(path).exists() {
        return Err(format!("container ID file found, make sure the other container isn't running or delete {path}"));
    }
    match Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(format!("failed to create the container ID file: open {path}: no such file or directory"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Writes the ID where it was asked for.
pub(super) fn write_id_file(create: &Create, record: &Record, engine: &Engine) -> Result<(), String> {
    let Some(path) = &create.id_file else { return Ok(()) };
    engine.write_id(record, Path::new(path)).map_err(|error| error::sentence(&error))
}

/// What the client itself refuses.
fn refused(command: &str, sentence: impl std::fmt::Display) -> Failure {
    Failure::new(FLAG_STATUS, format!("docker: {sentence}\n\nRun 'docker {command} --help' for more information"))
}

pub(super) async fn run(create: &Create, engine: &Engine, view: &View, output: &mut Output<'_>) -> Done {
    let create = match create.with_files("create", view) {
        Ok(create) => create,
        Err(failure) => return Ok(Err(failure)),
    };
    if let Err(sentence) = check_id_file(&create) {
        return Ok(Err(Failure::new(1, sentence)));
    }
    let record = match make(&create, false, engine, view, output).await? {
        Ok(record) => record,
        Err(sentence) => return Ok(Err(Failure::new(1, error::daemon(sentence)))),
    };
    if let Err(sentence) = write_id_file(&create, &record, engine) {
        return Ok(Err(Failure::new(1, sentence)));
    }
    writeln!(output.out, "{}", record.id).map(Ok)
}
