//! `docker port` (docker/cli, cli/command/container/port.go): no port is ever published here.

use super::find;
use crate::docker::failure::Failure;
use crate::docker::flags::Parsed;
use crate::engine::Engine;

/// Whose ports, and which one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The container as typed.
    pub name: String,
    /// The port inside, as typed; nothing for all.
    pub inside: Option<String>,
}

impl Port {
    pub(in crate::docker) fn read(parsed: &Parsed) -> Self {
        let inside = parsed.arguments.get(1).filter(|port| !port.is_empty()).cloned();
        Self { name: parsed.arguments[0].clone(), inside }
    }
}

pub(super) fn run(port: &Port, engine: &Engine) -> Result<(), Failure> {
    find(engine, &port.name)?;
    match &port.inside {
        None => Ok(()),
        Some(inside) => Err(Failure::new(1, missing(inside, &port.name))),
    }
}

fn missing(inside: &str, name: &str) -> String {
    let number = inside.split('/').next().unwrap_or_default();
    if number.parse::<u16>().is_ok() {
        return format!("Error: No public port '{inside}' published for {name}");
    }
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let reason = if digits { "value out of range" } else { "invalid syntax" };
    format!("Error: invalid port ({number}): strconv.ParseUint: parsing {number:?}: {reason}")
}
