//! Where a request may go: loopback, origins, and what a server may point a client at. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Tells whether the URL's host is this machine by its spelling; names are not looked up.
pub(super) fn is_loopback(url: &Url) -> bool {
    match address(url) {
        Some(address) => address.is_loopback(),
        None => url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost")),
    }
}

/// Tells whether the URL's host is an address in a range, `10.0.0.0/8` or `fd00::/8`. What is no range has no address.
pub(super) fn is_within(url: &Url, range: &str) -> bool {
    let Some((begin, length)) = range.split_once('/') else { return false };
    let (Some(address), Ok(begin), Ok(length)) = (address(url), begin.parse(), length.parse::<u32>()) else {
        return false;
    };
    match (address, begin) {
        (IpAddr::V4(address), IpAddr::V4(begin)) => {
            length <= 32 && (address.to_bits() ^ begin.to_bits()).leading_zeros() >= length
        }
        (IpAddr::V6(address), IpAddr::V6(begin)) => {
            length <= 128 && (address.to_bits() ^ begin.to_bits()).leading_zeros() >= length
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Tells whether scheme, host and port are the same, so that credentials may go along.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Decides whether a server at `from` may send the client on to `to`, by a redirect or as a token realm.
/// Refused: other schemes than HTTP, https to http (except on this machine), and from elsewhere to addresses
/// that only this machine can reach (SSRF, CVE-2020-15157).
pub(super) fn permit(from: &Url, to: &Url) -> Result<(), &'static str> {
    if !matches!(to.scheme(), "http" | "https") || to.host_str().is_none_or(str::is_empty) {
        return Err("it is no http URL");
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("it has a user name in it");
    }
    let local = is_loopback(from);
    if from.scheme() == "https" && to.scheme() == "http" && !(local && is_loopback(to)) {
        return Err("it leaves https");
    }
    if !local && is_private_to_machine(to) && from.host_str() != to.host_str() {
        return Err("it leads to this machine");
    }
    Ok(())
}

fn is_private_to_machine(url: &Url) -> bool {
    is_loopback(url)
        || match address(url) {
            Some(IpAddr::V4(address)) => is_v4_private_to_machine(address),
            Some(IpAddr::V6(address)) => address.is_unspecified() || address.is_unicast_link_local(),
            None => false,
        }
}

fn is_v4_private_to_machine(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_unspecified() || address.is_link_local()
}

fn address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().map(|address| match address {
        IpAddr::V6(v6) => unmapped(v6),
        IpAddr::V4(_) => address,
    })
}

fn unmapped(address: Ipv6Addr) -> IpAddr {
    address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, to: &str, allowed: bool) {
        let permitted = permit(&from.parse().unwrap(), &to.parse().unwrap());
        assert_eq!(permitted.is_ok(), allowed, "{from} -> {to}: {permitted:?}");
    }

    #[test]
    fn a_server_may_not_lower_the_guard() {
        check("https://r.example", "https://cdn.example/x", true);
        check("http://r.example", "http://cdn.example/x", true);
        check("http://r.example", "https://cdn.example/x", true);
        check("https://r.example", "http://cdn.example/x", false);
        check("https://r.example", "http://r.example/x", false);
        check("https://r.example", "file:///etc/passwd", false);
        check("https://r.example", "https://user:word@cdn.example/", false);
    }

    #[test]
    fn a_server_elsewhere_may_not_point_at_this_machine() {
        for inside in
            ["127.0.0.1:1", "localhost", "a.localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"]
        {
            check("https://r.example", &format!("https://{inside}/"), false);
        }
        check("https://r.example", "https://169.254.169.254/latest/meta-data", false);
        check("http://127.0.0.1:5000", "http://127.0.0.1:6000/x", true);
        check("https://127.0.0.1:5000", "http://127.0.0.1:6000/x", true);
        check("https://127.0.0.1:5000", "http://r.example/x", false);
    }

    #[test]
    fn a_range_holds_addresses_and_no_names() {
        let within = |url: &str, range: &str| is_within(&url.parse().unwrap(), range);
        assert!(within("https://10.1.2.3:5000", "10.0.0.0/8"));
        assert!(within("https://10.1.2.3", "0.0.0.0/0"));
        assert!(within("https://10.1.2.3", "10.1.2.3/32"));
        assert!(within("https://[fd00::1]:5000", "fd00::/8"));
        assert!(!within("https://11.1.2.3", "10.0.0.0/8"));
        assert!(!within("https://ten.example", "0.0.0.0/0"));
        for odd in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/x", "ten/8", "fd00::/8", "/"] {
            assert!(!within("https://10.1.2.3", odd), "{odd}");
        }
    }

    #[test]
    fn another_port_is_another_origin() {
        let same = |one: &str, other: &str| same_origin(&one.parse().unwrap(), &other.parse().unwrap());
        assert!(same("https://a/x", "https://a:443/y"));
        assert!(!same("https://a/x", "https://a:444/y"));
        assert!(!same("https://a/x", "http://a/y"));
        assert!(!same("https://a/x", "https://b/y"));
    }
}
