//! The commands about containers, as a table.

use super::flags::{Flag, Kind};
use super::run_flags;
use super::spec::{Arity, NO_TRUNC, ONE_FORMAT, ROW_FORMAT, Spec, Verb};

const fn switch(long: &'static str, short: Option<char>, usage: &'static str) -> Flag {
    Flag::new(long, short, Kind::Switch(false), usage)
}

const fn text(long: &'static str, short: Option<char>, usage: &'static str) -> Flag {
    Flag::new(long, short, Kind::Text, usage)
}

const fn list(long: &'static str, short: Option<char>, usage: &'static str) -> Flag {
    Flag::new(long, short, Kind::List, usage)
}

const ENV: Flag = Flag::new("env", Some('e'), Kind::Variable, "Set environment variables");
const INTERACTIVE: Flag = switch("interactive", Some('i'), "Keep STDIN open even if not attached");
const TTY: Flag = switch("tty", Some('t'), "Allocate a pseudo-TTY");
const WORKDIR: Flag = text("workdir", Some('w'), "Working directory inside the container");
/// Nothing here is detached from, so there is no key for it.
const DETACH_KEYS: Flag = text("detach-keys", None, "Override the key sequence for detaching a container");
const SIGNAL: Flag = text("signal", Some('s'), "Signal to send to the container");
const TIMEOUT: Flag = Flag::new("timeout", Some('t'), Kind::Number(""), "Seconds to wait before killing the container");
const OLD_TIMEOUT: Flag = Flag::new("time", None, Kind::Number(""), "");

const LIST_FLAGS: &[Flag] = &[
    switch("all", Some('a'), "Show all containers (default shows just running)"),
    Flag::new("filter", Some('f'), Kind::Filter, "Filter output based on conditions provided"),
    ROW_FORMAT,
    Flag::new("last", Some('n'), Kind::Number("-1"), "Show n last created containers (includes all states)"),
    switch("latest", Some('l'), "Show the latest created container (includes all states)"),
    NO_TRUNC,
    switch("quiet", Some('q'), "Only display container IDs"),
    switch("size", Some('s'), "Display total file sizes"),
];

pub(super) const SPECS: &[Spec] = &[
    Spec {
        verb: Verb::Run,
        names: &["container run", "run"],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        short: "Create and run a new container from an image",
        long: "",
        flags: &run_flags::RUN,
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Create,
        names: &["container create", "create"],
        usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
        short: "Create a new container",
        long: "",
        flags: &run_flags::CREATE,
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Start,
        names: &["container start", "start"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Start one or more stopped containers",
        long: "",
        flags: &[
            switch("attach", Some('a'), "Attach STDOUT/STDERR and forward signals"),
            DETACH_KEYS,
            switch("interactive", Some('i'), "Attach container's STDIN"),
        ],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Stop,
        names: &["container stop", "stop"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Stop one or more running containers",
        long: "",
        flags: &[SIGNAL, OLD_TIMEOUT, TIMEOUT],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Kill,
        names: &["container kill", "kill"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Kill one or more running containers",
        long: "",
        flags: &[SIGNAL],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Restart,
        names: &["container restart", "restart"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Restart one or more containers",
        long: "",
        flags: &[SIGNAL, OLD_TIMEOUT, TIMEOUT],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Wait,
        names: &["container wait", "wait"],
        usage: "CONTAINER [CONTAINER...]",
        short: "Block until one or more containers stop, then print their exit codes",
        long: "",
        flags: &[],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Exec,
        names: &["container exec", "exec"],
        usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
        short: "Execute a command in a running container",
        long: "",
        flags: &[
            switch("detach", Some('d'), "Detached mode: run command in the background"),
            DETACH_KEYS,
            ENV,
            list("env-file", None, "Read in a file of environment variables"),
            INTERACTIVE,
            switch("privileged", None, "Give extended privileges to the command"),
            TTY,
            text("user", Some('u'), r#"Username or UID (format: "<name|uid>[:<group|gid>]")"#),
            WORKDIR,
        ],
        arity: Arity::AtLeast(2),
    },
    Spec {
        verb: Verb::Ps,
        names: &["container ls", "container list", "container ps", "ps"],
        usage: "[OPTIONS]",
        short: "List containers",
        long: "",
        flags: LIST_FLAGS,
        arity: Arity::None,
    },
    Spec {
        verb: Verb::RemoveContainer,
        names: &["container rm", "container remove", "rm"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Remove one or more containers",
        long: "",
        flags: &[
            switch("force", Some('f'), "Force the removal of a running container (uses SIGKILL)"),
            switch("link", Some('l'), "Remove the specified link"),
            switch("volumes", Some('v'), "Remove anonymous volumes associated with the container"),
        ],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::PruneContainers,
        names: &["container prune"],
        usage: "[OPTIONS]",
        short: "Remove all stopped containers",
        long: "",
        flags: &[
            Flag::new("filter", None, Kind::Filter, r#"Provide filter values (e.g. "until=<timestamp>")"#),
            switch("force", Some('f'), "Do not prompt for confirmation"),
        ],
        arity: Arity::None,
    },
    Spec {
        verb: Verb::Rename,
        names: &["container rename", "rename"],
        usage: "CONTAINER NEW_NAME",
        short: "Rename a container",
        long: "",
        flags: &[],
        arity: Arity::Exactly(2),
    },
    Spec {
        verb: Verb::Diff,
        names: &["container diff", "diff"],
        usage: "CONTAINER",
        short: "Inspect changes to files or directories on a container's filesystem",
        long: "",
        flags: &[],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Commit,
        names: &["container commit", "commit"],
        usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
        short: "Create a new image from a container's changes",
        long: "",
        flags: &[
            text("author", Some('a'), r#"Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")"#),
            list("change", Some('c'), "Apply Dockerfile instruction to the created image"),
            text("message", Some('m'), "Commit message"),
            Flag::new("pause", Some('p'), Kind::Switch(true), "Pause container during commit"),
        ],
        arity: Arity::Between(1, 2),
    },
    Spec {
        verb: Verb::Copy,
        names: &["container cp", "cp"],
        usage: "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
        short: "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
        long: "",
        flags: &[
            switch("archive", Some('a'), "Archive mode (copy all uid/gid information)"),
            switch("follow-link", Some('L'), "Always follow symbol link in SRC_PATH"),
            switch(
                "quiet",
                Some('q'),
                "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
            ),
        ],
        arity: Arity::Exactly(2),
    },
    Spec {
        verb: Verb::Logs,
        names: &["container logs", "logs"],
        usage: "[OPTIONS] CONTAINER",
        short: "Fetch the logs of a container",
        long: "",
        flags: &[
            switch("details", None, "Show extra details provided to logs"),
            switch("follow", Some('f'), "Follow log output"),
            text(
                "since",
                None,
                r#"Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)"#,
            ),
            text("tail", Some('n'), r#"Number of lines to show from the end of the logs (default "all")"#),
            switch("timestamps", Some('t'), "Show timestamps"),
            text(
                "until",
                None,
                r#"Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)"#,
            ),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Attach,
        names: &["container attach", "attach"],
        usage: "[OPTIONS] CONTAINER",
        short: "Attach local standard input, output, and error streams to a running container",
        long: "",
        flags: &[
            DETACH_KEYS,
            switch("no-stdin", None, "Do not attach STDIN"),
            Flag::new("sig-proxy", None, Kind::Switch(true), "Proxy all received signals to the process"),
        ],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Export,
        names: &["container export", "export"],
        usage: "[OPTIONS] CONTAINER",
        short: "Export a container's filesystem as a tar archive",
        long: "",
        flags: &[text("output", Some('o'), "Write to a file, instead of STDOUT")],
        arity: Arity::Exactly(1),
    },
    Spec {
        verb: Verb::Pause,
        names: &["container pause", "pause"],
        usage: "CONTAINER [CONTAINER...]",
        short: "Pause all processes within one or more containers",
        long: "",
        flags: &[],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Unpause,
        names: &["container unpause", "unpause"],
        usage: "CONTAINER [CONTAINER...]",
        short: "Unpause all processes within one or more containers",
        long: "",
        flags: &[],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::Port,
        names: &["container port", "port"],
        usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
        short: "List port mappings or a specific mapping for the container",
        long: "",
        flags: &[],
        arity: Arity::Between(1, 2),
    },
    Spec {
        verb: Verb::Stats,
        names: &["container stats", "stats"],
        usage: "[OPTIONS] [CONTAINER...]",
        short: "Display a live stream of container(s) resource usage statistics",
        long: "",
        flags: &[
            switch("all", Some('a'), "Show all containers (default shows just running)"),
            ROW_FORMAT,
            switch("no-stream", None, "Disable streaming stats and only pull the first result"),
            switch("no-trunc", None, "Do not truncate output"),
        ],
        arity: Arity::AtLeast(0),
    },
    Spec {
        verb: Verb::Top,
        names: &["container top", "top"],
        usage: "CONTAINER [ps OPTIONS]",
        short: "Display the running processes of a container",
        long: "",
        flags: &[],
        arity: Arity::AtLeast(1),
    },
    Spec {
        verb: Verb::ContainerInspect,
        names: &["container inspect"],
        usage: "[OPTIONS] CONTAINER [CONTAINER...]",
        short: "Display detailed information on one or more containers",
        long: "",
        flags: &[ONE_FORMAT, switch("size", Some('s'), "Display total file sizes")],
        arity: Arity::AtLeast(1),
    },
];
