//! The commands that layerbook carries out, as a table: names, usage, flags, help.

use super::container_catalog;
use super::flags::{Flag, Kind};
use super::spec::{Arity, NO_TRUNC, ONE_FORMAT, ROW_FORMAT, Spec, Verb};

/// Lists the names of all commands, `image ls` for example, each with its flags and their dashes: for completion.
pub fn commands() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    let flags = |spec: &Spec| spec.flags.iter().map(|flag| format!("--{}", flag.long)).collect::<Vec<_>>();
    all().flat_map(move |spec| spec.names.iter().map(move |name| (*name, flags(spec))))
}

/// A command, by whichever of its names it was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandName(Verb);

impl CommandName {
    /// Tells whether it does what the other one does: `docker inspect` looks into whatever has the name.
    pub fn does(self, other: Self) -> bool {
        let is_inspect = |verb: Verb| matches!(verb, Verb::ImageInspect | Verb::ContainerInspect);
        match (self.0, other.0) {
            (Verb::Inspect, other) if is_inspect(other) => true,
            (this, Verb::Inspect) if is_inspect(this) => true,
            (this, other) => this == other,
        }
    }
}

/// Finds the command that words behind `docker` begin with, and how many of them are its name.
pub fn named(words: &[String]) -> Option<(CommandName, usize)> {
    const LONGEST: usize = 3;
    (1..=LONGEST.min(words.len())).rev().find_map(|length| {
        let spec = find(&words[..length].join(" "))?;
        Some((CommandName(spec.verb), length))
    })
}

/// Finds the command of that name, `pull` or `image ls`.
pub(super) fn find(name: &str) -> Option<&'static Spec> {
    all().find(|spec| spec.names.contains(&name))
}

fn all() -> impl Iterator<Item = &'static Spec> {
    SPECS.iter().chain(container_catalog::SPECS)
}

const QUIET_IDS: Flag = Flag::new("quiet", Some('q'), Kind::Switch(false), "Only show image IDs");
/// Docker shows it only beside an engine that keeps several platforms of one name.
const HIDDEN_PLATFORM: Flag = Flag::new("platform", None, Kind::Text, "");

/// There are no builders to choose from.
const HIDDEN_BUILDER: Flag = Flag::new("builder", None, Kind::Text, "");

const SPECS: &[Spec] = &[
    Spec {
        verb: Verb::Pull,
        names: &["image pull", "pull"],
        usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
        short: "Download an image from a registry",
        long: "",
        flags: &[
            Flag::new("all-tags", Some('a'), Kind::Switch(false), "Download all tagged images in the repository"),
            Flag::new("disable-content-trust", None, Kind::Switch(true), "Skip image verification"),
            Flag::new("platform", None, Kind::Text, "Set platform if server is multi-platform capable"),
            Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress verbose output"),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Push,
        names: &["image push", "push"],
        usage: "[OPTIONS] NAME[:TAG]",
        short: "Upload an image to a registry",
        long: "",
        flags: &[
            Flag::new("all-tags", Some('a'), Kind::Switch(false), "Push all tags of an image to the repository"),
            Flag::new("disable-content-trust", None, Kind::Switch(true), "Skip image signing"),
            HIDDEN_PLATFORM,
            Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress verbose output"),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Images,
        names: &["image ls", "image list", "images"],
        usage: "[OPTIONS] [REPOSITORY[:TAG]]",
        short: "List images",
        long: "",
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
        long: "",
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
        long: "",
        flags: &[ONE_FORMAT, HIDDEN_PLATFORM],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::History,
        names: &["image history", "history"],
        usage: "[OPTIONS] IMAGE",
        short: "Show the history of an image",
        long: "",
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
        long: "",
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
        long: "",
        flags: &[],
        arity: Arity::Exactly(2),
    },
    Spec {
        verb: Verb::Prune,
        names: &["image prune"],
        usage: "[OPTIONS]",
        short: "Remove unused images",
        long: "",
        flags: &[
            Flag::new("all", Some('a'), Kind::Switch(false), "Remove all unused images, not just dangling ones"),
            Flag::new("filter", None, Kind::Filter, r#"Provide filter values (e.g. "until=<timestamp>")"#),
            Flag::new("force", Some('f'), Kind::Switch(false), "Do not prompt for confirmation"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Search,
        names: &["search"],
        usage: "[OPTIONS] TERM",
        short: "Search Docker Hub for images",
        long: "",
        flags: &[
            Flag::new("filter", Some('f'), Kind::Filter, "Filter output based on conditions provided"),
            Flag::new("format", None, Kind::Text, "Pretty-print search using a Go template"),
            Flag::new("limit", None, Kind::Number(""), "Max number of search results"),
            NO_TRUNC,
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::ManifestInspect,
        names: &["manifest inspect"],
        usage: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
        short: "Display an image manifest, or manifest list",
        long: "Display an image manifest, or manifest list\n\nEXPERIMENTAL:\n  \
               docker manifest inspect is an experimental feature.\n  \
               Experimental features provide early access to product functionality. These\n  \
               features may change between releases without warning, or can be removed from a\n  \
               future release. Learn more about experimental features in our documentation:\n  \
               https://docs.docker.com/go/experimental/",
        flags: &[
            Flag::new("insecure", None, Kind::Switch(false), "Allow communication with an insecure registry"),
            Flag::new(
                "verbose",
                Some('v'),
                Kind::Switch(false),
                "Output additional info including layers and platform",
            ),
        ],
        arity: Arity::Between(1, 2),
    },
    Spec {
        verb: Verb::ImageToolsInspect,
        names: &["buildx imagetools inspect"],
        usage: "[OPTIONS] NAME",
        short: "Show details of an image in the registry",
        long: "",
        flags: &[
            HIDDEN_BUILDER,
            Flag::new(
                "format",
                None,
                Kind::Text,
                "Format the output using the given Go template (default \"{{.Manifest}}\")",
            ),
            Flag::new("raw", None, Kind::Switch(false), "Show original, unformatted JSON manifest"),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::LogIn,
        names: &["login"],
        usage: "[OPTIONS] [SERVER]",
        short: "Authenticate to a registry",
        long: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
        flags: &[
            Flag::new("password", Some('p'), Kind::Text, "Password or Personal Access Token (PAT)"),
            Flag::new(
                "password-stdin",
                None,
                Kind::Switch(false),
                "Take the Password or Personal Access Token (PAT) from stdin",
            ),
            Flag::new("username", Some('u'), Kind::Text, "Username"),
        ],
        arity: Arity::AtMost(1),
    },
    Spec {
        verb: Verb::LogOut,
        names: &["logout"],
        usage: "[SERVER]",
        short: "Log out from a registry",
        long: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
        flags: &[],
        arity: Arity::AtMost(1),
    },
    Spec {
        verb: Verb::Save,
        names: &["image save", "save"],
        usage: "[OPTIONS] IMAGE [IMAGE...]",
        short: "Save one or more images to a tar archive (streamed to STDOUT by default)",
        long: "",
        flags: &[Flag::new("output", Some('o'), Kind::Text, "Write to a file, instead of STDOUT"), HIDDEN_PLATFORM],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Load,
        names: &["image load", "load"],
        usage: "[OPTIONS]",
        short: "Load an image from a tar archive or STDIN",
        long: "",
        flags: &[
            Flag::new("input", Some('i'), Kind::Text, "Read from tar archive file, instead of STDIN"),
            HIDDEN_PLATFORM,
            Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress the load output"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Import,
        names: &["image import", "import"],
        usage: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
        short: "Import the contents from a tarball to create a filesystem image",
        long: "",
        flags: &[
            Flag::new("change", Some('c'), Kind::List, "Apply Dockerfile instruction to the created image"),
            Flag::new("message", Some('m'), Kind::Text, "Set commit message for imported image"),
            Flag::new("platform", None, Kind::Text, "Set platform if server is multi-platform capable"),
        ],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::SystemPrune,
        names: &["system prune"],
        usage: "[OPTIONS]",
        short: "Remove unused data",
        long: "",
        flags: &[
            Flag::new("all", Some('a'), Kind::Switch(false), "Remove all unused images not just dangling ones"),
            Flag::new("filter", None, Kind::Filter, "Provide filter values (e.g. \"label=<key>=<value>\")"),
            Flag::new("force", Some('f'), Kind::Switch(false), "Do not prompt for confirmation"),
            Flag::new("volumes", None, Kind::Switch(false), "Prune anonymous volumes"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::DiskUsage,
        names: &["system df"],
        usage: "[OPTIONS]",
        short: "Show docker disk usage",
        long: "",
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
        long: "",
        flags: &[ONE_FORMAT],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Info,
        names: &["system info", "info"],
        usage: "[OPTIONS]",
        short: "Display system-wide information",
        long: "",
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
        for name in all().flat_map(|spec| spec.names) {
            let alias =
                ["image list", "image remove", "system info", "container list", "container ps", "container remove"]
                    .contains(name);
            assert!(alias || super::super::known::is_dockers(name), "{name}");
        }
    }
}
