//! What the daemon refuses of what is asked of the host (moby, daemon/container.go, `daemon_unix.go`, volume/mounts). Only what can
//! be seen without a host: no file of it is looked at.

use serde_json::{Map, Value};

use super::host::Host;
use super::start;
use crate::docker::error;
use crate::engine::Engine;

/// The least that a container can be given.
const LEAST_MEMORY: i64 = 6 << 20;
/// A health check may not come more often, in nanoseconds.
const SHORTEST_CHECK: i64 = 1_000_000;
const LOG_DRIVERS: &[&str] =
    &["awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "none", "splunk", "syslog"];
const LOG_OPTIONS: &[&str] = &[
    "max-file",
    "max-size",
    "compress",
    "labels",
    "labels-regex",
    "env",
    "env-regex",
    "tag",
    "mode",
    "max-buffer-size",
];
const CAPABILITIES: &[&str] = &[
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// Looks at what is asked for.
///
/// # Errors
/// The daemon's sentence.
pub(super) fn check(host: &Host, engine: &Engine) -> Result<(), String> {
    if let Some(signal) = host.stop_signal.as_ref().filter(|signal| !start::is_signal(signal)) {
        return Err(format!("invalid signal: {signal}"));
    }
    let interval = host.health.as_ref().and_then(|check| check["Interval"].as_i64());
    if interval.is_some_and(|interval| (1..SHORTEST_CHECK).contains(&interval)) {
        return Err("Interval in Healthcheck cannot be less than 1ms".to_owned());
    }
    restart(&host.config)?;
    capabilities(&host.config)?;
    memory(&host.config)?;
    mounts(&host.config)?;
    logs(&host.config)?;
    others(&host.config, engine)
}

fn number(config: &Map<String, Value>, key: &str) -> i64 {
    config.get(key).and_then(Value::as_i64).unwrap_or(0)
}

fn texts<'a>(config: &'a Map<String, Value>, key: &str) -> impl Iterator<Item = &'a str> {
    config.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn text<'a>(config: &'a Map<String, Value>, key: &str) -> &'a str {
    config.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn restart(config: &Map<String, Value>) -> Result<(), String> {
    let Some(policy) = config.get("RestartPolicy") else { return Ok(()) };
    let (name, count) =
        (policy["Name"].as_str().unwrap_or_default(), policy["MaximumRetryCount"].as_i64().unwrap_or(0));
    match name {
        "always" | "no" | "unless-stopped" if count != 0 => {
            let negative = if count < 0 { " and cannot be negative" } else { "" };
            Err(format!("invalid restart policy: maximum retry count can only be used with 'on-failure'{negative}"))
        }
        "on-failure" if count < 0 => Err("invalid restart policy: maximum retry count cannot be negative".to_owned()),
        "always" | "no" | "unless-stopped" | "on-failure" => Ok(()),
        name => Err(format!(
            "invalid restart policy: unknown policy '{name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'"
        )),
    }
}

fn capabilities(config: &Map<String, Value>) -> Result<(), String> {
    for key in ["CapAdd", "CapDrop"] {
        for name in texts(config, key) {
            let upper = name.to_uppercase();
            let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
            if !CAPABILITIES.contains(&bare) {
                return Err(format!("invalid {key}: unknown capability: \"CAP_{bare}\""));
            }
        }
    }
    Ok(())
}

fn memory(config: &Map<String, Value>) -> Result<(), String> {
    let (memory, swap) = (number(config, "Memory"), number(config, "MemorySwap"));
    if memory > 0 && memory < LEAST_MEMORY {
        return Err("Minimum memory limit allowed is 6MB".to_owned());
    }
    if memory > 0 && swap > 0 && swap < memory {
        return Err("Minimum memoryswap limit should be larger than memory limit, see usage".to_owned());
    }
    if memory == 0 && swap > 0 {
        return Err("You should always set the Memory limit when using Memoryswap limit, see usage".to_owned());
    }
    let score = number(config, "OomScoreAdj");
    if (-1000..=1000).contains(&score) {
        return Ok(());
    }
    Err(format!("Invalid value {score}, range for oom score adj is [-1000, 1000]"))
}

fn mounts(config: &Map<String, Value>) -> Result<(), String> {
    texts(config, "Binds").try_for_each(bind)?;
    for mount in config.get("Mounts").and_then(Value::as_array).into_iter().flatten() {
        let [kind, source, target] = ["Type", "Source", "Target"].map(|key| mount[key].as_str().unwrap_or_default());
        let bad = |reason: String| Err(format!("invalid mount config for type {kind:?}: {reason}"));
        match kind {
            "bind" if source.is_empty() => return bad("field Source must not be empty".to_owned()),
            "bind" if !source.starts_with('/') => return bad(not_absolute(source)),
            "tmpfs" if !source.is_empty() => return bad("field Source must not be specified".to_owned()),
            "bind" | "volume" | "tmpfs" | "image" | "cluster" => {}
            _ => return bad("mount type unknown".to_owned()),
        }
        if !target.starts_with('/') {
            return bad(not_absolute(target));
        }
    }
    let places = config.get("Tmpfs").and_then(Value::as_object);
    match places.into_iter().flatten().find(|(place, _)| !place.starts_with('/')) {
        Some((place, _)) => Err(not_absolute(place)),
        None => Ok(()),
    }
}

fn not_absolute(path: &str) -> String {
    format!("invalid mount path: '{path}' mount path must be absolute")
}

/// `source:target[:mode]`; a source that is no path is the name of a volume.
fn bind(spec: &str) -> Result<(), String> {
    let parts: Vec<&str> = spec.split(':').collect();
    let (source, target, mode) = match parts.as_slice() {
        [source, target] => (*source, *target, ""),
        [source, target, mode] => (*source, *target, *mode),
        _ => return Err(format!("invalid volume specification: '{spec}'")),
    };
    let known = [
        "ro",
        "rw",
        "z",
        "Z",
        "nocopy",
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "consistent",
        "cached",
        "delegated",
    ];
    let words: Vec<&str> = mode.split(',').filter(|word| !word.is_empty()).collect();
    let both = |one: &str, other: &str| words.contains(&one) && words.contains(&other);
    if words.iter().any(|word| !known.contains(word)) || both("ro", "rw") || both("z", "Z") {
        return Err(format!("invalid mode: {mode}"));
    }
    let is_path = source.starts_with(['/', '.', '~']);
    if !target.starts_with('/') {
        let kind = if is_path { "bind" } else { "volume" };
        let reason = format!("invalid mount config for type {kind:?}: {}", not_absolute(target));
        return Err(format!("invalid volume specification: '{spec}': {reason}"));
    }
    let is_name = source.starts_with(|c: char| c.is_ascii_alphanumeric())
        && source.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if is_path || is_name {
        return Ok(());
    }
    Err(format!(
        "create {source}: {source:?} includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are \
         allowed. If you intended to pass a host directory, use absolute path"
    ))
}

fn logs(config: &Map<String, Value>) -> Result<(), String> {
    let Some(log) = config.get("LogConfig") else { return Ok(()) };
    let driver = log["Type"].as_str().unwrap_or_default();
    if !LOG_DRIVERS.contains(&driver) {
        return Err(format!("error looking up logging plugin {driver}: plugin {driver:?} not found"));
    }
    let mut options = log["Config"].as_object().into_iter().flatten();
    match options.find(|(name, _)| driver == "json-file" && !LOG_OPTIONS.contains(&name.as_str())) {
        Some((name, _)) => Err(format!("unknown log opt '{name}' for json-file log driver")),
        None => Ok(()),
    }
}

/// Tells whether a text names processors: `0-3` or `0,1`.
fn is_cpu_list(text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let range =
        |text: &str| text.split_once('-').map_or_else(|| number(text), |(first, last)| number(first) && number(last));
    text.is_empty() || text.split(',').all(range)
}

/// What names another container, and what no other engine knows either.
fn others(config: &Map<String, Value>, engine: &Engine) -> Result<(), String> {
    let modes = ["PidMode", "IpcMode", "NetworkMode"].map(|key| text(config, key).strip_prefix("container:"));
    let from = texts(config, "VolumesFrom").map(|it| it.split(':').next().unwrap_or_default());
    for name in modes[..2].iter().flatten().copied().chain(from) {
        engine.shelf().find(name).map_err(|error| error::container(&error))?;
    }
    for name in texts(config, "Links").map(|link| link.split(':').next().unwrap_or_default()) {
        let missing = |error| format!("could not get container for {name}: {}", error::container(&error));
        engine.shelf().find(name).map_err(missing)?;
    }
    for (key, what) in [("CpusetCpus", "cpus"), ("CpusetMems", "mems")] {
        let value = text(config, key);
        if !is_cpu_list(value) {
            return Err(format!("Invalid value {value} for cpuset {what}: invalid format: {value}"));
        }
    }
    let ipc = text(config, "IpcMode");
    if !["", "private", "shareable", "host", "none"].contains(&ipc) && modes[1].is_none() {
        return Err(format!("invalid IPC mode: {ipc}"));
    }
    let isolation = text(config, "Isolation");
    if !["", "default"].contains(&isolation) {
        return Err(format!("invalid isolation: {isolation:?} - linux only supports 'default'"));
    }
    let runtime = text(config, "Runtime");
    if !["", "runc", "io.containerd.runc.v2"].contains(&runtime) {
        return Err(format!("unknown or invalid runtime name: {runtime}"));
    }
    Ok(())
}
