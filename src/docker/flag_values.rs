//! What the values of flags must look like, with the words that the client's own types have for what is wrong (docker/cli, opts;
//! docker/go-units). Makes a value to read again of a value as typed, and knows no command.

use std::net::IpAddr;

use thiserror::Error;

use super::ports;

/// What is wrong with a flag's value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum ValueError {
    #[error("strconv.ParseBool: parsing {0:?}: invalid syntax")]
    Switch(String),
    #[error("strconv.ParseInt: parsing {0:?}: invalid syntax")]
    Int(String),
    #[error("strconv.ParseInt: parsing {0:?}: value out of range")]
    IntRange(String),
    #[error("bad format of filter (expected name=value)")]
    Filter,
    #[error("invalid environment variable: {0}")]
    Variable(String),
    #[error("{0}")]
    Worded(String),
}

/// What a flag's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Bytes, `512m` for example.
    Bytes,
    /// The same, or `-1` for no limit.
    Swap,
    /// A number of processors, with a fraction.
    Cpus,
    /// A number of sixteen bits.
    Weight,
    /// Go's duration.
    Duration,
    /// Fields of a mount.
    Mount,
    /// A network, or fields of one.
    Network,
    /// `name=soft:hard`.
    Ulimit,
    /// `name=value` of the kernel.
    Sysctl,
    /// How many graphics processors.
    Gpus,
    /// `host:ip`.
    HostEntry,
    /// One of the three streams.
    Attach,
    /// `path:weight`.
    DeviceWeight,
    /// `path:bytes`.
    DeviceBytes,
    /// `path:number`.
    DeviceRate,
    /// A rule of the cgroup's.
    DeviceRule,
    /// An IP address.
    Address,
    /// A domain to search in.
    Domain,
    /// A label with a name.
    Label,
    /// `name=value`, told about an image or a container.
    Annotation,
    /// `container:alias`.
    Link,
}

impl Value {
    /// The word that a help page has for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Bytes | Self::Swap => "bytes",
            Self::Cpus => "decimal",
            Self::Weight => "uint16",
            Self::Duration => "duration",
            Self::Mount => "mount",
            Self::Network => "network",
            Self::Ulimit => "ulimit",
            Self::Sysctl | Self::Annotation => "map",
            Self::Gpus => "gpu-request",
            Self::HostEntry
            | Self::Attach
            | Self::DeviceWeight
            | Self::DeviceBytes
            | Self::DeviceRate
            | Self::DeviceRule
            | Self::Address
            | Self::Domain
            | Self::Label
            | Self::Link => "list",
        }
    }

    /// Checks a value; bytes, processors and durations come out as numbers.
    pub(super) fn check(self, text: &str) -> Result<String, ValueError> {
        let worded = ValueError::Worded;
        let kept = |(): ()| text.to_owned();
        let number = |number: i64| number.to_string();
        match self {
            Self::Swap if text == "-1" => Ok(text.to_owned()),
            Self::Bytes | Self::Swap => bytes(text).map(number).map_err(worded),
            Self::Cpus => nano_cpus(text).map(number).map_err(worded),
            Self::Weight => ports::unsigned(text, u16::MAX.into()).map(|weight| weight.to_string()).map_err(worded),
            Self::Duration => nanoseconds(text).map(number).map_err(worded),
            Self::Mount => mount(text).map(kept).map_err(worded),
            Self::Network => network(text).map(kept).map_err(worded),
            Self::Ulimit => ulimit(text).map(kept).map_err(worded),
            Self::Sysctl if is_sysctl(text) => Ok(text.to_owned()),
            Self::Sysctl => Err(ValueError::Worded(format!("sysctl '{text}' is not allowed"))),
            Self::Gpus => gpus(text).map(kept).map_err(worded),
            Self::HostEntry => host_entry(text).map(kept).map_err(worded),
            Self::Attach => match text.to_lowercase().as_str() {
                stream @ ("stdin" | "stdout" | "stderr") => Ok(stream.to_owned()),
                _ => Err(ValueError::Worded("valid streams are STDIN, STDOUT and STDERR".to_owned())),
            },
            Self::DeviceWeight | Self::DeviceBytes | Self::DeviceRate => self.device(text).map(kept).map_err(worded),
            Self::DeviceRule if is_device_rule(text) => Ok(text.to_owned()),
            Self::DeviceRule => Err(ValueError::Worded(format!("invalid device cgroup format '{text}'"))),
            Self::Address => match text.trim().parse::<IpAddr>() {
                Ok(address) => Ok(address.to_string()),
                Err(_) => Err(ValueError::Worded(format!("IP address is not correctly formatted: {text}"))),
            },
            Self::Domain if is_domain(text.trim()) => Ok(text.trim().to_owned()),
            Self::Domain => Err(ValueError::Worded(format!("{text} is not a valid domain"))),
            Self::Label => label(text).map(kept).map_err(worded),
            Self::Annotation if text.split_once('=').is_some_and(|(name, _)| !name.is_empty()) => Ok(text.to_owned()),
            Self::Annotation => Err(ValueError::Worded(format!("invalid annotation {text:?}: must be key=value"))),
            Self::Link => link(text).map(kept).map_err(worded),
        }
    }

    /// Checks `path:value` of a device.
    fn device(self, text: &str) -> Result<(), String> {
        let Some((path, value)) = text.split_once(':').filter(|(path, _)| !path.is_empty()) else {
            return Err(format!("bad format: {text}"));
        };
        if !path.starts_with("/dev/") {
            return Err(format!("bad format for device path: {text}"));
        }
        let weight = || value.parse::<u16>().is_ok_and(|weight| weight == 0 || (10..=1000).contains(&weight));
        match self {
            Self::DeviceWeight if !weight() => Err(format!("invalid weight for device: {text}")),
            Self::DeviceBytes if bytes(value).is_err() => Err(format!(
                "invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. \
                 Unit is optional and can be kb, mb, or gb"
            )),
            Self::DeviceRate if value.parse::<u64>().is_err() => Err(format!(
                "invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer"
            )),
            _ => Ok(()),
        }
    }
}

/// Reads bytes with a unit of 1024: `512m`, `1.5GiB`, `10 kb`.
fn bytes(text: &str) -> Result<i64, String> {
    let bad_size = || format!("invalid size: '{text}'");
    let at = text.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' ')).ok_or_else(bad_size)?;
    let (number, unit) = (text[..=at].strip_suffix(' ').unwrap_or(&text[..=at]), &text[at + 1..]);
    let size: f64 = number.parse().map_err(|_| format!("strconv.ParseFloat: parsing {number:?}: invalid syntax"))?;
    if size < 0.0 {
        return Err(bad_size());
    }
    let lower = unit.to_lowercase();
    let power = match lower.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return Err(format!("invalid suffix: '{}'", if unit.len() > 3 { unit } else { &lower })),
    };
    #[expect(clippy::cast_possible_truncation, reason = "as Go converts it: what is too large is cut off")]
    let size = (size * 1024_f64.powi(power)) as i64;
    Ok(size)
}

/// Reads a number of processors, `1.5` or `3/2`, into billionths.
fn nano_cpus(text: &str) -> Result<i64, String> {
    let bad = || format!("failed to parse {text} as a rational number");
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let below: i128 = below.parse().ok().filter(|below| *below > 0).ok_or_else(bad)?;
    let (sign, digits) = match above.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, above.strip_prefix('+').unwrap_or(above)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    let precise = || "value is too precise".to_owned();
    let scale =
        u32::try_from(fraction.len()).ok().and_then(|digits| 10_i128.checked_pow(digits)).ok_or_else(precise)?;
    let above =
        all.parse::<i128>().ok().and_then(|above| above.checked_mul(sign * 1_000_000_000)).ok_or_else(precise)?;
    let below = below.checked_mul(scale).ok_or_else(precise)?;
    if above % below == 0 { i64::try_from(above / below).map_err(|_| precise()) } else { Err(precise()) }
}

/// Reads Go's duration into nanoseconds.
pub(super) fn nanoseconds(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    let mut rest = unsigned;
    let mut total = 0.0;
    if rest.is_empty() {
        return Err(invalid());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            unit => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        total += number * factor;
        rest = after;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a duration of centuries is none that anyone waits for")]
    let total = total as i64;
    Ok(if text.starts_with('-') { -total } else { total })
}

fn mount(text: &str) -> Result<(), String> {
    const KEYS: &[&str] = &[
        "type",
        "source",
        "src",
        "target",
        "dst",
        "destination",
        "readonly",
        "ro",
        "consistency",
        "bind-propagation",
        "bind-nonrecursive",
        "bind-recursive",
        "volume-subpath",
        "volume-nocopy",
        "volume-label",
        "volume-driver",
        "volume-opt",
        "image-subpath",
        "tmpfs-size",
        "tmpfs-mode",
    ];
    if text.is_empty() {
        return Err("EOF".to_owned());
    }
    let mut has_target = false;
    for field in text.split(',') {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_lowercase(), Some(value)),
            None => (field.to_lowercase(), None),
        };
        let is_flag = matches!(key.as_str(), "readonly" | "ro" | "volume-nocopy" | "bind-nonrecursive");
        if value.is_none() && !is_flag {
            return Err(format!("invalid field '{field}' must be a key=value pair"));
        }
        if !KEYS.contains(&key.as_str()) {
            return Err(format!("unexpected key '{key}' in '{field}'"));
        }
        let truths = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"];
        if let Some(value) = value.filter(|value| is_flag && !truths.contains(value)) {
            return Err(format!("invalid value for {key}: {value}"));
        }
        has_target |=
            matches!(key.as_str(), "target" | "dst" | "destination") && value.is_some_and(|it| !it.is_empty());
    }
    if has_target { Ok(()) } else { Err("target is required".to_owned()) }
}

fn network(text: &str) -> Result<(), String> {
    const KEYS: &[&str] = &["name", "alias", "ip", "ip6", "mac-address", "link-local-ip", "driver-opt", "gw-priority"];
    if !text.contains('=') {
        return Ok(());
    }
    for field in text.split(',') {
        let Some((key, _)) = field.split_once('=').filter(|(_, value)| !value.is_empty()) else {
            return Err(format!("invalid field {field}"));
        };
        let key = key.trim().to_lowercase();
        if !KEYS.contains(&key.as_str()) {
            return Err(format!("invalid field key {key}"));
        }
    }
    Ok(())
}

fn ulimit(text: &str) -> Result<(), String> {
    const NAMES: &[&str] = &[
        "core",
        "cpu",
        "data",
        "fsize",
        "locks",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    ];
    let (name, limits) = text.split_once('=').ok_or_else(|| format!("invalid ulimit argument: {text}"))?;
    if !NAMES.contains(&name) {
        return Err(format!("invalid ulimit type: {name}"));
    }
    let number =
        |text: &str| text.parse::<i64>().map_err(|_| format!("strconv.ParseInt: parsing {text:?}: invalid syntax"));
    let (soft, hard) = match limits.split(':').collect::<Vec<_>>().as_slice() {
        [both] => (number(both)?, number(both)?),
        [soft, hard] => {
            let hard = number(hard)?;
            (number(soft)?, hard)
        }
        _ => {
            return Err(format!("too many limit value arguments - {limits}, can only have up to two, `soft[:hard]`"));
        }
    };
    let order = "ulimit soft limit must be less than or equal to hard limit: ";
    match (soft, hard) {
        (_, -1) => Ok(()),
        (-1, hard) => Err(format!("{order}soft: -1 (unlimited), hard: {hard}")),
        (soft, hard) if soft > hard => Err(format!("{order}{soft} > {hard}")),
        _ => Ok(()),
    }
}

fn is_sysctl(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
    ];
    text.split_once('=')
        .is_some_and(|(name, _)| NAMES.contains(&name) || name.starts_with("net.") || name.starts_with("fs.mqueue."))
}

fn gpus(text: &str) -> Result<(), String> {
    for field in text.split(',') {
        let (key, value) = field.split_once('=').unwrap_or(("count", field));
        match key.to_lowercase().as_str() {
            "count" if value == "all" || value.parse::<i64>().is_ok() => {}
            "count" => {
                return Err(format!(
                    "invalid count ({value}): value must be either \"all\" or an integer: invalid syntax"
                ));
            }
            "driver" | "device" | "capabilities" | "options" => {}
            _ => return Err(format!("unexpected key '{key}' in '{field}'")),
        }
    }
    Ok(())
}

fn host_entry(text: &str) -> Result<(), String> {
    let Some((_, address)) = text.split_once(['=', ':']).filter(|(name, _)| !name.is_empty()) else {
        return Err(format!("bad format for add-host: {text:?}"));
    };
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    if address == "host-gateway" || bare.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(format!("invalid IP address in add-host: {address:?}"))
}

/// Tells whether a rule is `type major:minor permissions`.
fn is_device_rule(text: &str) -> bool {
    let number = |text: &str| text == "*" || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    let numbers = |text: &str| text.split_once(':').is_some_and(|(major, minor)| number(major) && number(minor));
    let may = |text: &str| (1..=3).contains(&text.len()) && text.chars().all(|c| "rwm".contains(c));
    matches!(text.split(' ').collect::<Vec<_>>().as_slice(), ["a" | "b" | "c", which, what] if numbers(which) && may(what))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let outer = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        outer(label.chars().next()) && outer(label.chars().last()) && label.chars().all(inner)
    };
    text == "." || (text.len() < 255 && text.trim_end_matches('.').split('.').all(is_label))
}

fn label(text: &str) -> Result<(), String> {
    let name = text.split('=').next().unwrap_or_default();
    if name.trim().is_empty() {
        return Err(format!("invalid label '{text}': empty name"));
    }
    if name.contains(char::is_whitespace) {
        return Err(format!("label '{name}' contains whitespaces"));
    }
    Ok(())
}

fn link(text: &str) -> Result<(), String> {
    match text.split(':').count() {
        _ if text.is_empty() => Err("empty string specified for links".to_owned()),
        1 | 2 => Ok(()),
        _ => Err(format!("bad format for links: {text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Value, text: &str, expected: Result<&str, &str>) {
        let checked = kind.check(text).map_err(|error| error.to_string());
        assert_eq!(checked.as_deref().map_err(String::as_str), expected, "{text}");
    }

    #[test]
    fn bytes_have_units_of_1024() {
        check(Value::Bytes, "512m", Ok("536870912"));
        check(Value::Bytes, "1.5 GiB", Ok("1610612736"));
        check(Value::Bytes, "x", Err("invalid size: 'x'"));
        check(Value::Bytes, "-5", Err("invalid size: '-5'"));
        check(Value::Bytes, "512x", Err("invalid suffix: 'x'"));
        check(Value::Bytes, "1.5.5m", Err("strconv.ParseFloat: parsing \"1.5.5\": invalid syntax"));
        check(Value::Swap, "-1", Ok("-1"));
    }

    #[test]
    fn processors_and_durations_are_counted_in_billionths() {
        check(Value::Cpus, "1.5", Ok("1500000000"));
        check(Value::Cpus, "1/2", Ok("500000000"));
        check(Value::Cpus, "1.5.5", Err("failed to parse 1.5.5 as a rational number"));
        check(Value::Cpus, "0.0000000001", Err("value is too precise"));
        check(Value::Duration, "1m30s", Ok("90000000000"));
        check(Value::Duration, "-1s", Ok("-1000000000"));
        check(Value::Duration, "5", Err("time: missing unit in duration \"5\""));
        check(Value::Duration, "5x", Err("time: unknown unit \"x\" in duration \"5x\""));
        check(Value::Duration, "x", Err("time: invalid duration \"x\""));
    }

    #[test]
    fn what_has_fields_names_the_bad_one() {
        check(Value::Mount, "type=bind,src=/a,dst=/b,ro", Ok("type=bind,src=/a,dst=/b,ro"));
        check(Value::Mount, "x", Err("invalid field 'x' must be a key=value pair"));
        check(Value::Mount, "foo=bar", Err("unexpected key 'foo' in 'foo=bar'"));
        check(Value::Mount, "type=bind", Err("target is required"));
        check(Value::Mount, "", Err("EOF"));
        check(Value::Network, "foo=bar", Err("invalid field key foo"));
        check(Value::Ulimit, "nofile=5:2", Err("ulimit soft limit must be less than or equal to hard limit: 5 > 2"));
        check(Value::Ulimit, "bogus=1", Err("invalid ulimit type: bogus"));
        check(Value::Gpus, "all", Ok("all"));
        check(Value::Gpus, "x", Err("invalid count (x): value must be either \"all\" or an integer: invalid syntax"));
        check(Value::Sysctl, "a=b", Err("sysctl 'a=b' is not allowed"));
    }

    #[test]
    fn names_and_addresses_are_looked_at() {
        check(Value::HostEntry, "a:1.2.3.4", Ok("a:1.2.3.4"));
        check(Value::HostEntry, "a=host-gateway", Ok("a=host-gateway"));
        check(Value::HostEntry, "a:b", Err("invalid IP address in add-host: \"b\""));
        check(Value::HostEntry, "x", Err("bad format for add-host: \"x\""));
        check(Value::Address, "x", Err("IP address is not correctly formatted: x"));
        check(Value::Domain, "a_b!", Err("a_b! is not a valid domain"));
        check(Value::Label, "=x", Err("invalid label '=x': empty name"));
        check(Value::Label, "a b=c", Err("label 'a b' contains whitespaces"));
        check(Value::Attach, "STDERR", Ok("stderr"));
        check(Value::Link, "a:b:c", Err("bad format for links: a:b:c"));
        check(Value::DeviceWeight, "x", Err("bad format: x"));
        check(Value::DeviceRate, "/x:-1", Err("bad format for device path: /x:-1"));
        check(Value::DeviceRule, "c 1:3 rwm", Ok("c 1:3 rwm"));
        check(Value::DeviceRule, "x", Err("invalid device cgroup format 'x'"));
    }
}
