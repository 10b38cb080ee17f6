//! The flags of `docker run` and `docker create`: nearly all are common to both (docker/cli, cli/command/container/opts.go).

use super::flag_values::Value;
use super::flags::{Flag, Kind};

/// The flags of `docker run`.
pub(super) static RUN: [Flag; COMMON.len() + RUN_ONLY.len()] = joined(COMMON, RUN_ONLY);
/// The flags of `docker create`.
pub(super) static CREATE: [Flag; COMMON.len() + CREATE_ONLY.len()] = joined(COMMON, CREATE_ONLY);

const RUN_ONLY: &[Flag] = &[
    Flag::new("detach", Some('d'), Kind::Switch(false), "Run container in background and print container ID"),
    Flag::new("detach-keys", None, Kind::Text, "Override the key sequence for detaching a container"),
    Flag::new(
        "pull",
        None,
        Kind::Text,
        "Pull image before running (\"always\", \"missing\", \"never\") (default \"missing\")",
    ),
    Flag::new("sig-proxy", None, Kind::Switch(true), "Proxy received signals to the process"),
];

const CREATE_ONLY: &[Flag] = &[Flag::new(
    "pull",
    None,
    Kind::Text,
    "Pull image before creating (\"always\", \"|missing\", \"never\") (default \"missing\")",
)];

/// Those without a line on the page are other names of a flag, or not shown beside every engine.
const COMMON: &[Flag] = &[
    Flag::new("add-host", None, Kind::Of(Value::HostEntry), "Add a custom host-to-IP mapping (host:ip)"),
    Flag::new("attach", Some('a'), Kind::Of(Value::Attach), "Attach to STDIN, STDOUT or STDERR"),
    Flag::new(
        "blkio-weight",
        None,
        Kind::Of(Value::Weight),
        "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)",
    ),
    Flag::new(
        "blkio-weight-device",
        None,
        Kind::Of(Value::DeviceWeight),
        "Block IO weight (relative device weight) (default [])",
    ),
    Flag::new("cap-add", None, Kind::List, "Add Linux capabilities"),
    Flag::new("cap-drop", None, Kind::List, "Drop Linux capabilities"),
    Flag::new("cgroup-parent", None, Kind::Text, "Optional parent cgroup for the container"),
    Flag::new(
        "cgroupns",
        None,
        Kind::Text,
        "Cgroup namespace to use (host|private)\n\
         'host':    Run the container in the Docker host's cgroup namespace\n\
         'private': Run the container in its own private cgroup namespace\n\
         '':        Use the cgroup namespace as configured by the\n           default-cgroupns-mode option on the daemon (default)",
    ),
    Flag::new("cidfile", None, Kind::Text, "Write the container ID to the file"),
    Flag::new("cpu-period", None, Kind::Number(""), "Limit CPU CFS (Completely Fair Scheduler) period"),
    Flag::new("cpu-quota", None, Kind::Number(""), "Limit CPU CFS (Completely Fair Scheduler) quota"),
    Flag::new("cpu-rt-period", None, Kind::Number(""), "Limit CPU real-time period in microseconds"),
    Flag::new("cpu-rt-runtime", None, Kind::Number(""), "Limit CPU real-time runtime in microseconds"),
    Flag::new("cpu-shares", Some('c'), Kind::Number(""), "CPU shares (relative weight)"),
    Flag::new("cpus", None, Kind::Of(Value::Cpus), "Number of CPUs"),
    Flag::new("cpuset-cpus", None, Kind::Text, "CPUs in which to allow execution (0-3, 0,1)"),
    Flag::new("cpuset-mems", None, Kind::Text, "MEMs in which to allow execution (0-3, 0,1)"),
    Flag::new("device", None, Kind::List, "Add a host device to the container"),
    Flag::new("device-cgroup-rule", None, Kind::Of(Value::DeviceRule), "Add a rule to the cgroup allowed devices list"),
    Flag::new(
        "device-read-bps",
        None,
        Kind::Of(Value::DeviceBytes),
        "Limit read rate (bytes per second) from a device (default [])",
    ),
    Flag::new(
        "device-read-iops",
        None,
        Kind::Of(Value::DeviceRate),
        "Limit read rate (IO per second) from a device (default [])",
    ),
    Flag::new(
        "device-write-bps",
        None,
        Kind::Of(Value::DeviceBytes),
        "Limit write rate (bytes per second) to a device (default [])",
    ),
    Flag::new(
        "device-write-iops",
        None,
        Kind::Of(Value::DeviceRate),
        "Limit write rate (IO per second) to a device (default [])",
    ),
    Flag::new("disable-content-trust", None, Kind::Switch(true), "Skip image verification"),
    Flag::new("dns", None, Kind::Of(Value::Address), "Set custom DNS servers"),
    Flag::new("dns-option", None, Kind::List, "Set DNS options"),
    Flag::new("dns-search", None, Kind::Of(Value::Domain), "Set custom DNS search domains"),
    Flag::new("domainname", None, Kind::Text, "Container NIS domain name"),
    Flag::new("entrypoint", None, Kind::Text, "Overwrite the default ENTRYPOINT of the image"),
    Flag::new("env", Some('e'), Kind::Variable, "Set environment variables"),
    Flag::new("env-file", None, Kind::List, "Read in a file of environment variables"),
    Flag::new("expose", None, Kind::List, "Expose a port or a range of ports"),
    Flag::new("gpus", None, Kind::Of(Value::Gpus), "GPU devices to add to the container ('all' to pass all GPUs)"),
    Flag::new("group-add", None, Kind::List, "Add additional groups to join"),
    Flag::new("health-cmd", None, Kind::Text, "Command to run to check health"),
    Flag::new(
        "health-interval",
        None,
        Kind::Of(Value::Duration),
        "Time between running the check (ms|s|m|h) (default 0s)",
    ),
    Flag::new("health-retries", None, Kind::Number(""), "Consecutive failures needed to report unhealthy"),
    Flag::new(
        "health-start-period",
        None,
        Kind::Of(Value::Duration),
        "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)",
    ),
    Flag::new(
        "health-timeout",
        None,
        Kind::Of(Value::Duration),
        "Maximum time to allow one check to run (ms|s|m|h) (default 0s)",
    ),
    Flag::new("help", None, Kind::Switch(false), "Print usage"),
    Flag::new("hostname", Some('h'), Kind::Text, "Container host name"),
    Flag::new(
        "init",
        None,
        Kind::Switch(false),
        "Run an init inside the container that forwards signals and reaps processes",
    ),
    Flag::new("interactive", Some('i'), Kind::Switch(false), "Keep STDIN open even if not attached"),
    Flag::new("ip", None, Kind::Text, "IPv4 address (e.g., 172.30.100.104)"),
    Flag::new("ip6", None, Kind::Text, "IPv6 address (e.g., 2001:db8::33)"),
    Flag::new("ipc", None, Kind::Text, "IPC mode to use"),
    Flag::new("isolation", None, Kind::Text, "Container isolation technology"),
    Flag::new("kernel-memory", None, Kind::Of(Value::Bytes), "Kernel memory limit"),
    Flag::new("label", Some('l'), Kind::Of(Value::Label), "Set meta data on a container"),
    Flag::new("label-file", None, Kind::List, "Read in a line delimited file of labels"),
    Flag::new("link", None, Kind::Of(Value::Link), "Add link to another container"),
    Flag::new("link-local-ip", None, Kind::List, "Container IPv4/IPv6 link-local addresses"),
    Flag::new("log-driver", None, Kind::Text, "Logging driver for the container"),
    Flag::new("log-opt", None, Kind::List, "Log driver options"),
    Flag::new("mac-address", None, Kind::Text, "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
    Flag::new("memory", Some('m'), Kind::Of(Value::Bytes), "Memory limit"),
    Flag::new("memory-reservation", None, Kind::Of(Value::Bytes), "Memory soft limit"),
    Flag::new(
        "memory-swap",
        None,
        Kind::Of(Value::Swap),
        "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    ),
    Flag::new("memory-swappiness", None, Kind::Number("-1"), "Tune container memory swappiness (0 to 100)"),
    Flag::new("mount", None, Kind::Of(Value::Mount), "Attach a filesystem mount to the container"),
    Flag::new("name", None, Kind::Text, "Assign a name to the container"),
    Flag::new("network", None, Kind::Of(Value::Network), "Connect a container to a network"),
    Flag::new("network-alias", None, Kind::List, "Add network-scoped alias for the container"),
    Flag::new("no-healthcheck", None, Kind::Switch(false), "Disable any container-specified HEALTHCHECK"),
    Flag::new("oom-kill-disable", None, Kind::Switch(false), "Disable OOM Killer"),
    Flag::new("oom-score-adj", None, Kind::Number(""), "Tune host's OOM preferences (-1000 to 1000)"),
    Flag::new("pid", None, Kind::Text, "PID namespace to use"),
    Flag::new("pids-limit", None, Kind::Number(""), "Tune container pids limit (set -1 for unlimited)"),
    Flag::new("platform", None, Kind::Text, "Set platform if server is multi-platform capable"),
    Flag::new("privileged", None, Kind::Switch(false), "Give extended privileges to this container"),
    Flag::new("publish", Some('p'), Kind::List, "Publish a container's port(s) to the host"),
    Flag::new("publish-all", Some('P'), Kind::Switch(false), "Publish all exposed ports to random ports"),
    Flag::new("quiet", Some('q'), Kind::Switch(false), "Suppress the pull output"),
    Flag::new("read-only", None, Kind::Switch(false), "Mount the container's root filesystem as read only"),
    Flag::new("restart", None, Kind::Text, "Restart policy to apply when a container exits (default \"no\")"),
    Flag::new(
        "rm",
        None,
        Kind::Switch(false),
        "Automatically remove the container and its associated anonymous volumes when it exits",
    ),
    Flag::new("runtime", None, Kind::Text, "Runtime to use for this container"),
    Flag::new("security-opt", None, Kind::List, "Security Options"),
    Flag::new("shm-size", None, Kind::Of(Value::Bytes), "Size of /dev/shm"),
    Flag::new("stop-signal", None, Kind::Text, "Signal to stop the container"),
    Flag::new("stop-timeout", None, Kind::Number(""), "Timeout (in seconds) to stop a container"),
    Flag::new("storage-opt", None, Kind::List, "Storage driver options for the container"),
    Flag::new("sysctl", None, Kind::Of(Value::Sysctl), "Sysctl options (default map[])"),
    Flag::new("tmpfs", None, Kind::List, "Mount a tmpfs directory"),
    Flag::new("tty", Some('t'), Kind::Switch(false), "Allocate a pseudo-TTY"),
    Flag::new("ulimit", None, Kind::Of(Value::Ulimit), "Ulimit options (default [])"),
    Flag::new("use-api-socket", None, Kind::Switch(false), "Bind mount Docker API socket and required auth"),
    Flag::new("user", Some('u'), Kind::Text, "Username or UID (format: <name|uid>[:<group|gid>])"),
    Flag::new("userns", None, Kind::Text, "User namespace to use"),
    Flag::new("uts", None, Kind::Text, "UTS namespace to use"),
    Flag::new("volume", Some('v'), Kind::List, "Bind mount a volume"),
    Flag::new("volume-driver", None, Kind::Text, "Optional volume driver for the container"),
    Flag::new("volumes-from", None, Kind::List, "Mount volumes from the specified container(s)"),
    Flag::new("workdir", Some('w'), Kind::Text, "Working directory inside the container"),
    Flag::new("annotation", None, Kind::Of(Value::Annotation), ""),
    Flag::new("dns-opt", None, Kind::List, ""),
    Flag::new("health-start-interval", None, Kind::Of(Value::Duration), ""),
    Flag::new("net", None, Kind::Of(Value::Network), ""),
    Flag::new("net-alias", None, Kind::List, ""),
];

/// Joins two lists.
const fn joined<const N: usize>(one: &[Flag], other: &[Flag]) -> [Flag; N] {
    let mut flags = [one[0]; N];
    let mut at = 0;
    while at < N {
        flags[at] = if at < one.len() { one[at] } else { other[at - one.len()] };
        at += 1;
    }
    flags
}
