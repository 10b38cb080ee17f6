//! All variants of a lesson or problem.

use std::collections::BTreeMap;

use crate::lesson::Activity;

/// Drawn values by name.
pub(super) type Variant = BTreeMap<String, String>;

/// Variants that are played at most: each takes a moment, and who varies more varies enough.
const MOST: usize = 60;

/// Every combination of values; one without any where nothing is varied. Of very many, each value of each name once.
pub(super) fn all(activity: &Activity) -> Vec<Variant> {
    let count = activity.vary.iter().map(|(_, values)| values.len()).fold(1, usize::saturating_mul);
    if count > MOST {
        return each_value(activity);
    }
    let mut variants = vec![Variant::new()];
    for (name, values) in &activity.vary {
        let with = |variant: &Variant, value: &String| {
            let mut variant = variant.clone();
            variant.insert(name.clone(), value.clone());
            variant
        };
        variants = variants.iter().flat_map(|variant| values.iter().map(|value| with(variant, value))).collect();
    }
    variants
}

fn each_value(activity: &Activity) -> Vec<Variant> {
    let longest = activity.vary.iter().map(|(_, values)| values.len()).max().unwrap_or(0).min(MOST);
    let nth = |n: usize| {
        let value = |(name, values): &(String, Vec<String>)| (name.clone(), values[n % values.len()].clone());
        activity.vary.iter().map(value).collect()
    };
    (0..longest).map(nth).collect()
}

/// `image=redis:latest`, for a sentence; empty where nothing is varied.
pub(super) fn named(variant: &Variant) -> String {
    let pairs: Vec<String> = variant.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { String::new() } else { format!(" (with {})", pairs.join(", ")) }
}
