//! Facts about several images at once, and about one image beside what is held: sharing, ratios, orders, transfers.
//! Each with the slips that belong to it.

use std::collections::BTreeSet;

use crate::engine::ImageFacts;
use crate::oci::{DiffId, Digest};

use super::fact::{FactKind, Trouble, on_disk};
use super::given::Given;
use super::slip::Slip;
use super::value::{SIZE_TOLERANCE, Value, float, human_size, near};

/// Computes a fact about several images, in the author's order.
pub(super) fn of_several(kind: FactKind, images: &[ImageFacts]) -> Result<Value, Trouble> {
    match (kind, images) {
        (FactKind::SharedBase, [first, rest @ ..]) => Ok(Value::Count(shared_base(first, rest) as u64)),
        (FactKind::SizeRatio, [one, other]) => Ok(Value::Ratio(ratio(size(one)?, size(other)?)?)),
        (FactKind::SizeOrder, _) => {
            let sizes = images.iter().map(size).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::Order(images.iter().map(name).collect(), order(&sizes)))
        }
        _ => Err(Trouble("that is no fact about several images".to_owned())),
    }
}

/// Number of layers at the bottom that all have: what Docker's classic store keeps once.
fn shared_base(first: &ImageFacts, rest: &[ImageFacts]) -> usize {
    let stack = &first.config.rootfs.diff_ids;
    rest.iter().map(|image| common_bottom(stack, &image.config.rootfs.diff_ids)).min().unwrap_or(stack.len())
}

/// Number of layers that two stacks have in common from the bottom up until they first differ.
pub(super) fn common_bottom(one: &[DiffId], other: &[DiffId]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

fn size(image: &ImageFacts) -> Result<u64, Trouble> {
    Ok(on_disk(image)?.iter().sum())
}

fn packed(image: &ImageFacts) -> u64 {
    image.layers.iter().map(|layer| layer.size).sum()
}

fn name(image: &ImageFacts) -> String {
    image.reference.familiar()
}

fn ratio(one: u64, other: u64) -> Result<f64, Trouble> {
    if other == 0 {
        return Err(Trouble("an image of no bytes cannot be compared with".to_owned()));
    }
    Ok(float(one) / float(other))
}

/// Places of the sizes from the smallest up.
fn order(sizes: &[u64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..sizes.len()).collect();
    places.sort_by_key(|at| sizes[*at]);
    places
}

/// Bytes that a pull would transfer, where these stacks are held: the layers above the common bottom, each blob once.
pub(super) fn download(image: &ImageFacts, held: &[Vec<DiffId>]) -> u64 {
    let stack = &image.config.rootfs.diff_ids;
    let there = held.iter().map(|other| common_bottom(stack, other)).max().unwrap_or_default();
    let mut seen = BTreeSet::<&Digest>::new();
    image.layers.iter().skip(there).filter(|layer| seen.insert(&layer.digest)).map(|layer| layer.size).sum()
}

/// The slips about several images, the most telling first.
pub(super) fn slips(kind: FactKind, images: &[ImageFacts]) -> Vec<Slip> {
    match (kind, images) {
        (FactKind::SharedBase, [first, rest @ ..]) => base_slips(first, rest),
        (FactKind::SizeRatio, [one, other]) => ratio_slips(one, other),
        (FactKind::SizeOrder, _) => order_slips(images),
        _ => Vec::new(),
    }
}

fn base_slips(first: &ImageFacts, rest: &[ImageFacts]) -> Vec<Slip> {
    let mut slips = Vec::new();
    if let [other] = rest {
        let theirs: BTreeSet<&DiffId> = other.config.rootfs.diff_ids.iter().collect();
        let anywhere = first.config.rootfs.diff_ids.iter().filter(|id| theirs.contains(id)).count();
        // Mostly nothing is the same above the base, and then this is no slip.
        if anywhere != shared_base(first, rest) {
            slips.push(Slip {
                id: "same-layers-are-not-shared-base",
                value: Value::Count(anywhere as u64),
                say:
                    "That is how many layers are the same, wherever they lie. A layer is shared only where everything \
                      under it is the same too: count from the bottom up, and stop at the first difference."
                        .to_owned(),
            });
        }
    }
    for image in std::iter::once(first).chain(rest) {
        slips.push(Slip {
            id: "counted-all-layers",
            value: Value::Count(image.layers.len() as u64),
            say: format!("That is how many layers `{}` has in all. Which of them has the other too?", name(image)),
        });
    }
    let base = shared_base(first, rest);
    let apart: usize = std::iter::once(first).chain(rest).map(|image| image.layers.len() - base).sum();
    slips.push(Slip {
        id: "counted-what-differs",
        value: Value::Count(apart as u64),
        say: "That is how many layers differ. Asked for are those that they have in common, from the bottom up.".into(),
    });
    slips
}

fn ratio_slips(one: &ImageFacts, other: &ImageFacts) -> Vec<Slip> {
    let mut slips = Vec::new();
    let mut push = |id, number: Result<f64, Trouble>, say: String| {
        slips.extend(number.ok().map(|number| Slip { id, value: Value::Ratio(number), say }));
    };
    if let (Ok(larger), Ok(smaller)) = (size(one), size(other)) {
        let say = format!("That is the other way round. Asked for is `{}` over `{}`.", name(one), name(other));
        push("turned-the-ratio-round", ratio(smaller, larger), say);
        let more = ratio(larger, smaller).map(|ratio| ratio - 1.0);
        let say = "That is how much *more* it is. How many times larger counts the whole: twice as large is 2, not 1.";
        push("times-more-is-not-times-as-large", more, say.to_owned());
    }
    let say = "That compares what travels, packed. Asked for is the size on disk, as `docker images` shows it.";
    push("packed-is-not-on-disk", ratio(packed(one), packed(other)), say.to_owned());
    slips
}

fn order_slips(images: &[ImageFacts]) -> Vec<Slip> {
    let names: Vec<String> = images.iter().map(name).collect();
    let mut slips = Vec::new();
    if let Ok(sizes) = images.iter().map(size).collect::<Result<Vec<_>, _>>() {
        let mut turned = order(&sizes);
        turned.reverse();
        let say = "That begins with the largest. Asked for is the smallest first.".to_owned();
        slips.push(Slip { id: "turned-the-order-round", value: Value::Order(names.clone(), turned), say });
    }
    let by_packed = order(&images.iter().map(packed).collect::<Vec<_>>());
    let say = "That is the order of what travels, packed. On disk, unpacked, it is another one.".to_owned();
    slips.push(Slip { id: "packed-is-not-on-disk", value: Value::Order(names.clone(), by_packed), say });
    let by_layers = order(&images.iter().map(|image| image.layers.len() as u64).collect::<Vec<_>>());
    let say = "That is the order of how many layers they have. Fewer layers do not make an image smaller.".to_owned();
    slips.push(Slip { id: "fewer-layers-are-not-smaller", value: Value::Order(names, by_layers), say });
    slips
}

/// The slips about what a pull transfers, found by nearness.
pub(super) fn about_download(image: &ImageFacts, right: u64, given: &Given) -> Option<(&'static str, String)> {
    let Given::Size { bytes, .. } = given else { return None };
    let is = |other: u64| near(*bytes, float(other), SIZE_TOLERANCE);
    let whole = packed(image);
    if is(whole) {
        let say = format!(
            "{} is the whole image, packed. Some of its layers are here already, and Docker skips these \
             (`Already exists`).",
            human_size(whole)
        );
        return Some(("counted-what-is-here", say));
    }
    let unpacked = size(image).ok()?;
    if is(unpacked) {
        let say = format!(
            "{} is what the whole image takes on disk, unpacked. Asked for is what travels: packed, and only the layers \
             that are not here yet.",
            human_size(unpacked)
        );
        return Some(("on-disk-is-not-packed", say));
    }
    let say = "Nothing would travel only if all layers were here. Compare the layers with those that you hold.";
    (is(0) && right > 0).then(|| ("nothing-to-fetch", say.to_owned()))
}
