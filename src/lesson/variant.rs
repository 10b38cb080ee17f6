//! Variants of a problem: which combinations of its values there are, and which one an attempt gets.

use std::collections::BTreeMap;

use super::draw::Draw;
use super::expression::Expression;
use super::model::Activity;
use super::scope::Scope;
use super::world::World;
use crate::engine::{Error, ImageFacts, ImageSummary};
use crate::oci::Reference;

/// Combinations that are looked at; an author who varies more gets the first of them.
const MOST: usize = 10_000;

/// Drawn values by name.
pub type Variant = BTreeMap<String, String>;

impl Activity {
    /// Lists all variants that fulfil the author's conditions, in the author's order; one without values where nothing
    /// varies.
    pub fn variants(&self) -> Vec<Variant> {
        self.combinations().into_iter().filter(|variant| self.allows(variant)).collect()
    }

    /// Tells whether there is any variant: one without values is one.
    pub(super) fn has_variants(&self) -> bool {
        self.combinations().iter().any(|variant| self.allows(variant))
    }

    /// Tells whether there is more than one variant. Each prompt asks so.
    pub fn varies(&self) -> bool {
        let more = || self.combinations().iter().filter(|variant| self.allows(variant)).nth(1).is_some();
        *self.varies.get_or_init(more)
    }

    fn allows(&self, variant: &Variant) -> bool {
        self.conditions.iter().all(|source| holds(source, variant))
    }

    fn combinations(&self) -> Vec<Variant> {
        let mut all = vec![Variant::new()];
        for (name, values) in &self.vary {
            let with = |variant: &Variant, value: &String| {
                let mut variant = variant.clone();
                variant.insert(name.clone(), value.clone());
                variant
            };
            all = all
                .iter()
                .flat_map(|variant| values.iter().map(move |value| with(variant, value)))
                .take(MOST)
                .collect();
        }
        all
    }

    /// Draws the variant of an attempt: no variant comes again before all others had their turn, and the first attempt
    /// has the values that the author chose for it.
    pub fn variant(&self, draw: &Draw) -> Variant {
        let all = self.variants();
        let count = all.len() as u64;
        if count == 0 {
            return Variant::new();
        }
        let mut order: Vec<&Variant> = all.iter().collect();
        Draw { attempt: draw.attempt / count, ..draw.clone() }.shuffle(0, &mut order);
        let is_first = |variant: &&Variant| self.first.iter().all(|(name, value)| variant.get(name) == Some(value));
        if let (true, Some(at)) = (!self.first.is_empty() && draw.attempt < count, order.iter().position(is_first)) {
            let first = order.remove(at);
            order.insert(0, first);
        }
        let turn = usize::try_from(draw.attempt % count).unwrap_or_default();
        order.get(turn).map(|variant| (*variant).clone()).unwrap_or_default()
    }
}

/// Whether a condition holds for these values. Values are drawn before anything is known about an image.
fn holds(source: &str, variant: &Variant) -> bool {
    let scope = Scope { variables: variant, world: &Nowhere };
    Expression::parse(source).is_ok_and(|expression| expression.holds(&scope, None).unwrap_or(false))
}

/// A world without images.
struct Nowhere;

impl World for Nowhere {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        Err(Error::NotHeld(reference.clone()))
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        Ok(Vec::new())
    }
}
