//! Goals: whether the workspace is as a step asks, and if not, what is and what was asked.

use crate::engine::ImageSummary;
use crate::oci::Reference;

use super::command_line::CommandLine;
use super::contain;
use super::expression::Expression;
use super::fact::Trouble;
use super::model::Goal;
use super::reached::{RanLine, Reached};
use super::scope::Scope;
use super::several::common_bottom;

/// Judges a goal by the workspace and by the commands of the step. Fails only where something cannot be known.
pub fn reached(goal: &Goal, scope: &Scope<'_>, ran: &[RanLine]) -> Result<Reached, Trouble> {
    match goal {
        Goal::Pulled(names) => all(names, |name| pulled(name, scope)),
        Goal::Gone(names) => all(names, |name| gone(name, scope)),
        Goal::Tagged { name, image } => tagged(name, image.as_deref(), scope),
        Goal::SameImage(one, other) => same_image(one, other, scope),
        Goal::NoDangling => no_dangling(scope),
        Goal::SharesBaseWith(name) => shares_base_with(name, scope),
        Goal::FileInContainer { container, path, text } => {
            contain::has_file(container.as_deref(), path, text.as_deref(), scope)
        }
        Goal::ContainerChanged { container, path, how } => {
            contain::has_changed(container.as_deref(), path.as_deref(), *how, scope)
        }
        Goal::Ran(words) => has_run(&scope.expand(words)?, ran),
        Goal::Said(goal, say) => Ok(match reached(goal, scope, ran)? {
            Reached::Yes => Reached::Yes,
            Reached::No(_) => Reached::No(scope.expand(say)?),
        }),
        Goal::Cel(source) => {
            let holds = Expression::parse(source).map_err(Trouble)?.holds(scope, None)?;
            Ok(if holds { Reached::Yes } else { Reached::No("That is not yet what was asked for.".to_owned()) })
        }
    }
}

fn all(names: &[String], one: impl Fn(&str) -> Result<Reached, Trouble>) -> Result<Reached, Trouble> {
    for name in names {
        if let missing @ Reached::No(_) = one(name)? {
            return Ok(missing);
        }
    }
    Ok(Reached::Yes)
}

pub(super) fn images(scope: &Scope<'_>) -> Result<Vec<ImageSummary>, Trouble> {
    scope.world.images().map_err(|error| Trouble(format!("the workspace cannot be read: {error}")))
}

/// The image that a name stands for.
pub(super) fn held<'i>(name: &Reference, images: &'i [ImageSummary]) -> Option<&'i ImageSummary> {
    images.iter().find(|image| image.tags.contains(name) || image.digests.contains(name))
}

/// What is there, for a sentence.
fn inventory(images: &[ImageSummary]) -> String {
    const MOST: usize = 6;
    let names: Vec<String> =
        images.iter().flat_map(|image| &image.tags).map(|tag| format!("`{}`", tag.familiar())).collect();
    match names.len() {
        0 => "No image is here.".to_owned(),
        1 => format!("Only {} is here.", names[0]),
        2..=MOST => format!("Here are {}.", names.join(", ")),
        more => format!("{more} names are here; `docker images` lists them."),
    }
}

pub(super) fn pulled(name: &str, scope: &Scope<'_>) -> Result<Reached, Trouble> {
    let (name, images) = (scope.reference(name)?, images(scope)?);
    let Some(image) = held(&name, &images) else {
        let text = format!("`{}` is not here yet. {}", name.familiar(), inventory(&images));
        return Ok(Reached::No(text));
    };
    match scope.world.facts(&name) {
        Ok(facts) if facts.config.image_id() != image.id => {
            let text = format!(
                "An image called `{}` is here, but it is another one than the registry has under this name. Pull it.",
                name.familiar()
            );
            Ok(Reached::No(text))
        }
        Ok(_) | Err(_) => Ok(Reached::Yes),
    }
}

fn gone(name: &str, scope: &Scope<'_>) -> Result<Reached, Trouble> {
    let (name, images) = (scope.reference(name)?, images(scope)?);
    if held(&name, &images).is_none() {
        return Ok(Reached::Yes);
    }
    Ok(Reached::No(format!("`{}` is still here, and it was to go.", name.familiar())))
}

fn tagged(name: &str, image: Option<&str>, scope: &Scope<'_>) -> Result<Reached, Trouble> {
    if let Some(image) = image {
        return same_image(name, image, scope);
    }
    let (name, images) = (scope.reference(name)?, images(scope)?);
    if held(&name, &images).is_some() {
        return Ok(Reached::Yes);
    }
    Ok(Reached::No(format!("No image is called `{}` yet. {}", name.familiar(), inventory(&images))))
}

fn same_image(one: &str, other: &str, scope: &Scope<'_>) -> Result<Reached, Trouble> {
    let (one, other, images) = (scope.reference(one)?, scope.reference(other)?, images(scope)?);
    let before = scope.world.images_before();
    let was = |name: &Reference| held(name, &before).map(|image| &image.id);
    let text = match (held(&one, &images), held(&other, &images)) {
        // Both names changed places: what was to be named lost its own.
        (Some(_), Some(right)) if was(&one) == Some(&right.id) && was(&other).is_some_and(|old| *old != right.id) => {
            format!(
                "`{other}` has been moved to the image of `{one}`, and it was to be the other way round: \
                 `docker tag SOURCE NEW` gives the image of SOURCE the name NEW.",
                one = one.familiar(),
                other = other.familiar()
            )
        }
        (Some(left), Some(right)) if left.id == right.id => return Ok(Reached::Yes),
        (Some(left), Some(right)) => format!(
            "`{}` and `{}` were to be one image; they are two: {} and {}.",
            one.familiar(),
            other.familiar(),
            left.id.0.short(),
            right.id.0.short()
        ),
        (None, _) => format!("No image is called `{}` yet. {}", one.familiar(), inventory(&images)),
        (Some(_), None) => format!("No image is called `{}` any more. {}", other.familiar(), inventory(&images)),
    };
    Ok(Reached::No(text))
}

fn no_dangling(scope: &Scope<'_>) -> Result<Reached, Trouble> {
    match images(scope)?.iter().filter(|image| image.tags.is_empty()).count() {
        0 => Ok(Reached::Yes),
        1 => Ok(Reached::No("One image without a name is still here.".to_owned())),
        more => Ok(Reached::No(format!("{more} images without a name are still here."))),
    }
}

/// Another image came during the step that stands on the same lowest layer.
fn shares_base_with(name: &str, scope: &Scope<'_>) -> Result<Reached, Trouble> {
    let facts = scope.image(name)?;
    let (before, images) = (scope.world.images_before(), images(scope)?);
    let came = images
        .iter()
        .filter(|image| image.id != facts.config.image_id() && before.iter().all(|known| known.id != image.id));
    let mut came: Vec<_> = came.collect();
    came.sort_by_key(|image| image.tagged_at);
    let came: Vec<&Reference> =
        came.into_iter().filter_map(|image| image.tags.iter().chain(&image.digests).next()).collect();
    let name = facts.reference.familiar();
    let Some(last) = came.last() else {
        return Ok(Reached::No(format!("No other image than `{name}` has come yet. {}", inventory(&images))));
    };
    for other in &came {
        let other = scope.world.facts(other).map_err(|error| Trouble(format!("an image cannot be read: {error}")))?;
        if common_bottom(&facts.config.rootfs.diff_ids, &other.config.rootfs.diff_ids) > 0 {
            return Ok(Reached::Yes);
        }
    }
    let last = last.familiar();
    let text = format!(
        "`{last}` has come, and its lowest layer is another one than that of `{name}`: the two share nothing. \
         `:layers {name} {last}` draws both."
    );
    Ok(Reached::No(text))
}

/// A command ran that has all that these words ask for, in any order, and ended well.
fn has_run(wanted: &str, ran: &[RanLine]) -> Result<Reached, Trouble> {
    let asked = CommandLine::read(wanted).ok_or_else(|| Trouble(format!("`{wanted}` is no command")))?;
    let is_it = |line: &&RanLine| CommandLine::read(&line.line).is_some_and(|line| line.has_all_of(&asked));
    let text = match ran.iter().rev().find(is_it) {
        Some(line) if line.status == 0 => return Ok(Reached::Yes),
        Some(line) => format!("`{}` ran, and ended with an error (status {}).", line.line, line.status),
        None => "The command that is asked for has not run yet.".to_owned(),
    };
    Ok(Reached::No(text))
}
