//! Ports as Docker's client and daemon read them (docker/go-connections, nat), with Go's words for numbers that are none.

use std::net::IpAddr;

/// A port of a container that is to be reached from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Published {
    /// The port inside, `80/tcp`.
    pub(super) inside: String,
    /// The address outside; empty for any.
    pub(super) address: String,
    /// The port or ports outside; empty for a free one.
    pub(super) outside: String,
}

/// Reads a whole number as Go's `ParseUint` does.
pub(super) fn unsigned(text: &str, most: u64) -> Result<u64, String> {
    let failed = |reason: &str| format!("strconv.ParseUint: parsing {text:?}: {reason}");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(failed("invalid syntax"));
    }
    text.parse().ok().filter(|number| *number <= most).ok_or_else(|| failed("value out of range"))
}

/// Reads the number of a port.
pub(super) fn number(text: &str) -> Result<u16, String> {
    unsigned(text, u16::MAX.into()).map(|number| u16::try_from(number).unwrap_or(u16::MAX))
}

/// Reads `80` or `80-82`.
pub(super) fn range(text: &str) -> Result<(u16, u16), String> {
    if text.is_empty() {
        return Err("empty string specified for ports".to_owned());
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    if last < first { Err(format!("invalid range specified for port: {text}")) } else { Ok((first, last)) }
}

/// Parts `80/tcp` into the port and the protocol.
pub(super) fn protocol(text: &str) -> (&str, &str) {
    let mut parts = text.split('/');
    let port = parts.next().unwrap_or_default();
    (port, parts.next().filter(|protocol| !protocol.is_empty()).unwrap_or("tcp"))
}

/// Reads `--publish`: `[[address:]outside:]inside[/protocol]`, ranges on both sides.
pub(super) fn publish(text: &str) -> Result<Vec<Published>, String> {
    let (address, outside, inside) = parted(text);
    let (ports, protocol) = protocol(inside);
    if ports.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address);
    if !bare.is_empty() && bare.parse::<IpAddr>().is_err() {
        return Err(format!("invalid IP address: {bare}"));
    }
    let (first, last) = range(ports).map_err(|_| format!("invalid containerPort: {ports}"))?;
    let hosts = match outside {
        "" => None,
        ports => Some(range(ports).map_err(|_| format!("invalid hostPort: {ports}"))?),
    };
    let count = last - first;
    // One port inside may have any of a range outside.
    if let Some((from, to)) = hosts.filter(|(from, to)| to - from != count)
        && count != 0
    {
        return Err(format!("invalid ranges specified for container and host Ports: {first}-{last} and {from}-{to}"));
    }
    let protocol = protocol.to_lowercase();
    if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
        return Err(format!("invalid proto: {protocol}"));
    }
    let one = |step: u16| Published {
        inside: format!("{}/{protocol}", first + step),
        address: bare.to_owned(),
        outside: match hosts {
            None => String::new(),
            Some((from, to)) if count == 0 && from != to => format!("{from}-{to}"),
            Some((from, _)) => (from + step).to_string(),
        },
    };
    Ok((0..=count).map(one).collect())
}

/// Parts address, ports outside and ports inside; an address may have colons of its own.
fn parted(text: &str) -> (&str, &str, &str) {
    let Some((rest, inside)) = text.rsplit_once(':') else { return ("", "", text) };
    rest.rsplit_once(':').map_or(("", rest, inside), |(address, outside)| (address, outside, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[&str], &str>) {
        let shown = |port: Published| format!("{} {}:{}", port.inside, port.address, port.outside);
        let read = publish(text).map(|ports| ports.into_iter().map(shown).collect::<Vec<_>>());
        assert_eq!(
            read,
            expected.map(|it| it.iter().map(|it| (*it).to_owned()).collect()).map_err(str::to_owned),
            "{text}"
        );
    }

    #[test]
    fn a_published_port_has_up_to_three_parts() {
        check("80", Ok(&["80/tcp :"]));
        check("8080:80/udp", Ok(&["80/udp :8080"]));
        check("127.0.0.1:8080:80", Ok(&["80/tcp 127.0.0.1:8080"]));
        check("[::1]:8080:80", Ok(&["80/tcp ::1:8080"]));
        check("8000-8001:80-81", Ok(&["80/tcp :8000", "81/tcp :8001"]));
        check("8080-8082:80", Ok(&["80/tcp :8080-8082"]));
    }

    #[test]
    fn what_is_no_port_is_named() {
        check("x", Err("invalid containerPort: x"));
        check("99999:80", Err("invalid hostPort: 99999"));
        check("1.2.3:80:80", Err("invalid IP address: 1.2.3"));
        check("80:80:80:80", Err("invalid IP address: 80:80"));
        check("80/abc", Err("invalid proto: abc"));
        check("", Err("no port specified: <empty>"));
        check("80-90:1-2", Err("invalid ranges specified for container and host Ports: 1-2 and 80-90"));
    }
}
