//! The struct behind `docker container inspect`: `container.InspectResponse` of Docker's API.

use super::shape::{Field, NOTHING, Place, Record, SET, Shape, TEXTS, always, omit};

/// The shape of one element of `docker container inspect`'s array.
pub const CONTAINER: Shape = Shape::Struct(&CONTAINER_RECORD);

const TEXT: Shape = Shape::Text;
const BOOL: Shape = Shape::Bool;
const INT: Shape = Shape::Integer("int");
const LONG: Shape = Shape::Integer("int64");
const PAIRS: Shape = Shape::Map(&Shape::Text);

const fn named(name: &'static str, key: &'static str, shape: Shape) -> Field {
    Field { name, key, shape, place: Place::Always }
}

const CONTAINER_RECORD: Record = Record {
    name: "container.InspectResponse",
    fields: &[
        named("ID", "Id", TEXT),
        always("Created", TEXT),
        always("Path", TEXT),
        always("Args", TEXTS),
        always("State", Shape::Pointer(&STATE)),
        always("Image", TEXT),
        always("ResolvConfPath", TEXT),
        always("HostnamePath", TEXT),
        always("HostsPath", TEXT),
        always("LogPath", TEXT),
        always("Name", TEXT),
        always("RestartCount", INT),
        always("Driver", TEXT),
        always("Platform", TEXT),
        always("MountLabel", TEXT),
        always("ProcessLabel", TEXT),
        always("AppArmorProfile", TEXT),
        always("ExecIDs", TEXTS),
        always("HostConfig", Shape::Pointer(&HOST_CONFIG)),
        always("GraphDriver", Shape::Struct(&DRIVER)),
        omit("SizeRw", Shape::Optional("int64")),
        omit("SizeRootFs", Shape::Optional("int64")),
        always("Mounts", Shape::List(&Shape::Any)),
        always("Config", Shape::Pointer(&CONFIG)),
        always("NetworkSettings", Shape::Pointer(&NETWORK_SETTINGS)),
    ],
};

const STATE: Record = Record {
    name: "container.State",
    fields: &[
        always("Status", TEXT),
        always("Running", BOOL),
        always("Paused", BOOL),
        always("Restarting", BOOL),
        always("OOMKilled", BOOL),
        always("Dead", BOOL),
        always("Pid", INT),
        always("ExitCode", INT),
        always("Error", TEXT),
        always("StartedAt", TEXT),
        always("FinishedAt", TEXT),
        omit("Health", Shape::Pointer(&NOTHING)),
    ],
};

const DRIVER: Record = Record { name: "storage.DriverData", fields: &[always("Data", PAIRS), always("Name", TEXT)] };

const HOST_CONFIG: Record = Record {
    name: "container.HostConfig",
    fields: &[
        always("Binds", TEXTS),
        always("ContainerIDFile", TEXT),
        always("LogConfig", Shape::Struct(&LOG_CONFIG)),
        always("NetworkMode", TEXT),
        always("PortBindings", Shape::Map(&Shape::List(&Shape::Struct(&PORT_BINDING)))),
        always("RestartPolicy", Shape::Struct(&RESTART_POLICY)),
        always("AutoRemove", BOOL),
        always("VolumeDriver", TEXT),
        always("VolumesFrom", TEXTS),
        always("ConsoleSize", Shape::List(&Shape::Integer("uint"))),
        omit("Annotations", PAIRS),
        always("CapAdd", TEXTS),
        always("CapDrop", TEXTS),
        always("CgroupnsMode", TEXT),
        named("DNS", "Dns", TEXTS),
        named("DNSOptions", "DnsOptions", TEXTS),
        named("DNSSearch", "DnsSearch", TEXTS),
        always("ExtraHosts", TEXTS),
        always("GroupAdd", TEXTS),
        always("IpcMode", TEXT),
        always("Cgroup", TEXT),
        always("Links", TEXTS),
        always("OomScoreAdj", INT),
        always("PidMode", TEXT),
        always("Privileged", BOOL),
        always("PublishAllPorts", BOOL),
        always("ReadonlyRootfs", BOOL),
        always("SecurityOpt", TEXTS),
        omit("StorageOpt", PAIRS),
        omit("Tmpfs", PAIRS),
        always("UTSMode", TEXT),
        always("UsernsMode", TEXT),
        always("ShmSize", LONG),
        omit("Sysctls", PAIRS),
        omit("Runtime", TEXT),
        always("Isolation", TEXT),
        Field { name: "Resources", key: "", shape: Shape::Struct(&RESOURCES), place: Place::Embedded },
        omit("Mounts", Shape::List(&Shape::Any)),
        always("MaskedPaths", TEXTS),
        always("ReadonlyPaths", TEXTS),
        omit("Init", Shape::Optional("bool")),
    ],
};

const LOG_CONFIG: Record =
    Record { name: "container.LogConfig", fields: &[always("Type", TEXT), always("Config", PAIRS)] };

const PORT_BINDING: Record =
    Record { name: "nat.PortBinding", fields: &[named("HostIP", "HostIp", TEXT), always("HostPort", TEXT)] };

const RESTART_POLICY: Record =
    Record { name: "container.RestartPolicy", fields: &[always("Name", TEXT), always("MaximumRetryCount", INT)] };

const RESOURCES: Record = Record {
    name: "container.Resources",
    fields: &[
        named("CPUShares", "CpuShares", LONG),
        always("Memory", LONG),
        named("NanoCPUs", "NanoCpus", LONG),
        always("CgroupParent", TEXT),
        always("BlkioWeight", Shape::Integer("uint16")),
        always("BlkioWeightDevice", Shape::List(&Shape::Any)),
        always("BlkioDeviceReadBps", Shape::List(&Shape::Any)),
        always("BlkioDeviceWriteBps", Shape::List(&Shape::Any)),
        always("BlkioDeviceReadIOps", Shape::List(&Shape::Any)),
        always("BlkioDeviceWriteIOps", Shape::List(&Shape::Any)),
        named("CPUPeriod", "CpuPeriod", LONG),
        named("CPUQuota", "CpuQuota", LONG),
        named("CPURealtimePeriod", "CpuRealtimePeriod", LONG),
        named("CPURealtimeRuntime", "CpuRealtimeRuntime", LONG),
        always("CpusetCpus", TEXT),
        always("CpusetMems", TEXT),
        always("Devices", Shape::List(&Shape::Any)),
        always("DeviceCgroupRules", TEXTS),
        always("DeviceRequests", Shape::List(&Shape::Any)),
        always("MemoryReservation", LONG),
        always("MemorySwap", LONG),
        always("MemorySwappiness", Shape::Optional("int64")),
        always("OomKillDisable", Shape::Optional("bool")),
        always("PidsLimit", Shape::Optional("int64")),
        always("Ulimits", Shape::List(&Shape::Struct(&ULIMIT))),
        named("CPUCount", "CpuCount", LONG),
        named("CPUPercent", "CpuPercent", LONG),
        always("IOMaximumIOps", Shape::Integer("uint64")),
        always("IOMaximumBandwidth", Shape::Integer("uint64")),
    ],
};

const ULIMIT: Record =
    Record { name: "units.Ulimit", fields: &[always("Name", TEXT), always("Hard", LONG), always("Soft", LONG)] };

const CONFIG: Record = Record {
    name: "container.Config",
    fields: &[
        always("Hostname", TEXT),
        always("Domainname", TEXT),
        always("User", TEXT),
        always("AttachStdin", BOOL),
        always("AttachStdout", BOOL),
        always("AttachStderr", BOOL),
        omit("ExposedPorts", SET),
        always("Tty", BOOL),
        always("OpenStdin", BOOL),
        always("StdinOnce", BOOL),
        always("Env", TEXTS),
        always("Cmd", TEXTS),
        omit("Healthcheck", Shape::Pointer(&HEALTHCHECK)),
        omit("ArgsEscaped", BOOL),
        always("Image", TEXT),
        always("Volumes", SET),
        always("WorkingDir", TEXT),
        always("Entrypoint", TEXTS),
        omit("NetworkDisabled", BOOL),
        always("OnBuild", TEXTS),
        always("Labels", PAIRS),
        omit("StopSignal", TEXT),
        omit("StopTimeout", Shape::Optional("int")),
        omit("Shell", TEXTS),
    ],
};

const HEALTHCHECK: Record = Record {
    name: "container.HealthConfig",
    fields: &[
        omit("Test", TEXTS),
        omit("Interval", Shape::Duration),
        omit("Timeout", Shape::Duration),
        omit("StartPeriod", Shape::Duration),
        omit("StartInterval", Shape::Duration),
        omit("Retries", INT),
    ],
};

const NETWORK_SETTINGS: Record = Record {
    name: "container.NetworkSettings",
    fields: &[
        always("Bridge", TEXT),
        always("SandboxID", TEXT),
        always("SandboxKey", TEXT),
        always("Ports", Shape::Map(&Shape::List(&Shape::Struct(&PORT_BINDING)))),
        always("HairpinMode", BOOL),
        always("LinkLocalIPv6Address", TEXT),
        always("LinkLocalIPv6PrefixLen", INT),
        always("SecondaryIPAddresses", Shape::List(&Shape::Any)),
        always("SecondaryIPv6Addresses", Shape::List(&Shape::Any)),
        always("EndpointID", TEXT),
        always("Gateway", TEXT),
        always("GlobalIPv6Address", TEXT),
        always("GlobalIPv6PrefixLen", INT),
        always("IPAddress", TEXT),
        always("IPPrefixLen", INT),
        always("IPv6Gateway", TEXT),
        always("MacAddress", TEXT),
        always("Networks", Shape::Map(&Shape::Any)),
    ],
};
