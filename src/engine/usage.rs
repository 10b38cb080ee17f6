//! What images take on disk, by the rules of the classic store (moby, `daemon/images/image_list.go`): a layer counts once
//! for all images that stand on its chain, and is shared where there are several.

use std::collections::HashMap;

use super::{Engine, Error, ImageSummary, images};
use crate::container::Record;
use crate::oci::ChainId;

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
