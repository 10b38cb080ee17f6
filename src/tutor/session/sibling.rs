//! The way on another variant: the last hint of a ladder shows how something is found out, and leaves the finding to the learner.

use super::say::{info, say};
use super::{Effect, Session, Tone};
use crate::lesson::{Hint, Scope, Trouble, Variant, World};

impl Session {
    /// The step's way on another variant; where it is the same on all of them, the way itself.
    pub(super) fn worked_sibling(&self, world: &dyn World) -> Effect {
        let own = self.way_with(&self.variables, world).unwrap_or_default();
        if own.is_empty() {
            return info("There is no way to show here. `:skip` shows the answer and goes on.");
        }
        let (title, lines) = match self.way_of_sibling(&own, world) {
            Some(lines) => ("The way, shown on another example:", lines),
            None => ("The way:", own),
        };
        say(Tone::Hint, format!("{title}\n\n```\n{}\n```", lines.join("\n")))
    }

    /// Tells whether the step has a hint that shows its way, which follows from what was drawn and can be shown on no other
    /// variant: then the hint gives away what the step asks for.
    pub fn shows_own_way(&self, world: &dyn World) -> bool {
        let own = self.way_with(&self.variables, world).unwrap_or_default();
        let plain = self.current().solve.iter().eq(&own);
        self.current().hints.contains(&Hint::WorkedSibling) && !plain && self.way_of_sibling(&own, world).is_none()
    }

    /// The way on the first variant on which it is another one; on one that has nothing in common with this, where there is any.
    fn way_of_sibling(&self, own: &[String], world: &dyn World) -> Option<Vec<String>> {
        let same =
            |variant: &Variant| variant.iter().filter(|(name, value)| self.variables.get(*name) == Some(value)).count();
        let mut siblings = self.activity.variants();
        siblings.sort_by_key(same);
        let ways = siblings.iter().filter_map(|sibling| self.way_with(&self.with_frozen(sibling, world), world).ok());
        ways.into_iter().find(|way| way != own)
    }

    /// What was drawn, and what follows from it; of an image that nobody has asked for nothing is known.
    fn with_frozen(&self, drawn: &Variant, world: &dyn World) -> Variant {
        let mut variables = drawn.clone();
        for (name, source) in &self.activity.freeze {
            if let Ok(value) = (Scope { variables: &variables, world }).expand(&format!("${{{source}}}")) {
                variables.insert(name.clone(), value);
            }
        }
        variables
    }

    fn way_with(&self, variables: &Variant, world: &dyn World) -> Result<Vec<String>, Trouble> {
        let scope = Scope { variables, world };
        self.current().solve.iter().map(|line| scope.expand(line)).collect()
    }
}
