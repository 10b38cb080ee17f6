//! The lock as a witness. What it says about a layer is compared with the layer itself whenever a pack is built, and before a release.

use bytes::Bytes;

use super::catalogue::Catalogue;
use crate::oci::Digest;
use crate::source::{Error, KnownLayer, Vouch};

impl Vouch for Catalogue {
    fn layer(&self, blob: &Digest) -> Option<KnownLayer> {
        let (_, row) = self.shelf.row(blob)?;
        let (on_disk, uncompressed) = (row.on_disk, row.uncompressed);
        Some(KnownLayer { diff_id: row.diff_id.clone(), on_disk, uncompressed })
    }

    fn chunks(&self, blob: &Digest) -> Result<Box<dyn Iterator<Item = Bytes> + Send>, Error> {
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| Error::Local {
            what: "cannot make a layer of a model image".to_owned(),
            cause,
        };
        let (at, _) = self.shelf.row(blob).ok_or_else(|| failed("no recipe makes it".into()))?;
        let build = self.shelf.build(*at).map_err(|error| failed(Box::new(error)))?;
        let layer = build.layers.get(blob).ok_or_else(|| failed("no recipe makes it".into()))?;
        let bytes = layer.plan.bytes().map_err(|error| failed(Box::new(error)))?;
        Ok(Box::new(bytes.blob.chunks(0)))
    }
}
