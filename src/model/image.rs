//! A recipe worked out: for each platform its settings, its history and the plans of its layers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::{Error, Problem};
use super::instruction::{Instruction, Line, Settings};
use super::layer::Plan;
use super::names::fill_in;
use super::packages::Packages;
use super::recipe::{Attestation, File, PlatformSpec, Recipe, Step};
use super::share;
use crate::oci::Platform;

const MAX_STEPS: usize = 128;
const MAX_PLATFORMS: usize = 32;
/// Bytes on disk of all steps together: a disk has room for it, and no real image of a course is near it.
const MAX_BYTES: u64 = 16 << 30;

/// An image for all its platforms.
#[derive(Debug)]
pub(super) struct Image {
    /// In the order of the index.
    pub(super) variants: Vec<Variant>,
}

/// An image for one platform.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) platform: Platform,
    /// The platform as the recipe writes it.
    pub(super) text: String,
    pub(super) created: String,
    pub(super) settings: Settings,
    pub(super) history: Vec<Line>,
    /// Bottom first; the base's are shared with it.
    pub(super) layers: Vec<Arc<Layer>>,
    /// How many of the layers are the base's.
    pub(super) inherited: usize,
    pub(super) attestations: Vec<Attestation>,
    /// What programs print, those of the base included.
    pub(super) prints: BTreeMap<String, String>,
    /// All packages, those of the base included.
    packages: Packages,
}

/// A layer and where it comes from.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) plan: Plan,
    pub(super) created_by: String,
}

impl Variant {
    /// Sums the compressed bytes of all layers.
    pub(super) fn compressed(&self) -> u64 {
        total(&self.layers)
    }

    /// Adds a step's packages and gives it their databases as files.
    fn install<'a>(&mut self, step: &'a Step) -> Cow<'a, Step> {
        if step.packages.is_empty() {
            return Cow::Borrowed(step);
        }
        self.packages.add(&step.packages);
        let mut step = step.clone();
        step.files.extend(self.packages.databases().map(|(path, text)| (path, File::text(text))));
        Cow::Owned(step)
    }

    /// Returns the layers that the recipe itself adds.
    pub(super) fn own(&self) -> &[Arc<Layer>] {
        &self.layers[self.inherited..]
    }
}

fn total(layers: &[Arc<Layer>]) -> u64 {
    layers.iter().map(|layer| layer.plan.compressed).sum()
}

/// Works a recipe out. `base` finds an image by the name that the recipe gives it.
pub(super) fn resolve<'a>(
    file: &str,
    recipe: &Recipe,
    base: impl Fn(&str) -> Result<&'a Image, Error>,
) -> Result<Image, Error> {
    let resolver = Resolver { file, recipe };
    resolver.check_counts().map_err(|problem| resolver.error(problem))?;
    let mut variants: Vec<Variant> = Vec::with_capacity(recipe.platforms.len());
    for spec in &recipe.platforms {
        let name = spec.base.as_ref().or(recipe.base.as_ref());
        let below = match name {
            Some(name) => Some(resolver.below(name, base(name)?, spec)?),
            None => None,
        };
        let variant = resolver.variant(spec, below, variants.first())?;
        if variants.iter().any(|before| before.text == variant.text) {
            return Err(resolver.error(Problem::SamePlatform(variant.text)));
        }
        variants.push(variant);
    }
    Ok(Image { variants })
}

struct Resolver<'a> {
    file: &'a str,
    recipe: &'a Recipe,
}

impl Resolver<'_> {
    fn error(&self, problem: Problem) -> Error {
        Error::Recipe { file: self.file.to_owned(), problem }
    }

    fn check_counts(&self) -> Result<(), Problem> {
        match (self.recipe.steps.len(), self.recipe.platforms.len()) {
            (0, _) => Err(Problem::None("steps")),
            (_, 0) => Err(Problem::None("platforms")),
            (MAX_STEPS.., _) => Err(Problem::TooMany { what: "steps", limit: MAX_STEPS - 1 }),
            (_, MAX_PLATFORMS..) => Err(Problem::TooMany { what: "platforms", limit: MAX_PLATFORMS - 1 }),
            (_, _) => self.check_bytes(),
        }
    }

    fn check_bytes(&self) -> Result<(), Problem> {
        let of_files = |step: &Step| step.files.values().filter_map(|file| file.size).map(|size| size.0).sum();
        let of_step = |step: &Step| step.pad.map_or_else(|| of_files(step), |pad| pad.0);
        let bytes = self.recipe.steps.iter().map(of_step).fold(0, u64::saturating_add);
        if bytes <= MAX_BYTES { Ok(()) } else { Err(Problem::Together { bytes, limit: MAX_BYTES }) }
    }

    /// Finds the platform in the base.
    fn below<'b>(&self, base: &str, image: &'b Image, spec: &PlatformSpec) -> Result<&'b Variant, Error> {
        let found = image.variants.iter().find(|variant| variant.text == spec.platform);
        let without = || Problem::BaseWithout { base: base.to_owned(), platform: spec.platform.clone() };
        found.ok_or_else(|| self.error(without()))
    }

    /// Works one platform out; `first` is the platform whose sizes the steps give, `None` if this is it.
    fn variant(&self, spec: &PlatformSpec, below: Option<&Variant>, first: Option<&Variant>) -> Result<Variant, Error> {
        let unknown = || Problem::Platform(crate::oci::PlatformError::Unknown(spec.platform.clone()));
        let platform = spec.parse().ok_or_else(|| self.error(unknown()))?;
        let mut prints = below.map(|below| below.prints.clone()).unwrap_or_default();
        prints.extend(self.recipe.prints.clone());
        let mut variant = Variant {
            platform,
            text: spec.platform.clone(),
            created: String::new(),
            settings: below.map(|below| below.settings.clone()).unwrap_or_default(),
            history: below.map(|below| below.history.clone()).unwrap_or_default(),
            layers: below.map(|below| below.layers.clone()).unwrap_or_default(),
            inherited: below.map_or(0, |below| below.layers.len()),
            attestations: spec.attestations.as_ref().unwrap_or(&self.recipe.attestations).clone(),
            prints,
            packages: below.map(|below| below.packages.clone()).unwrap_or_default(),
        };
        self.hidden_settings(&mut variant.settings);
        let sizes = sizes(spec, &variant, first).map_err(|problem| self.error(problem))?;
        let steps = spec.steps.as_ref().unwrap_or(&self.recipe.steps);
        self.steps(&mut variant, steps, sizes.as_deref())?;
        check_total(spec, &variant, first).map_err(|problem| self.error(problem))?;
        Ok(variant)
    }

    fn hidden_settings(&self, settings: &mut Settings) {
        for pair in &self.recipe.config.env {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            settings.set_env(name, value);
        }
        if let Some(words) = &self.recipe.config.cmd {
            settings.set_cmd(words);
        }
    }

    fn steps(&self, variant: &mut Variant, steps: &[Step], sizes: Option<&[share::Share]>) -> Result<(), Error> {
        let mut arguments = Vec::new();
        let mut time: Option<(String, u64)> = None;
        let mut sizes = sizes.map(|sizes| sizes.iter());
        for (number, step) in steps.iter().enumerate() {
            let error = |problem| Error::Step { file: self.file.to_owned(), step: number + 1, problem };
            if let Some(text) = &step.created {
                time = Some((text.clone(), seconds(text).map_err(error)?));
            }
            let (created, mtime) = time.clone().ok_or_else(|| error(Problem::NoTime))?;
            let instruction = Instruction::of(step).map_err(error)?;
            let line = step.created_by.clone().unwrap_or_else(|| instruction.created_by(&arguments));
            let created_by = fill_in(&line, &variant.platform);
            let empty_layer = instruction.without_layer().is_some();
            check_layerless(step, instruction).map_err(error)?;
            if !empty_layer {
                let share = sizes.as_mut().and_then(Iterator::next);
                let (scale, compressed) = share.map_or((super::layer::Scale::SAME, step.compressed), |share| {
                    (share.scale, Some(share.compressed))
                });
                let step = variant.install(step);
                let plan = Plan::of(&step, &variant.platform, mtime, scale, compressed).map_err(error)?;
                variant.layers.push(Arc::new(Layer { plan, created_by: created_by.clone() }));
            }
            variant.settings.apply(instruction);
            if let Instruction::Arg(pair) = instruction {
                arguments.push(pair.to_owned());
            }
            let comment = instruction.comment(step.comment.as_deref());
            variant.history.push(Line { created: created.clone(), created_by, comment, empty_layer });
            variant.created = created;
        }
        if let Some(created) = &self.recipe.created {
            seconds(created).map_err(|problem| self.error(problem))?;
            variant.created.clone_from(created);
        }
        Ok(())
    }
}

/// Compressed sizes of the platform's own layers beside those of the first platform; `None` for the first.
fn sizes(
    spec: &PlatformSpec,
    variant: &Variant,
    first: Option<&Variant>,
) -> Result<Option<Vec<share::Share>>, Problem> {
    let Some(first) = first else { return Ok(None) };
    let own: Vec<u64> = first.own().iter().map(|layer| layer.plan.compressed).collect();
    let (base, first_base) = (total(&variant.layers), first.compressed() - own.iter().sum::<u64>());
    let shares = match spec.compressed {
        Some(total) => total.checked_sub(base).and_then(|rest| share::out(&own, rest)),
        None => Some(share::like(&own, base, first_base)),
    };
    let too_few = || Problem::Share { platform: spec.platform.clone(), total: spec.compressed.unwrap_or(0) };
    shares.map(Some).ok_or_else(too_few)
}

/// The first platform's sizes are written down twice, so they are compared.
fn check_total(spec: &PlatformSpec, variant: &Variant, first: Option<&Variant>) -> Result<(), Problem> {
    match spec.compressed {
        Some(record) if first.is_none() && record != variant.compressed() => {
            Err(Problem::Total { platform: spec.platform.clone(), layers: variant.compressed(), record })
        }
        Some(_) | None => Ok(()),
    }
}

fn check_layerless(step: &Step, instruction: Instruction<'_>) -> Result<(), Problem> {
    let has_files =
        !step.files.is_empty() || step.pad.is_some() || step.compressed.is_some() || !step.packages.is_empty();
    match instruction.without_layer() {
        Some(key) if has_files => Err(Problem::NoLayer(key)),
        Some(_) | None => Ok(()),
    }
}

/// Reads a time as seconds since 1970; an archive's header holds 33 bits of them.
fn seconds(text: &str) -> Result<u64, Problem> {
    let time: Option<Timestamp> = text.parse().ok();
    let seconds = time.and_then(|time| u64::try_from(time.as_second()).ok()).filter(|&seconds| seconds < 1 << 33);
    seconds.ok_or_else(|| Problem::Time(text.to_owned()))
}
