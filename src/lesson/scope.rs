//! What names mean while a lesson runs: drawn and frozen values, and the world behind the facts.

use std::collections::BTreeMap;

use crate::engine::ImageFacts;
use crate::oci::Reference;

use super::expression::Expression;
use super::fact::{Fact, FactKind, Trouble};
use super::several::{download, of_several};
use super::template::Template;
use super::value::{SetKind, Value};
use super::world::World;

/// Values by name, and the world that facts are about.
#[derive(Clone, Copy)]
pub struct Scope<'w> {
    /// Drawn and frozen values.
    pub variables: &'w BTreeMap<String, String>,
    /// The engine, or what a test puts in its place.
    pub world: &'w dyn World,
}

impl Scope<'_> {
    /// Fills in a text's `$name` and `${expression}`.
    pub fn expand(&self, text: &str) -> Result<String, Trouble> {
        Template::parse(text).map_err(|error| Trouble(error.to_string()))?.expand(
            |name| self.variables.get(name).cloned().ok_or_else(|| Trouble(format!("nothing is called `${name}`"))),
            |source| Expression::parse(source).map_err(Trouble)?.text(self),
        )
    }

    /// Reads a name of an image, `:latest` filled in.
    pub fn reference(&self, text: &str) -> Result<Reference, Trouble> {
        let name = self.expand(text)?;
        let reference: Reference = name.parse().map_err(|error| Trouble(format!("`{name}` is no name: {error}")))?;
        Ok(reference.or_latest())
    }

    /// Looks an image up.
    pub fn image(&self, text: &str) -> Result<ImageFacts, Trouble> {
        let reference = self.reference(text)?;
        self.world
            .facts(&reference)
            .map_err(|error| Trouble(format!("nothing is known here about `{}`: {error}", reference.familiar())))
    }

    /// Computes a fact.
    pub fn fact(&self, fact: &Fact) -> Result<Value, Trouble> {
        let part = fact.part.as_deref().map(|part| self.expand(part)).transpose()?;
        if fact.kind.is_about_several() {
            return of_several(fact.kind, &self.images(fact)?);
        }
        match fact.kind {
            FactKind::Download => return self.download(&fact.subject).map(Value::Size),
            FactKind::Tags => return self.tags(&fact.subject),
            _ => {}
        }
        if fact.kind.needs_image() {
            return fact.kind.of_image(&self.image(&fact.subject)?, part.as_deref());
        }
        fact.kind.of_name(&self.expand(&fact.subject)?, part.as_deref())
    }

    /// Looks up all images that a fact is about.
    pub(super) fn images(&self, fact: &Fact) -> Result<Vec<ImageFacts>, Trouble> {
        fact.subjects().map(|name| self.image(name)).collect()
    }

    fn download(&self, name: &str) -> Result<u64, Trouble> {
        let held = self.world.stacks_before().map_err(|error| unreadable(&error))?;
        Ok(download(&self.image(name)?, &held))
    }

    /// All names that stand for the image that is held under this one.
    fn tags(&self, name: &str) -> Result<Value, Trouble> {
        let name = self.reference(name)?;
        let images = self.world.images().map_err(|error| unreadable(&error))?;
        let image = images.iter().find(|image| image.tags.contains(&name));
        let image = image.ok_or_else(|| Trouble(format!("`{}` is not here", name.familiar())))?;
        Ok(Value::Set(SetKind::Tags, image.tags.iter().map(Reference::familiar).collect()))
    }
}

fn unreadable(error: &crate::engine::Error) -> Trouble {
    Trouble(format!("the workspace cannot be read: {error}"))
}

/// Makes a fact out of a function's name and arguments, as expressions call it.
pub(super) fn fact_called(name: &str, arguments: &[String]) -> Option<Fact> {
    let (_, kind) = FactKind::ALL.iter().find(|(known, _)| *known == name)?;
    Fact::of(*kind, arguments)
}
