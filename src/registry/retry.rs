//! When to try again and how long to wait before: pure, so that no test sleeps.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How often a request is sent at most.
pub(super) const ATTEMPTS: u32 = 4;
/// The longest wait that a server's `Retry-After` can cause.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Tells whether the status may be another one in a moment.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Returns how long to wait after attempt number `attempt` (from 1): what the server asked for, at most a minute,
/// or 0.5 s doubled each time plus up to a half of it by `jitter` (0 to 1), so that clients do not march in step.
pub(super) fn pause(attempt: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    if let Some(asked) = asked {
        return asked.min(LONGEST_WAIT);
    }
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(LONGEST_BACKOFF);
    doubled + doubled.mul_f64(jitter / 2.0)
}

/// Draws a number from 0 to 1. Each hasher of the standard library has its own random key: enough for this.
pub(super) fn jitter() -> f64 {
    f64::from(u8::try_from(RandomState::new().hash_one(0) % 256).unwrap_or_default()) / 255.0
}

/// Reads `Retry-After`: seconds, or a date, which counts from the answer's own `Date`, so that a wrong clock
/// on this machine does not matter. Not cut to [`LONGEST_WAIT`].
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    let now = date(headers.get(DATE)?.to_str().ok()?.trim())?;
    let seconds = date(text)?.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_vary_by_half() {
        let waits = |jitter| (1..=3).map(|n| pause(n, None, jitter).as_millis()).collect::<Vec<_>>();
        assert_eq!(waits(0.0), [500, 1000, 2000]);
        assert_eq!(waits(1.0), [750, 1500, 3000]);
        assert_eq!(pause(40, None, 0.0), LONGEST_BACKOFF);
        assert!((0.0..=1.0).contains(&jitter()));
    }

    #[track_caller]
    fn check(retry_after_text: &str, date: &str, expected: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after_text.parse().unwrap());
        if !date.is_empty() {
            headers.insert(DATE, date.parse().unwrap());
        }
        assert_eq!(retry_after(&headers), expected.map(Duration::from_secs), "{retry_after_text}");
    }

    #[test]
    fn the_server_may_ask_in_seconds_or_by_date() {
        check("7", "", Some(7));
        check("Mon, 23 Nov 2026 10:00:30 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", Some(30));
        check("Mon, 23 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", Some(0));
        check("Mon, 23 Nov 2026 10:00:30 GMT", "", None);
        check("soon", "Mon, 23 Nov 2026 10:00:00 GMT", None);
        check("-1", "", None);
        assert_eq!(pause(1, Some(Duration::from_secs(3600)), 0.0), LONGEST_WAIT);
    }
}
