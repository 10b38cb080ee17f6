//! Docker's commands as a table: names, usage, flags, help. What layerbook carries out has a [`Spec`]; of the rest of
//! Docker only the names and the lines of the help pages are known.

use super::flags::{Flag, Kind};

/// How many arguments a command takes (docker/cli, cli/required.go).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arity {
    None,
    Exactly(usize),
    AtLeast(usize),
    AtMost(usize),
}

/// Which of the commands it is; one variant a file of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Pull,
    Images,
    Inspect,
    ImageInspect,
    History,
    Remove,
    Tag,
    Prune,
    Version,
    Info,
}

/// A command that layerbook carries out.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) verb: Verb,
    /// Names without `docker`. On a help page the first of the same group stands for its aliases.
    pub(super) names: &'static [&'static str],
    /// What stands behind the name in the usage line.
    pub(super) usage: &'static str,
    pub(super) short: &'static str,
    pub(super) flags: &'static [Flag],
    pub(super) arity: Arity,
}

impl Spec {
    /// Returns the name under which pages and errors speak of it: `image ls` for `image list`.
    pub(super) fn canonical(&self, name: &str) -> &'static str {
        let group = |name: &str| name.rsplit_once(' ').map(|(group, _)| group.to_owned());
        let wanted = group(name);
        self.names.iter().find(|known| group(known) == wanted).copied().unwrap_or(self.names[0])
    }
}

/// Finds the command of that name, `pull` or `image ls`.
pub(super) fn find(name: &str) -> Option<&'static Spec> {
    SPECS.iter().find(|spec| spec.names.contains(&name))
}

const FORMAT: &str = "Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

const TABLE_FORMAT: &str = "Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates";

const NO_TRUNC: Flag = Flag::new("no-trunc", None, Kind::Switch(false), "Don't truncate output");
const QUIET_IDS: Flag = Flag::new("quiet", Some('q'), Kind::Switch(false), "Only show image IDs");
const ONE_FORMAT: Flag = Flag::new("format", Some('f'), Kind::Text, FORMAT);
const ROW_FORMAT: Flag = Flag::new("format", None, Kind::Text, TABLE_FORMAT);
/// Docker shows it only beside an engine that keeps several platforms of one name.
const HIDDEN_PLATFORM: Flag = Flag::new("platform", None, Kind::Text, "");

const SPECS: &[Spec] = &[
    Spec {
        verb: Verb::Pull,
        names: &["image pull", "pull"],
        usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
        short: "Download an image from a registry",
        flags: &[
            Flag::new("all-tags", Some('a'), Kind::Switch(false), "Download all tagged images in the repository"),
            Flag::new("disable-content-trust", None, Kind::Switch(true), "Skip image verification"),
            Flag::new("platform", None, Kind::Text, "Set platform if server is multi-platform capable"),
            Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress verbose output"),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Images,
        names: &["image ls", "image list", "images"],
        usage: "[OPTIONS] [REPOSITORY[:TAG]]",
        short: "List images",
        flags: &[
            Flag::new("all", Some('a'), Kind::Switch(false), "Show all images (default hides intermediate images)"),
            Flag::new("digests", None, Kind::Switch(false), "Show digests"),
            Flag::new("filter", Some('f'), Kind::Filter, "Filter output based on conditions provided"),
            ROW_FORMAT,
            NO_TRUNC,
            QUIET_IDS,
        ],
        arity: Arity::AtMost(1),
    },
    Spec {
        verb: Verb::Inspect,
        names: &["inspect"],
        usage: "[OPTIONS] NAME|ID [NAME|ID...]",
        short: "Return low-level information on Docker objects",
        flags: &[
            ONE_FORMAT,
            Flag::new("size", Some('s'), Kind::Switch(false), "Display total file sizes if the type is container"),
            Flag::new("type", None, Kind::Text, "Only inspect objects of the given type"),
        ],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::ImageInspect,
        names: &["image inspect"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        short: "Display detailed information on one or more images",
        flags: &[ONE_FORMAT, HIDDEN_PLATFORM],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::History,
        names: &["image history", "history"],
        usage: "[OPTIONS] IMAGE",
        short: "Show the history of an image",
        flags: &[
            ROW_FORMAT,
            Flag::new("human", Some('H'), Kind::Switch(true), "Print sizes and dates in human readable format"),
            NO_TRUNC,
            HIDDEN_PLATFORM,
            QUIET_IDS,
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Remove,
        names: &["image rm", "image remove", "rmi"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        short: "Remove one or more images",
        flags: &[
            Flag::new("force", Some('f'), Kind::Switch(false), "Force removal of the image"),
            Flag::new("no-prune", None, Kind::Switch(false), "Do not delete untagged parents"),
        ],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Tag,
        names: &["image tag", "tag"],
        usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
        short: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
        flags: &[],
        arity: Arity::Exactly(2),
    },
    Spec {
        verb: Verb::Prune,
        names: &["image prune"],
        usage: "[OPTIONS]",
        short: "Remove unused images",
        flags: &[
            Flag::new("all", Some('a'), Kind::Switch(false), "Remove all unused images, not just dangling ones"),
            Flag::new("filter", None, Kind::Filter, r#"Provide filter values (e.g. "until=<timestamp>")"#),
            Flag::new("force", Some('f'), Kind::Switch(false), "Do not prompt for confirmation"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Version,
        names: &["version"],
        usage: "[OPTIONS]",
        short: "Show the Docker version information",
        flags: &[ONE_FORMAT],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Info,
        names: &["system info", "info"],
        usage: "[OPTIONS]",
        short: "Display system-wide information",
        flags: &[ONE_FORMAT],
        arity: Arity::None,
    },
];

/// Flags in front of the command. They say how to reach a daemon; there is none, so they are read and not heeded.
pub(super) const GLOBAL_FLAGS: &[Flag] = &[
    Flag::new("config", None, Kind::Text, r#"Location of client config files (default "~/.docker")"#),
    Flag::new(
        "context",
        Some('c'),
        Kind::Text,
        r#"Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")"#,
    ),
    Flag::new("debug", Some('D'), Kind::Switch(false), "Enable debug mode"),
    Flag::new("host", Some('H'), Kind::List, "Daemon socket to connect to"),
    Flag::new(
        "log-level",
        Some('l'),
        Kind::Text,
        r#"Set the logging level ("debug", "info", "warn", "error", "fatal") (default "info")"#,
    ),
    Flag::new("tls", None, Kind::Switch(false), "Use TLS; implied by --tlsverify"),
    Flag::new("tlscacert", None, Kind::Text, r#"Trust certs signed only by this CA (default "~/.docker/ca.pem")"#),
    Flag::new("tlscert", None, Kind::Text, r#"Path to TLS certificate file (default "~/.docker/cert.pem")"#),
    Flag::new("tlskey", None, Kind::Text, r#"Path to TLS key file (default "~/.docker/key.pem")"#),
    Flag::new("tlsverify", None, Kind::Switch(false), "Use TLS and verify the remote"),
    Flag::new("version", Some('v'), Kind::Switch(false), "Print version information and quit"),
];

/// A name and its line on a help page.
pub(super) type Line = (&'static str, &'static str);

/// The sections of `docker --help`.
pub(super) const SECTIONS: &[(&str, &[Line])] = &[
    (
        "Common Commands",
        &[
            ("run", "Create and run a new container from an image"),
            ("exec", "Execute a command in a running container"),
            ("ps", "List containers"),
            ("build", "Build an image from a Dockerfile"),
            ("pull", "Download an image from a registry"),
            ("push", "Upload an image to a registry"),
            ("images", "List images"),
            ("login", "Authenticate to a registry"),
            ("logout", "Log out from a registry"),
            ("search", "Search Docker Hub for images"),
            ("version", "Show the Docker version information"),
            ("info", "Display system-wide information"),
        ],
    ),
    (
        "Management Commands",
        &[
            ("builder", "Manage builds"),
            ("container", "Manage containers"),
            ("context", "Manage contexts"),
            ("image", "Manage images"),
            ("manifest", "Manage Docker image manifests and manifest lists"),
            ("network", "Manage networks"),
            ("plugin", "Manage plugins"),
            ("system", "Manage Docker"),
            ("trust", "Manage trust on Docker images"),
            ("volume", "Manage volumes"),
        ],
    ),
    (
        "Swarm Commands",
        &[
            ("config", "Manage Swarm configs"),
            ("node", "Manage Swarm nodes"),
            ("secret", "Manage Swarm secrets"),
            ("service", "Manage Swarm services"),
            ("stack", "Manage Swarm stacks"),
            ("swarm", "Manage Swarm"),
        ],
    ),
    (
        "Commands",
        &[
            ("attach", "Attach local standard input, output, and error streams to a running container"),
            ("commit", "Create a new image from a container's changes"),
            ("cp", "Copy files/folders between a container and the local filesystem"),
            ("create", "Create a new container"),
            ("diff", "Inspect changes to files or directories on a container's filesystem"),
            ("events", "Get real time events from the server"),
            ("export", "Export a container's filesystem as a tar archive"),
            ("history", "Show the history of an image"),
            ("import", "Import the contents from a tarball to create a filesystem image"),
            ("inspect", "Return low-level information on Docker objects"),
            ("kill", "Kill one or more running containers"),
            ("load", "Load an image from a tar archive or STDIN"),
            ("logs", "Fetch the logs of a container"),
            ("pause", "Pause all processes within one or more containers"),
            ("port", "List port mappings or a specific mapping for the container"),
            ("rename", "Rename a container"),
            ("restart", "Restart one or more containers"),
            ("rm", "Remove one or more containers"),
            ("rmi", "Remove one or more images"),
            ("save", "Save one or more images to a tar archive (streamed to STDOUT by default)"),
            ("start", "Start one or more stopped containers"),
            ("stats", "Display a live stream of container(s) resource usage statistics"),
            ("stop", "Stop one or more running containers"),
            ("tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE"),
            ("top", "Display the running processes of a container"),
            ("unpause", "Unpause all processes within one or more containers"),
            ("update", "Update configuration of one or more containers"),
            ("wait", "Block until one or more containers stop, then print their exit codes"),
        ],
    ),
];

/// The commands of `docker image --help`.
pub(super) const IMAGE_COMMANDS: &[Line] = &[
    ("build", "Build an image from a Dockerfile"),
    ("history", "Show the history of an image"),
    ("import", "Import the contents from a tarball to create a filesystem image"),
    ("inspect", "Display detailed information on one or more images"),
    ("load", "Load an image from a tar archive or STDIN"),
    ("ls", "List images"),
    ("prune", "Remove unused images"),
    ("pull", "Download an image from a registry"),
    ("push", "Upload an image to a registry"),
    ("rm", "Remove one or more images"),
    ("save", "Save one or more images to a tar archive (streamed to STDOUT by default)"),
    ("tag", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE"),
];

/// Commands of `docker system` that are Docker's alone.
const SYSTEM_COMMANDS: &[&str] = &["df", "events", "prune", "dial-stdio"];

/// Plugins that come with Docker Desktop or Docker's packages; no help page of the bare client has them.
const PLUGINS: &[&str] = &[
    "ai",
    "buildx",
    "cloud",
    "compose",
    "debug",
    "desktop",
    "extension",
    "init",
    "mcp",
    "model",
    "offload",
    "sandbox",
    "sbom",
    "scout",
    "checkpoint",
];

/// Tells whether Docker has a command of that name, `run` or `image build`.
pub(super) fn is_dockers(name: &str) -> bool {
    match name.split_once(' ') {
        None => SECTIONS.iter().any(|(_, lines)| has(lines, name)) || PLUGINS.contains(&name),
        Some(("image", name)) => has(IMAGE_COMMANDS, name),
        Some(("system", name)) => SYSTEM_COMMANDS.contains(&name),
        Some(_) => false,
    }
}

fn has(lines: &[Line], name: &str) -> bool {
    lines.iter().any(|(known, _)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_spoken_of_by_the_first_name_of_its_group() {
        let images = find("image list").unwrap();
        assert_eq!(images.canonical("image list"), "image ls");
        assert_eq!(images.canonical("images"), "images");
        assert_eq!(find("info").unwrap().canonical("system info"), "system info");
    }

    #[test]
    fn every_command_of_ours_is_one_of_dockers() {
        for name in SPECS.iter().flat_map(|spec| spec.names) {
            let alias = ["image list", "image remove", "system info"].contains(name);
            assert!(alias || is_dockers(name), "{name}");
        }
    }
}
