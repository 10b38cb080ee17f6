//! Stacks of layers side by side, those of containers with their writable layer on top. A layer that several images share
//! from the bottom up is drawn once, under all of them.

use std::sync::Arc;

use super::canvas::Canvas;
use super::{Frame, Look, clip, count, lines_of, said};
use crate::engine::ImageFacts;
use crate::lesson::human_size;
use crate::oci::{DiffId, ImageConfig};

/// A column narrower than this says nothing.
const NARROWEST: usize = 22;
const GAP: usize = 2;
/// Stacks higher than this are drawn without a rule between their layers.
const ROOMY: usize = 8;

/// Layers to draw: those of an image, or of a container.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Name of the image.
    pub name: String,
    /// The image's config: what its layers are, and which steps made them.
    pub config: Arc<ImageConfig>,
    /// Bytes of each layer on disk, the lowest first, where they are known.
    pub on_disk: Option<Vec<u64>>,
    /// Packed bytes of all layers.
    pub packed: u64,
    /// What a container has put on top.
    pub writable: Option<Writable>,
}

/// The layer of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writable {
    /// Name of the container.
    pub container: String,
    /// Paths that differ from the image.
    pub changes: usize,
    /// Bytes that it takes.
    pub bytes: u64,
}

impl From<ImageFacts> for Stack {
    fn from(image: ImageFacts) -> Self {
        Self {
            name: image.reference.familiar(),
            packed: super::packed(&image),
            config: image.config,
            on_disk: image.on_disk,
            writable: None,
        }
    }
}

impl Stack {
    /// What stands above its drawing.
    fn title(&self) -> String {
        match &self.writable {
            None => self.name.clone(),
            Some(layer) => format!("{} ({})", layer.container, self.name),
        }
    }

    /// What sentences call it.
    fn called(&self) -> &str {
        self.writable.as_ref().map_or(&self.name, |layer| &layer.container)
    }

    /// Layers, with the writable one.
    fn height(&self) -> usize {
        self.config.rootfs.diff_ids.len() + usize::from(self.writable.is_some())
    }
}

/// Draws these stacks of layers, the top layer on top.
pub fn layers(stacks: &[Stack], frame: Frame) -> String {
    let images = grouped(stacks);
    let fitting = (frame.width + GAP) / (NARROWEST + GAP);
    let picture = match frame.look {
        Look::Drawn if images.len() <= fitting => drawn(&images, frame.width),
        Look::Drawn | Look::Linear => linear(&images),
    };
    format!("{picture}\n{}", wrapped(&words(&images), frame.width))
}

/// Images with the same lowest layers stand beside each other.
fn grouped(images: &[Stack]) -> Vec<&Stack> {
    let mut left: Vec<&Stack> = images.iter().collect();
    let mut ordered: Vec<&Stack> = Vec::new();
    while !left.is_empty() {
        let nearest = ordered.last().map_or(0, |last| {
            let shared = |at: &usize| bottom(last, left[*at]);
            (0..left.len()).max_by_key(|at| (shared(at), std::cmp::Reverse(*at))).unwrap_or_default()
        });
        ordered.push(left.remove(nearest));
    }
    ordered
}

fn diff_ids(image: &Stack) -> &[DiffId] {
    &image.config.rootfs.diff_ids
}

/// Layers that two images share, from the bottom up.
fn bottom(one: &Stack, other: &Stack) -> usize {
    diff_ids(one).iter().zip(diff_ids(other)).take_while(|(one, other)| one == other).count()
}

/// Columns that one drawn layer takes: from the first image to the last.
struct Slab {
    first: usize,
    last: usize,
    /// From 0 at the bottom.
    level: usize,
}

/// Every layer once; one that is shared from the bottom up spans all its images.
fn slabs(images: &[&Stack]) -> Vec<Slab> {
    let mut slabs: Vec<Slab> = Vec::new();
    for (at, image) in images.iter().enumerate() {
        for level in 0..image.height() {
            let before = slabs.iter_mut().find(|slab| slab.last + 1 == at && slab.level == level);
            match before {
                Some(slab) if bottom(images[at - 1], image) > level => slab.last = at,
                Some(_) | None => slabs.push(Slab { first: at, last: at, level }),
            }
        }
    }
    slabs
}

fn drawn(images: &[&Stack], width: usize) -> String {
    let column = ((width + GAP) / images.len().max(1)).saturating_sub(GAP).min(60);
    let highest = images.iter().map(|image| image.height()).max().unwrap_or_default();
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
        let top = ground - floors[image.height()];
        canvas.write(at * (column + GAP), top - 1, &clip(&image.title(), column));
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

fn runs(slabs: &[Slab], images: &[&Stack]) -> Vec<Run> {
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

/// `7  2.1kB  COPY docker-entrypoint.sh ...`; of a container's own layer, what it holds.
fn label(image: &Stack, level: usize) -> String {
    if let Some(layer) = image.writable.as_ref().filter(|_| level == diff_ids(image).len()) {
        return format!(" + {:>7}  writable: {}", human_size(layer.bytes), changes(layer));
    }
    let size = image.on_disk.as_ref().and_then(|sizes| sizes.get(level).copied());
    format!("{:>2} {:>7}  {}", level + 1, said(size), instruction(image, level))
}

/// `no changes`, `1 change`.
fn changes(layer: &Writable) -> String {
    if layer.changes == 0 { "no changes".to_owned() } else { count(layer.changes, "change") }
}

/// The build step that made a layer, without what each builder puts around it.
fn instruction(image: &Stack, level: usize) -> String {
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
fn linear(images: &[&Stack]) -> String {
    let mut text = String::new();
    for (at, image) in images.iter().enumerate() {
        let layers = count(diff_ids(image).len(), "layer");
        let own = if image.writable.is_some() { "1 writable layer on " } else { "" };
        text.push_str(&format!("{}, {own}{layers}, from the top down:\n", image.title()));
        let shared = images[..at].iter().map(|other| (bottom(image, other), *other)).max_by_key(|(shared, _)| *shared);
        let shared = shared.filter(|(shared, _)| *shared > 0);
        let lowest = shared.map_or(0, |(shared, _)| shared);
        for level in (lowest..image.height()).rev() {
            text.push_str(&format!("  {}\n", clip(&label(image, level), 76)));
        }
        if let Some((shared, other)) = shared {
            let below = if shared == 1 { "layer 1 is".to_owned() } else { format!("layers 1 to {shared} are") };
            text.push_str(&format!("  {below} the same as of {}\n", other.called()));
        }
    }
    text
}

/// Lines no longer than the frame is wide; what goes on is indented.
fn wrapped(text: &str, width: usize) -> String {
    let lines = text.lines().flat_map(|line| {
        let words = line.split(' ').map(str::to_owned);
        lines_of(words, width.saturating_sub(2)).into_iter().enumerate()
    });
    lines.map(|(at, line)| if at == 0 { format!("{line}\n") } else { format!("  {line}\n") }).collect()
}

/// The picture in words: sizes, and what is shared.
fn words(images: &[&Stack]) -> String {
    let mut text = String::new();
    for image in images {
        let layers = diff_ids(image).len();
        if let Some(layer) = &image.writable {
            text.push_str(&format!(
                "{}: its own layer holds {}, {}; the {} of {} below it {} read-only.\n",
                layer.container,
                changes(layer),
                human_size(layer.bytes),
                if layers == 1 { "layer".to_owned() } else { count(layers, "layer") },
                image.name,
                if layers == 1 { "is" } else { "are" }
            ));
            continue;
        }
        let disk = image.on_disk.as_ref().map(|sizes| sizes.iter().sum());
        let disk = disk.map_or_else(
            || "not known before a pull".to_owned(),
            |bytes: u64| format!("{} on disk", human_size(bytes)),
        );
        text.push_str(&format!(
            "{}: {}, {disk}, {} packed.\n",
            image.name,
            count(layers, "layer"),
            human_size(image.packed)
        ));
    }
    for pair in images.windows(2) {
        let (one, other) = (pair[0].called(), pair[1].called());
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
