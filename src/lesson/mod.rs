//! Lessons and problems as data, and how an answer is judged. Prints nothing, teaches nothing.

mod world;

pub use world::World;

use crate::pack::Pack;
use crate::yaml::Finding;

/// A pack with its lessons and problems understood.
#[derive(Debug, Clone)]
pub struct Course {
    /// The pack.
    pub pack: Pack,
    /// Lessons first, then problems, each in the pack's order.
    pub activities: Vec<Activity>,
}

/// Whether something is learned or practised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A guided sequence of steps: `layerbook learn`.
    Lesson,
    /// A practice problem: `layerbook practice`.
    Problem,
}

/// A lesson or a problem.
#[derive(Debug, Clone)]
pub struct Activity {
    /// Its id, also its file's name.
    pub id: String,
    /// Which of the two.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// How long it takes, in minutes; 0 where the author does not say.
    pub minutes: u32,
}

impl Course {
    /// Understands all lessons and problems of a pack; reports everything that is wrong in it.
    pub fn load(pack: Pack) -> Result<Self, Vec<Finding>> {
        Ok(Self { pack, activities: Vec::new() })
    }

    /// Finds a lesson or problem by its id.
    pub fn find(&self, kind: Kind, id: &str) -> Option<&Activity> {
        self.activities.iter().find(|activity| activity.kind == kind && activity.id == id)
    }

    /// Returns the id nearest to a mistyped one.
    pub fn nearest(&self, kind: Kind, id: &str) -> Option<&str> {
        let ids = self.activities.iter().filter(|activity| activity.kind == kind).map(|activity| activity.id.as_str());
        ids.min_by_key(|known| strsim::damerau_levenshtein(known, id))
    }
}
