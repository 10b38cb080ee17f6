//! What images take on disk, by the rules of the classic store (moby, `daemon/images/image_list.go`): a layer counts once
//! for all images that stand on its chain, and is shared where there are several.

use super::stacks::{Layer, Stacks};
use super::{Engine, Error, ImageSummary, images};
use crate::container::Record;
use crate::oci::ImageId;
use crate::store::HeldImage;

/// File of the workspace's cache.
const CACHE: &str = "stacks.cache";

/// What everything takes on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct DiskUsage {
    /// Bytes of all layers, each once.
    pub layers: u64,
    /// The images, newest first.
    pub images: Vec<ImageUsage>,
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

impl Engine {
    /// Adds up what images and containers take.
    pub fn disk_usage(&self) -> Result<DiskUsage, Error> {
        let held = self.workspace.images()?;
        let stacks = self.stacks(&held)?;
        let layers = stacks.layers();
        let mut users = vec![0_usize; layers.len()];
        let stack = |id: &ImageId| stacks.get(id).unwrap_or_default().iter().map(|place| *place as usize);
        for place in held.iter().flat_map(|image| stack(&image.id)) {
            users[place] += 1;
        }
        let containers = self.shelf().list()?;
        let usage = |image: HeldImage| ImageUsage {
            shared: stack(&image.id).filter(|place| users[*place] > 1).map(|place| layers[place].on_disk).sum(),
            containers: containers.iter().filter(|container| container.image == image.id).count(),
            summary: images::summary(image),
        };
        let mut images: Vec<ImageUsage> = held.into_iter().map(usage).collect();
        images.sort_by_key(|image| std::cmp::Reverse(image.summary.created));
        Ok(DiskUsage { layers: layers.iter().map(|layer| layer.on_disk).sum(), images, containers })
    }

    /// Returns the layers of all these images and of no other.
    fn stacks(&self, held: &[HeldImage]) -> Result<Stacks, Error> {
        let known = self.workspace.cache(CACHE).and_then(|bytes| Stacks::decode(&bytes)).unwrap_or_default();
        if known.len() == held.len() && held.iter().all(|image| known.get(&image.id).is_some()) {
            return Ok(known);
        }
        let mut stacks = Stacks::default();
        for image in held {
            match known.get(&image.id) {
                Some(stack) => {
                    stacks.add(image.id.clone(), stack.iter().map(|place| known.layers()[*place as usize].clone()));
                }
                None => {
                    let layers = self.details(image)?.layers.into_iter();
                    let layers = layers.map(|layer| Layer { chain: layer.chain_id, on_disk: layer.on_disk });
                    stacks.add(image.id.clone(), layers);
                }
            }
        }
        self.workspace.put_cache(CACHE, &stacks.encode());
        Ok(stacks)
    }
}
