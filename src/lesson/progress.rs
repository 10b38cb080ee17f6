//! Progress towards a goal of several images: what has come, and what is still wanted. Judges nothing.

use crate::engine::ImageSummary;
use crate::oci::Reference;

use super::fact::Trouble;
use super::goal::{held, images, pulled};
use super::model::Goal;
use super::reached::Reached;
use super::scope::Scope;

/// Says what of a goal of several images has come since the workspace held `before`, and what is still wanted; `None` where
/// nothing of it has come, and where nothing is wanted any more. Fails only where something cannot be known.
pub fn progress(goal: &Goal, scope: &Scope<'_>, before: &[ImageSummary]) -> Result<Option<String>, Trouble> {
    let Goal::Pulled(names) = goal else { return Ok(None) };
    let now = images(scope)?;
    let (mut came, mut wanted) = (Vec::new(), Vec::new());
    for name in names {
        let reference = scope.reference(name)?;
        let shown = format!("`{}`", reference.familiar());
        match pulled(name, scope)? {
            Reached::No(_) => wanted.push(shown),
            Reached::Yes if is_new(&reference, before, &now) => came.push(shown),
            Reached::Yes => {}
        }
    }
    if came.is_empty() || wanted.is_empty() {
        return Ok(None);
    }
    let verb = if came.len() == 1 { "is" } else { "are" };
    Ok(Some(format!("{} {verb} here. Still wanted: {}.", came.join(", "), wanted.join(", "))))
}

/// Whether a name stands for another image than before, or stood for none.
fn is_new(name: &Reference, before: &[ImageSummary], now: &[ImageSummary]) -> bool {
    held(name, before).map(|image| &image.id) != held(name, now).map(|image| &image.id)
}
