//! What an author's proof asks of a session: where it stands, what is right there, and a copy that tries things out.

use super::Session;
use super::since::Since;
use crate::lesson::{Scope, Step, Trouble, Value, World, right_value};

impl Session {
    /// Returns a copy that hears and says what this one would, and changes nothing here.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { before: self.before.apart(), ..self.clone() }
    }

    /// The step at hand.
    pub fn here(&self) -> &Step {
        self.current()
    }

    /// Looks at something with the names of this step.
    pub fn with_names<T>(&self, world: &dyn World, look: impl FnOnce(&Scope<'_>) -> T) -> T {
        look(&self.scope(&Since { world, before: self.before.clone() }))
    }

    /// What is right at the step at hand, its options in the order in which they are shown; `None` where no answer is
    /// asked for.
    pub fn right_here(&self, world: &dyn World) -> Option<Result<Value, Trouble>> {
        let answer = self.current().answer()?;
        let right = |scope: &Scope<'_>| right_value(answer, scope, &self.draw, self.first_draw());
        Some(self.with_names(world, right))
    }
}
