//! Days, at which tags mean what they meant then.

use super::error::Problem;

/// A day on which the catalogue is looked at: a tag means the newest build published until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

impl Moment {
    /// Reads `2026-09-30`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the day as text; days compare as their texts do.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what is no day.
pub(super) fn check(text: &str) -> Result<(), Problem> {
    match text.parse::<jiff::civil::Date>() {
        Ok(day) if day.to_string() == text => Ok(()),
        Ok(_) | Err(_) => Err(Problem::Day(text.to_owned())),
    }
}
