//! The commands that layerbook carries out, as a table: names, usage, flags, help.

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
    Save,
    Load,
    DiskUsage,
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

/// Lists the names of all commands, `image ls` for example, each with its flags and their dashes: for completion.
pub fn commands() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let flags = |spec: &Spec| spec.flags.iter().map(|flag| format!("--{}", flag.long)).collect::<Vec<_>>();
    SPECS.iter().flat_map(move |spec| spec.names.iter().map(move |name| (*name, flags(spec))))
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
        verb: Verb::Save,
        names: &["image save", "save"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        short: "Save one or more images to a tar archive (streamed to STDOUT by default)",
        flags: &[Flag::new("output", Some('o'), Kind::Text, "Write to a file, instead of STDOUT"), HIDDEN_PLATFORM],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Load,
        names: &["image load", "load"],
        usage: "[OPTIONS]",
        short: "Load an image from a tar archive or STDIN",
        flags: &[
            Flag::new("input", Some('i'), Kind::Text, "Read from tar archive file, instead of STDIN"),
            HIDDEN_PLATFORM,
            Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress the load output"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::DiskUsage,
        names: &["system df"],
        usage: "[OPTIONS]",
        short: "Show docker disk usage",
        flags: &[
            ROW_FORMAT,
            Flag::new("verbose", Some('v'), Kind::Switch(false), "Show detailed information on space usage"),
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
            assert!(alias || super::super::known::is_dockers(name), "{name}");
        }
    }
}
