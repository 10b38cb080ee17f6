//! What images take on disk, by the rules of the classic store (moby, `daemon/images/image_list.go`): a layer counts once
//! for all images that stand on its chain, and is shared where there are several.

use std::collections::HashMap;

use super::{Engine, Error, ImageSummary, images};
use crate::container::Record;
use crate::oci::{ChainId, Digest, DocumentError, Manifest};

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
            let bytes = self.store().read_blob(&image.manifest.digest)?;
            let manifest: Manifest = serde_json::from_slice(&bytes).map_err(DocumentError::Json)?;
            blobs.extend(manifest.layers.into_iter().map(|layer| layer.digest));
        }
        blobs.sort();
        blobs.dedup();
        Ok(Weight { blobs, reclaimable: usage.layers.saturating_sub(used) })
    }

    /// Adds up what images and containers take.
    pub fn disk_usage(&self) -> Result<DiskUsage, Error> {
        let mut stacks = Vec::new();
        let mut layers: HashMap<ChainId, (u64, usize)> = HashMap::new();
        for image in self.workspace.images()? {
            let stack: Vec<ChainId> = self
                .details(&image)?
                .layers
                .into_iter()
                .map(|layer| {
                    layers.entry(layer.chain_id.clone()).or_insert((layer.on_disk, 0)).1 += 1;
                    layer.chain_id
                })
                .collect();
            stacks.push((images::summary(&image), stack));
        }
        let containers = self.shelf().list()?;
        let shared = |chain: &ChainId| layers.get(chain).filter(|(_, users)| *users > 1).map_or(0, |(bytes, _)| *bytes);
        let usage = |(summary, stack): (ImageSummary, Vec<ChainId>)| ImageUsage {
            shared: stack.iter().map(shared).sum(),
            containers: containers.iter().filter(|container| container.image == summary.id).count(),
            summary,
        };
        let mut images: Vec<ImageUsage> = stacks.into_iter().map(usage).collect();
        images.sort_by_key(|image| std::cmp::Reverse(image.summary.created));
        Ok(DiskUsage { layers: layers.values().map(|(bytes, _)| bytes).sum(), images, containers })
    }
}
