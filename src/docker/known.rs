//! All of Docker's commands by name, with their lines on the help pages: also those that layerbook does not have.

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

/// A command that only has commands below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: &'static str,
    /// What stands behind the name in the usage line of errors.
    pub(super) usage: &'static str,
    /// What its help page says.
    pub(super) about: &'static str,
    pub(super) commands: &'static [Line],
}

/// Groups of which layerbook has at least one command.
pub(super) const GROUPS: &[Group] = &[
    Group { name: "container", usage: "", about: "Manage containers", commands: CONTAINER },
    Group { name: "image", usage: "", about: "Manage images", commands: IMAGE },
    Group { name: "system", usage: "", about: "Manage Docker", commands: SYSTEM },
    Group { name: "manifest", usage: "COMMAND", about: MANIFEST_ABOUT, commands: MANIFEST },
    Group { name: "buildx", usage: "", about: "Extended build capabilities with BuildKit", commands: BUILDX },
    Group {
        name: "buildx imagetools",
        usage: "",
        about: "Commands to work on images in registry",
        commands: IMAGETOOLS,
    },
];

const MANIFEST_ABOUT: &str = "The **docker manifest** command has subcommands for managing image manifests and
manifest lists. A manifest list allows you to use one name to refer to the same image
built for multiple architectures.

To see help for a subcommand, use:

    docker manifest CMD --help

For full details on using docker manifest lists, see the registry v2 specification.

EXPERIMENTAL:
  docker manifest is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/";

const MANIFEST: &[Line] = &[
    ("annotate", "Add additional information to a local image manifest"),
    ("create", "Create a local manifest list for annotating and pushing to a registry"),
    ("inspect", "Display an image manifest, or manifest list"),
    ("push", "Push a manifest list to a repository"),
    ("rm", "Delete one or more manifest lists from local storage"),
];

const BUILDX: &[Line] = &[
    ("bake", "Build from a file"),
    ("build", "Start a build"),
    ("create", "Create a new builder instance"),
    ("du", "Disk usage"),
    ("imagetools", "Commands to work on images in registry"),
    ("inspect", "Inspect current builder instance"),
    ("ls", "List builder instances"),
    ("prune", "Remove build cache"),
    ("rm", "Remove one or more builder instances"),
    ("stop", "Stop builder instance"),
    ("use", "Set the current builder instance"),
    ("version", "Show buildx version information"),
];

const IMAGETOOLS: &[Line] =
    &[("create", "Create a new image based on source images"), ("inspect", "Show details of an image in the registry")];

const CONTAINER: &[Line] = &[
    ("attach", "Attach local standard input, output, and error streams to a running container"),
    ("commit", "Create a new image from a container's changes"),
    ("cp", "Copy files/folders between a container and the local filesystem"),
    ("create", "Create a new container"),
    ("diff", "Inspect changes to files or directories on a container's filesystem"),
    ("exec", "Execute a command in a running container"),
    ("export", "Export a container's filesystem as a tar archive"),
    ("inspect", "Display detailed information on one or more containers"),
    ("kill", "Kill one or more running containers"),
    ("logs", "Fetch the logs of a container"),
    ("ls", "List containers"),
    ("pause", "Pause all processes within one or more containers"),
    ("port", "List port mappings or a specific mapping for the container"),
    ("prune", "Remove all stopped containers"),
    ("rename", "Rename a container"),
    ("restart", "Restart one or more containers"),
    ("rm", "Remove one or more containers"),
    ("run", "Create and run a new container from an image"),
    ("start", "Start one or more stopped containers"),
    ("stats", "Display a live stream of container(s) resource usage statistics"),
    ("stop", "Stop one or more running containers"),
    ("top", "Display the running processes of a container"),
    ("unpause", "Unpause all processes within one or more containers"),
    ("update", "Update configuration of one or more containers"),
    ("wait", "Block until one or more containers stop, then print their exit codes"),
];

const IMAGE: &[Line] = &[
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

const SYSTEM: &[Line] = &[
    ("df", "Show docker disk usage"),
    ("events", "Get real time events from the server"),
    ("info", "Display system-wide information"),
    ("prune", "Remove unused data"),
];

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

/// Finds a group of which layerbook has a part.
pub(super) fn group(name: &str) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.name == name)
}

/// Tells whether Docker has a command of that name, `run` or `image build`.
pub(super) fn is_dockers(name: &str) -> bool {
    let has = |lines: &[Line], name: &str| lines.iter().any(|(known, _)| *known == name);
    match name.rsplit_once(' ') {
        None => SECTIONS.iter().any(|(_, lines)| has(lines, name)) || PLUGINS.contains(&name),
        Some((of, name)) => group(of).is_some_and(|group| has(group.commands, name)),
    }
}
