//! The JSON that `docker inspect` prints of a container: all keys that Docker's has, with what was asked for, and with its defaults
//! where nothing was. Makes values, prints nothing.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::document::NEVER;
use crate::container::{Record, State};

/// Describes a container. It has no network, no mounts and no files on the host, so those are empty.
pub(super) fn container(record: &Record) -> Value {
    let command = record.command();
    let (path, arguments) = command.split_first().map_or(("", &[][..]), |(path, rest)| (path.as_str(), rest));
    json!({
        "Id": record.id,
        "Created": record.created.to_string(),
        "Path": path,
        "Args": arguments,
        "State": state(record),
        "Image": record.image,
        "ResolvConfPath": "",
        "HostnamePath": "",
        "HostsPath": "",
        "LogPath": "",
        "Name": format!("/{}", record.name),
        "RestartCount": 0,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": null,
        "HostConfig": host_config(record),
        "GraphDriver": { "Data": null, "Name": "overlay2" },
        "Mounts": [],
        "Config": config(record),
        "NetworkSettings": network_settings(),
    })
}

fn state(record: &Record) -> Value {
    let time = |at: Option<Timestamp>| at.map_or_else(|| NEVER.to_owned(), |at| at.to_string());
    let code = if let State::Exited(code) = record.state { code } else { 0 };
    json!({
        "Status": record.state.word(),
        "Running": record.is_running(),
        "Paused": record.state == State::Paused,
        "Restarting": false,
        "OOMKilled": false,
        "Dead": false,
        "Pid": 0,
        "ExitCode": code,
        "Error": "",
        "StartedAt": time(record.started),
        "FinishedAt": time(record.finished),
    })
}

fn config(record: &Record) -> Value {
    let (config, options) = (&record.config, &record.options);
    let attached = !options.detached;
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    put("Hostname", json!(record.hostname()));
    put("Domainname", json!(options.domain));
    put("User", json!(config.user));
    put("AttachStdin", json!(options.open_stdin && attached));
    put("AttachStdout", json!(attached));
    put("AttachStderr", json!(attached));
    if let Some(ports) = config.exposed_ports.as_ref().filter(|ports| !ports.is_empty()) {
        put("ExposedPorts", json!(ports));
    }
    put("Tty", json!(options.tty));
    put("OpenStdin", json!(options.open_stdin));
    put("StdinOnce", json!(options.open_stdin && attached));
    put("Env", json!(config.env.clone().unwrap_or_default()));
    put("Cmd", json!(config.cmd));
    if let Some(check) = config.healthcheck.as_ref().filter(|check| !check.is_null()) {
        put("Healthcheck", check.clone());
    }
    put("Image", json!(record.image_name));
    put("Volumes", json!(config.volumes));
    put("WorkingDir", json!(config.working_dir));
    put("Entrypoint", json!(config.entrypoint));
    put("OnBuild", json!(config.on_build));
    put("Labels", json!(config.labels.clone().unwrap_or_default()));
    if !config.stop_signal.is_empty() {
        put("StopSignal", json!(config.stop_signal));
    }
    if let Some(seconds) = config.stop_timeout {
        put("StopTimeout", json!(seconds));
    }
    if let Some(shell) = &config.shell {
        put("Shell", json!(shell));
    }
    Value::Object(object)
}

/// Lays what was asked for over Docker's defaults.
fn host_config(record: &Record) -> Value {
    let mut config = Map::new();
    for part in [defaults(), no_limits(), hidden_paths()] {
        if let Value::Object(part) = part {
            config.extend(part);
        }
    }
    config.insert("AutoRemove".to_owned(), json!(record.options.auto_remove));
    config.extend(record.options.host.clone());
    Value::Object(config)
}

fn defaults() -> Value {
    json!({
        "Binds": null,
        "ContainerIDFile": "",
        "LogConfig": { "Type": "json-file", "Config": {} },
        "NetworkMode": "none",
        "PortBindings": {},
        "RestartPolicy": { "Name": "no", "MaximumRetryCount": 0 },
        "AutoRemove": false,
        "VolumeDriver": "",
        "VolumesFrom": null,
        "ConsoleSize": [0, 0],
        "CapAdd": null,
        "CapDrop": null,
        "CgroupnsMode": "private",
        "Dns": [],
        "DnsOptions": [],
        "DnsSearch": [],
        "ExtraHosts": null,
        "GroupAdd": null,
        "IpcMode": "private",
        "Cgroup": "",
        "Links": null,
        "OomScoreAdj": 0,
        "PidMode": "",
        "Privileged": false,
        "PublishAllPorts": false,
        "ReadonlyRootfs": false,
        "SecurityOpt": null,
        "UTSMode": "",
        "UsernsMode": "",
        "ShmSize": 67_108_864,
        "Runtime": "runc",
        "Isolation": "",
    })
}

fn no_limits() -> Value {
    json!({
        "CpuShares": 0,
        "Memory": 0,
        "NanoCpus": 0,
        "CgroupParent": "",
        "BlkioWeight": 0,
        "BlkioWeightDevice": [],
        "BlkioDeviceReadBps": [],
        "BlkioDeviceWriteBps": [],
        "BlkioDeviceReadIOps": [],
        "BlkioDeviceWriteIOps": [],
        "CpuPeriod": 0,
        "CpuQuota": 0,
        "CpuRealtimePeriod": 0,
        "CpuRealtimeRuntime": 0,
        "CpusetCpus": "",
        "CpusetMems": "",
        "Devices": [],
        "DeviceCgroupRules": null,
        "DeviceRequests": null,
        "MemoryReservation": 0,
        "MemorySwap": 0,
        "MemorySwappiness": null,
        "OomKillDisable": null,
        "PidsLimit": null,
        "Ulimits": [],
        "CpuCount": 0,
        "CpuPercent": 0,
        "IOMaximumIOps": 0,
        "IOMaximumBandwidth": 0,
    })
}

/// What a program sees nothing of, or cannot change.
fn hidden_paths() -> Value {
    json!({
        "MaskedPaths": [
            "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
            "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
            "/sys/devices/virtual/powercap",
        ],
        "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    })
}

/// Nothing is connected.
fn network_settings() -> Value {
    json!({
        "Bridge": "",
        "SandboxID": "",
        "SandboxKey": "",
        "Ports": {},
        "HairpinMode": false,
        "LinkLocalIPv6Address": "",
        "LinkLocalIPv6PrefixLen": 0,
        "SecondaryIPAddresses": null,
        "SecondaryIPv6Addresses": null,
        "EndpointID": "",
        "Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "IPAddress": "",
        "IPPrefixLen": 0,
        "IPv6Gateway": "",
        "MacAddress": "",
        "Networks": {},
    })
}
