//! Stacks of layers side by side. A layer that several images share from the bottom up is drawn once, under all of them.

use super::canvas::Canvas;
use super::{Frame, Look, clip, count, on_disk, packed, said};
use crate::engine::ImageFacts;
use crate::lesson::human_size;
use crate::oci::DiffId;

/// A column narrower than this says nothing.
const NARROWEST: usize = 22;
const GAP: usize = 2;
/// Stacks higher than this are drawn without a rule between their layers.
const ROOMY: usize = 8;

/// Draws the layers of these images, the top layer on top.
pub fn layers(images: &[ImageFacts], frame: Frame) -> String {
    let images = grouped(images);
    let fitting = (frame.width + GAP) / (NARROWEST + GAP);
    let picture = match frame.look {
        Look::Drawn if images.len() <= fitting => drawn(&images, frame.width),
        Look::Drawn | Look::Linear => linear(&images),
    };
    format!("{picture}\n{}", words(&images))
}

/// Images with the same lowest layers stand beside each other.
fn grouped(images: &[ImageFacts]) -> Vec<&ImageFacts> {
    let mut left: Vec<&ImageFacts> = images.iter().collect();
    let mut ordered: Vec<&ImageFacts> = Vec::new();
    while !left.is_empty() {
        let nearest = ordered.last().map_or(0, |last| {
            let shared = |at: &usize| bottom(last, left[*at]);
            (0..left.len()).max_by_key(|at| (shared(at), std::cmp::Reverse(*at))).unwrap_or_default()
        });
        ordered.push(left.remove(nearest));
    }
    ordered
}

fn stack(image: &ImageFacts) -> &[DiffId] {
    &image.config.rootfs.diff_ids
}

/// Layers that two images share, from the bottom up.
fn bottom(one: &ImageFacts, other: &ImageFacts) -> usize {
    stack(one).iter().zip(stack(other)).take_while(|(one, other)| one == other).count()
}

/// Columns that one drawn layer takes: from the first image to the last.
struct Slab {
    first: usize,
    last: usize,
    /// From 0 at the bottom.
    level: usize,
}

/// Every layer once; one that is shared from the bottom up spans all its images.
fn slabs(images: &[&ImageFacts]) -> Vec<Slab> {
    let mut slabs: Vec<Slab> = Vec::new();
    for (at, image) in images.iter().enumerate() {
        for level in 0..stack(image).len() {
            let before = slabs.iter_mut().find(|slab| slab.last + 1 == at && slab.level == level);
            match before {
                Some(slab) if bottom(images[at - 1], image) > level => slab.last = at,
                Some(_) | None => slabs.push(Slab { first: at, last: at, level }),
            }
        }
    }
    slabs
}

fn drawn(images: &[&ImageFacts], width: usize) -> String {
    let column = ((width + GAP) / images.len().max(1)).saturating_sub(GAP).min(60);
    let highest = images.iter().map(|image| stack(image).len()).max().unwrap_or_default();
    let step = if highest <= ROOMY { 2 } else { 1 };
    let slabs = slabs(images);
    // Where a stack begins to be shared a rule is drawn in any case.
    let floors: Vec<usize> = (0..=highest).map(|level| floor(level, step, &slabs)).collect();
    let height = 2 + floors[highest];
    let ground = height - 1;
    let mut canvas = Canvas::new(width, height);
    for slab in &slabs {
        let (left, right) = (slab.first * (column + GAP), slab.last * (column + GAP) + column - 1);
        let (low, high) = (ground - floors[slab.level], ground - floors[slab.level + 1]);
        if step == 2 {
            canvas.frame(left, high, right, low);
        }
    }
    for run in runs(&slabs, images) {
        let (left, right) = (run.first * (column + GAP), run.last * (column + GAP) + column - 1);
        canvas.frame(left, ground - floors[run.to], right, ground - floors[run.from]);
    }
    for slab in &slabs {
        let row = ground - floors[slab.level] - 1;
        let left = slab.first * (column + GAP);
        let room = slab.last * (column + GAP) + column - left;
        canvas.write(left + 2, row, &clip(&label(images[slab.first], slab.level), room.saturating_sub(4)));
    }
    for (at, image) in images.iter().enumerate() {
        let top = ground - floors[stack(image).len()];
        canvas.write(at * (column + GAP), top - 1, &clip(&image.reference.familiar(), column));
    }
    canvas.lines().join("\n") + "\n"
}

/// Slabs of the same images, one on the other: one box around all of them.
struct Run {
    first: usize,
    last: usize,
    from: usize,
    to: usize,
}

fn runs(slabs: &[Slab], images: &[&ImageFacts]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for at in 0..images.len() {
        let mut own: Vec<&Slab> = slabs.iter().filter(|slab| slab.first == at).collect();
        own.sort_by_key(|slab| slab.level);
        for slab in own {
            match runs.last_mut() {
                Some(run) if run.first == slab.first && run.last == slab.last && run.to == slab.level => run.to += 1,
                Some(_) | None => {
                    runs.push(Run { first: slab.first, last: slab.last, from: slab.level, to: slab.level + 1 });
                }
            }
        }
    }
    runs
}

/// Rows below a level: one a layer, and one for each rule.
fn floor(level: usize, step: usize, slabs: &[Slab]) -> usize {
    let spans = |level: usize| {
        let mut spans: Vec<(usize, usize)> =
            slabs.iter().filter(|slab| slab.level == level).map(|slab| (slab.first, slab.last)).collect();
        spans.sort_unstable();
        spans
    };
    if step == 2 {
        return level * 2;
    }
    // The rule under the lowest layer is the ground; a rule stands where the images that share a layer change, and on top.
    let rules = (1..=level).filter(|at| spans(*at) != spans(at - 1)).count();
    level + rules
}

/// `7  2.1kB  COPY docker-entrypoint.sh ...`.
fn label(image: &ImageFacts, level: usize) -> String {
    let size = image.on_disk.as_ref().and_then(|sizes| sizes.get(level).copied());
    format!("{:>2} {:>7}  {}", level + 1, said(size), instruction(image, level))
}

/// The build step that made a layer, without what each builder puts around it.
fn instruction(image: &ImageFacts, level: usize) -> String {
    let mut made = image.config.history.iter().filter(|step| !step.empty_layer);
    let Some(step) = made.nth(level) else { return String::new() };
    let text = step.created_by.trim_end_matches("# buildkit").trim();
    let text = text.strip_prefix("/bin/sh -c #(nop) ").unwrap_or(text);
    // `RUN |2 A=1 B=2 /bin/sh -c ...`: the build's arguments stand before the command.
    if let (true, Some((_, command))) = (text.starts_with("RUN |"), text.split_once("/bin/sh -c ")) {
        return format!("RUN {}", command.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let text = text.strip_prefix("/bin/sh -c ").map_or_else(|| text.to_owned(), |command| format!("RUN {command}"));
    text.replace("RUN /bin/sh -c ", "RUN ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One layer a line, shared ones once.
fn linear(images: &[&ImageFacts]) -> String {
    let mut text = String::new();
    for (at, image) in images.iter().enumerate() {
        let name = image.reference.familiar();
        text.push_str(&format!("{name}, {}, from the top down:\n", count(stack(image).len(), "layer")));
        let shared = images[..at].iter().map(|other| (bottom(image, other), *other)).max_by_key(|(shared, _)| *shared);
        let shared = shared.filter(|(shared, _)| *shared > 0);
        let lowest = shared.map_or(0, |(shared, _)| shared);
        for level in (lowest..stack(image).len()).rev() {
            text.push_str(&format!("  {}\n", clip(&label(image, level), 76)));
        }
        if let Some((shared, other)) = shared {
            let below = if shared == 1 { "layer 1 is".to_owned() } else { format!("layers 1 to {shared} are") };
            text.push_str(&format!("  {below} the same as of {}\n", other.reference.familiar()));
        }
    }
    text
}

/// The picture in words: sizes, and what is shared.
fn words(images: &[&ImageFacts]) -> String {
    let mut text = String::new();
    for image in images {
        let (name, disk) = (image.reference.familiar(), on_disk(image));
        let disk =
            disk.map_or_else(|| "not known before a pull".to_owned(), |bytes| format!("{} on disk", human_size(bytes)));
        let layers = count(stack(image).len(), "layer");
        text.push_str(&format!("{name}: {layers}, {disk}, {} packed.\n", human_size(packed(image))));
    }
    for pair in images.windows(2) {
        let (one, other) = (pair[0].reference.familiar(), pair[1].reference.familiar());
        let shared = bottom(pair[0], pair[1]);
        if shared == 0 {
            text.push_str(&format!("{one} and {other} share nothing: their lowest layers differ.\n"));
            continue;
        }
        let bytes: Option<u64> = pair[0].on_disk.as_ref().map(|sizes| sizes.iter().take(shared).sum());
        text.push_str(&format!(
            "{one} and {other} share {} from the bottom up, {}: on disk once.\n",
            count(shared, "layer"),
            said(bytes)
        ));
    }
    text
}
