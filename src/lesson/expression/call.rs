//! The calls of facts in an expression: what has to be known before it is computed.

use super::super::fact::{Fact, Trouble};
use super::super::names::Need;
use super::super::scope::{Scope, fact_called};

/// A call of a fact with literal or named arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lesson) struct Call {
    /// The fact's key.
    pub(in crate::lesson) function: String,
    /// Its arguments.
    pub(in crate::lesson) arguments: Vec<Argument>,
}

/// An argument of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lesson) enum Argument {
    /// A text.
    Literal(String),
    /// A drawn or frozen value.
    Name(String),
}

impl Argument {
    /// As texts write it: `$name`.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Name(name) => format!("${name}"),
        }
    }

    /// What it stands for in this scope.
    pub(super) fn value(&self, scope: &Scope<'_>) -> Result<String, Trouble> {
        match self {
            Self::Literal(text) => Ok(text.clone()),
            Self::Name(name) => {
                scope.variables.get(name).cloned().ok_or_else(|| Trouble(format!("nothing is called `{name}`")))
            }
        }
    }
}

impl Call {
    /// What has to be asked of a registry before it can be computed, beside the image that it is about.
    pub(in crate::lesson) fn need(&self, scope: &Scope<'_>) -> Option<Need> {
        let argument = |at: usize| scope.expand(&self.arguments.get(at)?.written()).ok();
        let reference = scope.reference(&argument(0)?).ok()?;
        match self.function.as_str() {
            "registry_tags" => Some(Need::Tags(reference.repository().clone())),
            "image" => Some(Need::Platform(reference, argument(1)?.parse().ok()?)),
            _ => None,
        }
    }

    /// Makes the fact, its argument written as texts write it: `$name`.
    pub(in crate::lesson) fn fact(&self) -> Option<Fact> {
        fact_called(&self.function, &self.arguments.iter().map(Argument::written).collect::<Vec<_>>())
    }
}
