//! What the flags of `docker run` ask of the host: limits, ports, mounts, networks, rights. A workbook has none of that to give, so
//! it is read and checked as the client does (docker/cli, cli/command/container/opts.go), and `docker inspect` shows it.

use serde_json::{Map, Value, json};

use crate::docker::flags::Parsed;
use crate::docker::ports;

/// What is asked of the host, and what of it goes into the container's own configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Host {
    /// What differs from Docker's defaults, under the keys of `HostConfig`.
    pub config: Map<String, Value>,
    /// Ports inside, as `80/tcp`.
    pub exposed: Vec<String>,
    /// Places of volumes without a name.
    pub volumes: Vec<String>,
    /// `--stop-signal`.
    pub stop_signal: Option<String>,
    /// `--stop-timeout`.
    pub stop_timeout: Option<i64>,
    /// `--domainname`.
    pub domain: String,
    /// The health check, if one is given or taken away.
    pub health: Option<Value>,
}

const NUMBERS: &[(&str, &str)] = &[
    ("memory", "Memory"),
    ("memory-reservation", "MemoryReservation"),
    ("memory-swap", "MemorySwap"),
    ("memory-swappiness", "MemorySwappiness"),
    ("cpus", "NanoCpus"),
    ("cpu-shares", "CpuShares"),
    ("cpu-period", "CpuPeriod"),
    ("cpu-quota", "CpuQuota"),
    ("cpu-rt-period", "CpuRealtimePeriod"),
    ("cpu-rt-runtime", "CpuRealtimeRuntime"),
    ("blkio-weight", "BlkioWeight"),
    ("pids-limit", "PidsLimit"),
    ("oom-score-adj", "OomScoreAdj"),
    ("shm-size", "ShmSize"),
];
const TEXTS: &[(&str, &str)] = &[
    ("cgroup-parent", "CgroupParent"),
    ("cgroupns", "CgroupnsMode"),
    ("cidfile", "ContainerIDFile"),
    ("cpuset-cpus", "CpusetCpus"),
    ("cpuset-mems", "CpusetMems"),
    ("ipc", "IpcMode"),
    ("isolation", "Isolation"),
    ("pid", "PidMode"),
    ("runtime", "Runtime"),
    ("userns", "UsernsMode"),
    ("uts", "UTSMode"),
    ("volume-driver", "VolumeDriver"),
];
const LISTS: &[(&str, &str)] = &[
    ("add-host", "ExtraHosts"),
    ("cap-add", "CapAdd"),
    ("cap-drop", "CapDrop"),
    ("device-cgroup-rule", "DeviceCgroupRules"),
    ("dns", "Dns"),
    ("dns-option", "DnsOptions"),
    ("dns-search", "DnsSearch"),
    ("group-add", "GroupAdd"),
    ("link", "Links"),
    ("security-opt", "SecurityOpt"),
    ("volumes-from", "VolumesFrom"),
];
const SWITCHES: &[(&str, &str)] = &[
    ("init", "Init"),
    ("oom-kill-disable", "OomKillDisable"),
    ("privileged", "Privileged"),
    ("publish-all", "PublishAllPorts"),
    ("read-only", "ReadonlyRootfs"),
];
const MAPS: &[(&str, &str)] = &[("annotation", "Annotations"), ("storage-opt", "StorageOpt"), ("sysctl", "Sysctls")];

impl Host {
    /// Reads the flags, in the order in which the client looks at them.
    ///
    /// # Errors
    /// The client's sentence.
    pub(super) fn read(parsed: &Parsed) -> Result<Self, String> {
        let mut host = Self {
            stop_signal: parsed.non_empty("stop-signal"),
            stop_timeout: parsed.number("stop-timeout"),
            domain: parsed.text("domainname").unwrap_or_default().to_owned(),
            ..Self::default()
        };
        if let Some(address) = parsed.non_empty("mac-address").filter(|address| !is_mac_address(address)) {
            return Err(format!("{address} is not a valid mac address"));
        }
        if let Some(bad) = parsed.number("memory-swappiness").filter(|it| *it != -1 && !(0..=100).contains(it)) {
            return Err(format!("invalid value: {bad}. Valid memory swappiness range is 0-100"));
        }
        host.put_plain(parsed);
        host.put_mounts(parsed)?;
        host.put_ports(parsed)?;
        parsed.list("device").iter().try_for_each(|device| check_device(device))?;
        check_modes(parsed)?;
        host.put_restart(parsed)?;
        for option in parsed.list("security-opt") {
            let single = ["no-new-privileges", "systempaths=unconfined", "writable-cgroups"].contains(&option.as_str());
            if !single && !option.contains(['=', ':']) {
                return Err(format!("Invalid --security-opt: {option:?}"));
            }
        }
        if parsed.list("storage-opt").iter().any(|option| !option.contains('=')) {
            return Err("invalid storage option".to_owned());
        }
        host.health = health(parsed)?;
        host.put_network(parsed)?;
        Ok(host)
    }

    /// Takes over what needs no second look.
    fn put_plain(&mut self, parsed: &Parsed) {
        let config = &mut self.config;
        let mut put = |key: &str, value: Value| drop(config.insert(key.to_owned(), value));
        for (flag, key) in NUMBERS {
            if let Some(number) = parsed.number(flag) {
                put(key, json!(number));
            }
        }
        if let (Some(memory), None) = (parsed.number("memory"), parsed.number("memory-swap")) {
            put("MemorySwap", json!(memory * 2));
        }
        for (flag, key) in TEXTS {
            if let Some(text) = parsed.non_empty(flag) {
                put(key, json!(text));
            }
        }
        for (flag, key) in LISTS {
            let list: Vec<String> = parsed.list(flag).into_iter().chain(aliased(parsed, flag)).collect();
            let list = list.into_iter().map(|item| if *flag == "add-host" { item.replacen('=', ":", 1) } else { item });
            let list: Vec<String> = list.collect();
            if !list.is_empty() {
                put(key, json!(list));
            }
        }
        for (flag, key) in SWITCHES {
            if parsed.is(flag) {
                put(key, json!(true));
            }
        }
        for (flag, key) in MAPS {
            let pairs: Map<String, Value> = map(&parsed.list(flag));
            if !pairs.is_empty() {
                put(key, Value::Object(pairs));
            }
        }
        let (driver, options) = (parsed.non_empty("log-driver"), map(&parsed.list("log-opt")));
        if driver.is_some() || !options.is_empty() {
            let driver = driver.unwrap_or_else(|| "json-file".to_owned());
            put("LogConfig", json!({ "Type": driver, "Config": options }));
        }
        let limits: Vec<Value> = parsed.list("ulimit").iter().filter_map(|limit| ulimit(limit)).collect();
        if !limits.is_empty() {
            put("Ulimits", json!(limits));
        }
    }

    /// Volumes and mounts: what has no name and no place on the host belongs to the container.
    fn put_mounts(&mut self, parsed: &Parsed) -> Result<(), String> {
        let mut binds = Vec::new();
        for volume in parsed.list("volume") {
            if volume.is_empty() {
                return Err("invalid empty volume spec".to_owned());
            }
            if volume.contains(':') { binds.push(volume) } else { self.volumes.push(volume) }
        }
        if !binds.is_empty() {
            self.config.insert("Binds".to_owned(), json!(binds));
        }
        let mounts: Vec<Value> = parsed.list("mount").iter().map(|mount| mount_fields(mount)).collect();
        if !mounts.is_empty() {
            self.config.insert("Mounts".to_owned(), json!(mounts));
        }
        let places = parsed.list("tmpfs");
        let places = places.iter().map(|place| place.split_once(':').unwrap_or((place, "")));
        let places: Map<String, Value> = places.map(|(place, options)| (place.to_owned(), json!(options))).collect();
        if !places.is_empty() {
            self.config.insert("Tmpfs".to_owned(), Value::Object(places));
        }
        Ok(())
    }

    fn put_ports(&mut self, parsed: &Parsed) -> Result<(), String> {
        let mut bindings: Map<String, Value> = Map::new();
        for text in parsed.list("publish") {
            for port in ports::publish(&text)? {
                let binding = json!({ "HostIp": port.address, "HostPort": port.outside });
                match bindings.get_mut(&port.inside) {
                    Some(Value::Array(known)) => known.push(binding),
                    _ => drop(bindings.insert(port.inside.clone(), json!([binding]))),
                }
                self.exposed.push(port.inside);
            }
        }
        for text in parsed.list("expose") {
            let (range, protocol) = ports::protocol(&text);
            let (first, last) = ports::range(range)
                .map_err(|reason| format!("invalid range format for --expose: {range}, error: {reason}"))?;
            self.exposed.extend((first..=last).map(|port| format!("{port}/{protocol}")));
        }
        if !bindings.is_empty() {
            self.config.insert("PortBindings".to_owned(), Value::Object(bindings));
        }
        Ok(())
    }

    fn put_restart(&mut self, parsed: &Parsed) -> Result<(), String> {
        let Some(policy) = parsed.non_empty("restart") else { return Ok(()) };
        let (name, count) = policy.split_once(':').map_or((policy.as_str(), None), |(name, count)| (name, Some(count)));
        if name.is_empty() {
            return Err("invalid restart policy format: no policy provided before colon".to_owned());
        }
        let count: Result<i64, _> = count.unwrap_or("0").parse();
        let count =
            count.map_err(|_| "invalid restart policy format: maximum retry count must be an integer".to_owned())?;
        if parsed.is("rm") && name != "no" {
            return Err("conflicting options: cannot specify both --restart and --rm".to_owned());
        }
        let policy = json!({ "Name": name, "MaximumRetryCount": count });
        self.config.insert("RestartPolicy".to_owned(), policy);
        Ok(())
    }

    fn put_network(&mut self, parsed: &Parsed) -> Result<(), String> {
        let asked = parsed.list("network").into_iter().chain(parsed.list("net"));
        for network in asked {
            let field =
                |field: &str| field.split_once('=').filter(|(key, _)| *key == "name").map(|(_, name)| name.to_owned());
            let name =
                if network.contains('=') { network.split(',').find_map(field).unwrap_or_default() } else { network };
            if name.is_empty() {
                return Err("no name set for network".to_owned());
            }
            self.config.entry("NetworkMode").or_insert(json!(name));
        }
        Ok(())
    }
}

/// What was given under the other name of a flag.
fn aliased(parsed: &Parsed, flag: &str) -> Vec<String> {
    if flag == "dns-option" { parsed.list("dns-opt") } else { Vec::new() }
}

fn map(pairs: &[String]) -> Map<String, Value> {
    let parts = pairs.iter().map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    parts.map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn ulimit(text: &str) -> Option<Value> {
    let (name, limits) = text.split_once('=')?;
    let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
    Some(json!({ "Name": name, "Hard": hard.parse::<i64>().ok()?, "Soft": soft.parse::<i64>().ok()? }))
}

fn mount_fields(text: &str) -> Value {
    let mut fields = Map::new();
    fields.insert("Type".to_owned(), json!("volume"));
    for field in text.split(',') {
        let (key, value) = field.split_once('=').unwrap_or((field, "true"));
        match key.to_lowercase().as_str() {
            "type" => drop(fields.insert("Type".to_owned(), json!(value.to_lowercase()))),
            "source" | "src" => drop(fields.insert("Source".to_owned(), json!(value))),
            "target" | "dst" | "destination" => drop(fields.insert("Target".to_owned(), json!(value))),
            "readonly" | "ro" if matches!(value, "1" | "t" | "T" | "TRUE" | "true" | "True") => {
                drop(fields.insert("ReadOnly".to_owned(), json!(true)));
            }
            _ => {}
        }
    }
    Value::Object(fields)
}

fn is_mac_address(text: &str) -> bool {
    let byte = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<&str> = text.split([':', '-']).collect();
    matches!(parts.len(), 6 | 8 | 20) && parts.into_iter().all(byte)
}

/// `outside[:inside[:rights]]`, or the name of a device that a plugin knows.
fn check_device(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split(':').collect();
    let is_mode = |text: &str| !text.is_empty() && text.chars().all(|c| "rwm".contains(c));
    match parts.as_slice() {
        [""] | [_, _, _, _, ..] => Err(format!("bad format for path: {text}")),
        [_, _, mode] if !is_mode(mode) => Err(format!("bad mode specified: {mode}")),
        [_, inside, ..] if !inside.starts_with('/') && !is_mode(inside) => {
            Err(format!("{inside} is not an absolute path"))
        }
        _ => Ok(()),
    }
}

/// What may be shared with the host or with another container.
fn check_modes(parsed: &Parsed) -> Result<(), String> {
    let given = |flag: &str| parsed.non_empty(flag);
    let of_another = |mode: &str| mode.strip_prefix("container:").is_some_and(|name| !name.is_empty());
    if given("pid").is_some_and(|mode| mode != "host" && !of_another(&mode)) {
        return Err("--pid: invalid PID mode".to_owned());
    }
    for (flag, word) in [("uts", "UTS"), ("userns", "USER")] {
        if given(flag).is_some_and(|mode| mode != "host") {
            return Err(format!("--{flag}: invalid {word} mode"));
        }
    }
    if given("cgroupns").is_some_and(|mode| mode != "host" && mode != "private") {
        return Err("--cgroupns: invalid CGROUP mode".to_owned());
    }
    Ok(())
}

/// Reads the flags of a health check. None is ever made here; it is shown as it was asked for.
fn health(parsed: &Parsed) -> Result<Option<Value>, String> {
    let command = parsed.non_empty("health-cmd");
    let times = [
        ("health-interval", "Interval"),
        ("health-timeout", "Timeout"),
        ("health-start-period", "StartPeriod"),
        ("health-start-interval", "StartInterval"),
        ("health-retries", "Retries"),
    ];
    let given = times.iter().filter_map(|(flag, key)| Some((*flag, *key, parsed.number(flag).filter(|it| *it != 0)?)));
    let given: Vec<(&str, &str, i64)> = given.collect();
    if parsed.is("no-healthcheck") {
        if command.is_some() || !given.is_empty() {
            return Err("--no-healthcheck conflicts with --health-* options".to_owned());
        }
        return Ok(Some(json!({ "Test": ["NONE"] })));
    }
    if let Some((flag, ..)) = given.iter().find(|(.., number)| *number < 0) {
        return Err(format!("--{flag} cannot be negative"));
    }
    if command.is_none() && given.is_empty() {
        return Ok(None);
    }
    let mut check = Map::new();
    if let Some(command) = command {
        check.insert("Test".to_owned(), json!(["CMD-SHELL", command]));
    }
    check.extend(given.into_iter().map(|(_, key, number)| (key.to_owned(), json!(number))));
    Ok(Some(Value::Object(check)))
}
