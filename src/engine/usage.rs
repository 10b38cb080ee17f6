//! What images take on disk, by the rules of the classic store (moby, `daemon/images/image_list.go`): a layer counts once
//! for all images that stand on its chain, and is shared where there are several.

use std::collections::{HashMap, HashSet};
use std::slice;

use super::stacks::{self, Layer, Stack, Stacks};
use super::{Engine, Error, ImageSummary, ListedImage};
use crate::container::Record;
use crate::oci::{ChainId, Digest, ImageId};

/// File of the workspace's cache.
const CACHE: &str = "stacks.cache";

/// What everything takes on disk, image by image.
#[derive(Debug, Clone, PartialEq)]
pub struct DiskUsage {
    /// The images, newest first.
    pub images: Vec<ImageUsage>,
    /// The containers, newest first; each knows how many bytes it has written.
    pub containers: Vec<Record>,
}

/// What everything takes on disk, all together.
#[derive(Debug, Clone, PartialEq)]
pub struct DiskTotals {
    /// How many images there are.
    pub images: usize,
    /// How many of them have a container.
    pub active: usize,
    /// Bytes of all layers, each once.
    pub layers: u64,
    /// Bytes of layers that some image with a container needs and no other image does.
    pub used: u64,
    /// The containers, newest first; each knows how many bytes it has written.
    pub containers: Vec<Record>,
}

/// What one image takes on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUsage {
    /// The image.
    pub summary: ImageSummary,
    /// Bytes of its layers that other images stand on too.
    pub shared: u64,
    /// How many containers were made from it.
    pub containers: usize,
}

/// What the images of a workspace are stored in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weight {
    /// Digests of all blobs that they reach, manifests and configs among them, each once.
    pub blobs: Vec<Digest>,
    /// Bytes of layers that only images without a container need: what `docker system df` calls reclaimable.
    pub reclaimable: u64,
}

impl Engine {
    /// Tells what the images are stored in.
    pub fn weight(&self) -> Result<Weight, Error> {
        let totals = self.disk_totals()?;
        let mut blobs: Vec<Digest> = Vec::new();
        for image in self.workspace.images()? {
            let details = self.details(&image)?;
            blobs.push(details.manifest.digest);
            blobs.push(details.summary.id.0);
            blobs.extend(details.layers.into_iter().map(|layer| layer.blob.digest));
        }
        blobs.sort();
        blobs.dedup();
        Ok(Weight { blobs, reclaimable: totals.layers.saturating_sub(totals.used) })
    }

    /// Adds up what images and containers take. Reads two files, and one a container.
    pub fn disk_totals(&self) -> Result<DiskTotals, Error> {
        self.with_stacks(|stacks| self.totals_of(stacks))?
    }

    fn totals_of(&self, stacks: &Stacks<'_>) -> Result<DiskTotals, Error> {
        let users = users(stacks);
        let containers = self.shelf().list()?;
        let in_use: HashSet<String> = containers.iter().map(|container| container.image.to_string()).collect();
        let active = || stacks.images.iter().filter(|stack| in_use.contains(stack.image));
        let own = active().flat_map(Stack::places).filter(|place| users[*place] == 1);
        Ok(DiskTotals {
            images: stacks.images.len(),
            active: active().count(),
            layers: stacks.layers.iter().map(|layer| layer.on_disk).sum(),
            used: own.map(|place| stacks.layers[place].on_disk).sum(),
            containers,
        })
    }

    /// Tells what each image and container takes.
    pub fn disk_usage(&self) -> Result<DiskUsage, Error> {
        self.with_stacks(|stacks| self.usage_of(stacks))?
    }

    fn usage_of(&self, stacks: &Stacks<'_>) -> Result<DiskUsage, Error> {
        let users = users(stacks);
        let by_image: HashMap<&str, &Stack<'_>> = stacks.images.iter().map(|stack| (stack.image, stack)).collect();
        let containers = self.shelf().list()?;
        let usage = |image: ImageSummary| {
            let places = by_image.get(image.id.to_string().as_str()).into_iter().flat_map(|stack| stack.places());
            ImageUsage {
                shared: places.filter(|place| users[*place] > 1).map(|place| stacks.layers[place].on_disk).sum(),
                containers: containers.iter().filter(|container| container.image == image.id).count(),
                summary: image,
            }
        };
        let images = self.images()?.into_iter().map(usage).collect();
        Ok(DiskUsage { images, containers })
    }

    /// Counts the images that stand on each chain, by the chain's ID. Reads the configs of images alone that the last look at the disk's
    /// usage did not see; one that cannot be read stands on nothing.
    pub(super) fn standing(&self) -> Result<HashMap<String, usize>, Error> {
        let cached = self.workspace.cache(CACHE).unwrap_or_default();
        let known = Stacks::read(&cached).unwrap_or_default();
        let by_image: HashMap<&str, &Stack<'_>> = known.images.iter().map(|stack| (stack.image, stack)).collect();
        let begin = || (vec![0; known.layers.len()], Vec::new());
        let (users, unknown) = self.fold_images(begin, |(users, unknown), image| match by_image.get(image.id) {
            Some(stack) => stack.places().for_each(|place| users[place] += 1),
            None => unknown.extend(image.id.parse().map(ImageId)),
        })?;
        let known = known.layers.iter().zip(users).filter(|(_, users)| *users > 0);
        let mut standing: HashMap<String, usize> =
            known.map(|(layer, users)| (layer.chain.to_owned(), users)).collect();
        for chain in unknown.iter().flat_map(|id| self.chains(id)) {
            *standing.entry(chain.to_string()).or_default() += 1;
        }
        Ok(standing)
    }

    /// Lists the chain IDs of an image, bottom first. An image whose config cannot be read has none.
    pub(super) fn chains(&self, id: &ImageId) -> Vec<ChainId> {
        self.config_of(id).map(|config| ChainId::stack(&config.rootfs.diff_ids)).unwrap_or_default()
    }

    /// Shows the stacks of all images, newest first, to `look`.
    fn with_stacks<T>(&self, look: impl FnOnce(&Stacks<'_>) -> T) -> Result<T, Error> {
        let cached = self.workspace.cache(CACHE).unwrap_or_default();
        let known = Stacks::read(&cached).unwrap_or_default();
        let Some(ids) = self.unless_same(&known)? else { return Ok(look(&known)) };
        let by_image: HashMap<&str, Stack<'_>> = known.images.iter().map(|stack| (stack.image, *stack)).collect();
        let unknown: HashSet<&str> = ids.iter().map(String::as_str).filter(|id| !by_image.contains_key(id)).collect();
        let mut read = HashMap::new();
        for image in self.workspace.images_where(|image| unknown.contains(image.id))? {
            read.insert(image.id.to_string(), self.details(&image)?.layers);
        }
        let mut writer = stacks::Writer::default();
        for id in &ids {
            if let Some(stack) = by_image.get(id.as_str()) {
                writer.add(id, known.layers_of(*stack));
            } else if let Some(layers) = read.get(id) {
                let chains: Vec<String> = layers.iter().map(|layer| layer.chain_id.to_string()).collect();
                let layers = layers.iter().zip(&chains).map(|(layer, chain)| Layer { chain, on_disk: layer.on_disk });
                writer.add(id, layers);
            }
        }
        let encoded = writer.finish();
        self.workspace.put_cache(CACHE, &encoded);
        Ok(look(&Stacks::read(&encoded).unwrap_or_default()))
    }

    /// Returns the IDs of the images, newest first; `None` where they are those of `known`.
    fn unless_same(&self, known: &Stacks<'_>) -> Result<Option<Vec<String>>, Error> {
        let begin = || (known.images.iter(), true);
        let compare = |(known, same): &mut (slice::Iter<'_, Stack<'_>>, bool), image: ListedImage<'_>| {
            *same &= known.next().is_some_and(|stack| stack.image == image.id);
        };
        let (mut rest, same) = self.fold_images(begin, compare)?;
        if same && rest.next().is_none() {
            return Ok(None);
        }
        self.fold_images(Vec::new, |ids, image| ids.push(image.id.to_owned())).map(Some)
    }
}

/// Counts the images that stand on each layer.
fn users(stacks: &Stacks<'_>) -> Vec<usize> {
    let mut users = vec![0; stacks.layers.len()];
    stacks.images.iter().flat_map(Stack::places).for_each(|place| users[place] += 1);
    users
}
