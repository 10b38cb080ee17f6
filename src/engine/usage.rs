//! What images take on disk, by the rules of the classic store (moby, `daemon/images/image_list.go`): a layer counts once
//! for all images that stand on its chain, and is shared where there are several.

use std::collections::HashSet;

use super::stacks::{Layer, Stacks};
use super::{Engine, Error, ImageSummary};
use crate::container::Record;
use crate::oci::{Digest, ImageId};

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
        let usage = self.disk_usage()?;
        let in_use = usage.images.iter().filter(|image| image.containers > 0);
        let used: u64 = in_use.map(|image| image.summary.on_disk.saturating_sub(image.shared)).sum();
        let mut blobs: Vec<Digest> = Vec::new();
        for image in self.workspace.images()? {
            let details = self.details(&image)?;
            blobs.push(details.manifest.digest);
            blobs.push(details.summary.id.0);
            blobs.extend(details.layers.into_iter().map(|layer| layer.blob.digest));
        }
        blobs.sort();
        blobs.dedup();
        Ok(Weight { blobs, reclaimable: usage.layers.saturating_sub(used) })
    }

    /// Adds up what images and containers take.
    pub fn disk_usage(&self) -> Result<DiskUsage, Error> {
        let held = self.images()?;
        let stacks = self.stacks(&held)?;
        let layers = stacks.layers();
        let mut users = vec![0_usize; layers.len()];
        let stack = |id: &ImageId| stacks.get(id).unwrap_or_default().iter().map(|place| *place as usize);
        for place in held.iter().flat_map(|image| stack(&image.id)) {
            users[place] += 1;
        }
        let containers = self.shelf().list()?;
        let usage = |image: ImageSummary| ImageUsage {
            shared: stack(&image.id).filter(|place| users[*place] > 1).map(|place| layers[place].on_disk).sum(),
            containers: containers.iter().filter(|container| container.image == image.id).count(),
            summary: image,
        };
        let images = held.into_iter().map(usage).collect();
        Ok(DiskUsage { layers: layers.iter().map(|layer| layer.on_disk).sum(), images, containers })
    }

    /// Returns the layers of all these images and of no other.
    fn stacks(&self, held: &[ImageSummary]) -> Result<Stacks, Error> {
        let known = self.workspace.cache(CACHE).and_then(|bytes| Stacks::decode(&bytes)).unwrap_or_default();
        if known.len() == held.len() && held.iter().all(|image| known.get(&image.id).is_some()) {
            return Ok(known);
        }
        let mut stacks = Stacks::default();
        for image in held {
            if let Some(stack) = known.get(&image.id) {
                stacks.add(image.id.clone(), stack.iter().map(|place| known.layers()[*place as usize].clone()));
            }
        }
        let unknown: HashSet<String> =
            held.iter().filter(|image| stacks.get(&image.id).is_none()).map(|image| image.id.to_string()).collect();
        for image in self.workspace.images_where(|image| unknown.contains(image.id))? {
            let layers = self.details(&image)?.layers.into_iter();
            stacks.add(image.id, layers.map(|layer| Layer { chain: layer.chain_id, on_disk: layer.on_disk }));
        }
        self.workspace.put_cache(CACHE, &stacks.encode());
        Ok(stacks)
    }
}
