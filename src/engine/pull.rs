//! Pulling an image: documents first, then layers side by side, the name last.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::layer::Totals;
use super::transfer::{Transfer, Urgency};
use super::{Engine, Error, LayerState, PullEvent, PullOutcome, PullRequest, fetch, layer, tag};
use crate::oci::{
    ChainId, Descriptor, DiffId, Digest, Document, ImageConfig, ImageId, Manifest, Reference, Repository,
};
use crate::store::HeldImage;

/// How many layers are transferred at once, as in Docker's daemon.
const AT_ONCE: usize = 3;
/// How many where there are zstd layers: a window of 8 MiB each, measured beside long lists of files, leaves room for one if a
/// pull is to stay under 40 MiB in all. A layer keeps two cores busy by itself.
const ZSTD_AT_ONCE: usize = 1;

/// A layer of the image that is being pulled.
struct Planned {
    blob: Descriptor,
    diff_id: DiffId,
    /// The whole chain up to it was held: nothing is said about it but `Already exists`.
    held: bool,
}

type Events<'a> = &'a mut (dyn FnMut(PullEvent) + Send);

impl Engine {
    /// Pulls one image: index, platform, config, layers; names it last. `events` hears what happens, in order.
    ///
    /// Every digest, size and diff ID is verified here, whatever the source. A layer counts as held, as in Docker's classic
    /// store, when its whole chain from the bottom up is; a blob that the pool has anyway is not transferred again.
    /// Cancel-safe: dropping the future leaves partial blobs that the next pull resumes, and no name.
    pub async fn pull(&self, request: &PullRequest, events: Events<'_>) -> Result<PullOutcome, Error> {
        let reference = request.reference.clone().or_latest();
        if reference.repository().familiar() == "scratch" {
            return Err(Error::Scratch);
        }
        let _hold = self.store().hold()?;
        let root = self.root(&reference).await?;
        events(started(&reference));
        let platform = request.platform.as_ref().unwrap_or(&self.options.platform);
        let documents = self.documents(reference.repository(), root, platform).await?;
        if !matches!(documents.config.os.as_str(), "" | "linux") {
            return Err(Error::OtherSystem(documents.config.os.clone()));
        }
        let image_id = documents.config.image_id();
        if !self.holds(&image_id)? {
            let on_disk = self.pull_layers(reference.repository(), &documents, events).await?;
            self.admit(&documents, on_disk)?;
        }
        let newer = self.name(&reference, &documents)?;
        let outcome = PullOutcome { digest: documents.root, image_id, newer };
        events(PullEvent::Finished(outcome.clone()));
        Ok(outcome)
    }

    fn holds(&self, id: &ImageId) -> Result<bool, Error> {
        let id = id.to_string();
        self.fold_images(|| false, |holds, image| *holds |= image.id == id)
    }

    /// Brings all layers into the pool and returns their bytes on disk.
    async fn pull_layers(
        &self,
        repository: &Repository,
        documents: &fetch::Documents,
        events: Events<'_>,
    ) -> Result<u64, Error> {
        let stack = self.plan(documents)?;
        announce(&stack, events);
        let (sender, mut reports) = mpsc::unbounded_channel();
        let mut done = self.take_words(&stack, events)?;
        let mut unknown: Vec<Descriptor> =
            distinct(&stack).into_iter().filter(|blob| !done.contains_key(&blob.digest)).collect();
        // The largest layer takes longest, whatever goes on beside it.
        unknown.sort_by_key(|blob| std::cmp::Reverse(blob.size));
        let mut waiting = unknown.into_iter();
        let mut running = JoinSet::new();
        let mut registered = register(&stack, 0, &done, events);
        for (number, blob) in waiting.by_ref().take(at_once(&stack)).enumerate() {
            let urgency = if number == 0 { Urgency::First } else { Urgency::Behind };
            running.spawn(self.transfer(repository, blob, urgency, sender.clone()).run());
        }
        loop {
            tokio::select! {
                biased;
                Some(event) = reports.recv() => tell(&stack, event, events),
                finished = running.join_next() => {
                    let Some(finished) = finished else { break };
                    let (digest, totals) = finished.map_err(broken)??;
                    done.insert(digest, totals);
                    registered = register(&stack, registered, &done, events);
                    if let Some(blob) = waiting.next() {
                        running.spawn(self.transfer(repository, blob, Urgency::Behind, sender.clone()).run());
                    }
                }
            }
        }
        // As in Docker, every layer is complete before the stack is compared with what the config says.
        if stack.iter().any(|layer| done.get(&layer.blob.digest).is_some_and(|totals| totals.diff_id != layer.diff_id))
        {
            return Err(Error::LayersMismatch);
        }
        Ok(stack.iter().filter_map(|layer| done.get(&layer.blob.digest)).map(|totals| totals.on_disk).sum())
    }

    /// Takes the layers that somebody vouches for as if they had come.
    fn take_words(&self, stack: &[Planned], events: Events<'_>) -> Result<HashMap<Digest, Totals>, Error> {
        let mut done = HashMap::new();
        let Some(vouch) = &self.outside.vouch else { return Ok(done) };
        for blob in distinct(stack) {
            if let Some(known) = vouch.layer(&blob.digest) {
                for state in [LayerState::VerifyingChecksum, LayerState::DownloadComplete] {
                    tell(stack, (blob.digest.clone(), state), events);
                }
                let totals = layer::take_word(self.store(), &blob, known)?;
                done.insert(blob.digest, totals);
            }
        }
        Ok(done)
    }

    fn plan(&self, documents: &fetch::Documents) -> Result<Vec<Planned>, Error> {
        let standing = self.standing()?;
        let diff_ids = &documents.config.rootfs.diff_ids;
        let layers = documents.manifest.layers.iter().zip(diff_ids).zip(ChainId::stack(diff_ids));
        let planned = layers.map(|((blob, diff_id), chain)| Planned {
            blob: blob.clone(),
            diff_id: diff_id.clone(),
            held: standing.contains_key(&chain.to_string()),
        });
        Ok(planned.collect())
    }

    fn transfer(
        &self,
        repository: &Repository,
        blob: Descriptor,
        urgency: Urgency,
        events: mpsc::UnboundedSender<(Digest, LayerState)>,
    ) -> Transfer {
        Transfer::new(self.store().clone(), self.source.clone(), repository.clone(), blob, urgency, events)
    }

    /// Puts config and manifest into the pool and the image, still without a name, into the workspace.
    fn admit(&self, documents: &fetch::Documents, on_disk: u64) -> Result<(), Error> {
        self.put_documents(&documents.config, &documents.manifest, &documents.document)?;
        let image = HeldImage {
            id: documents.config.image_id(),
            manifest: documents.document.descriptor(),
            tags: std::collections::BTreeMap::new(),
            digests: std::collections::BTreeSet::new(),
            on_disk,
            created: documents.config.created.clone(),
            parent: None,
        };
        self.workspace.update(|images| {
            if !images.iter().any(|known| known.id == image.id) {
                images.push(image);
            }
        })?;
        Ok(())
    }

    /// Puts the config and the manifest of an image into the pool: the manifest under the digest that it was asked by, the
    /// config under the one that the manifest names, and under the image ID, which is SHA-256 always.
    pub(super) fn put_documents(
        &self,
        config: &ImageConfig,
        manifest: &Manifest,
        document: &Document,
    ) -> Result<(), Error> {
        self.store().put_blob(config.raw())?;
        self.store().put_blob_by(manifest.config.digest.algorithm(), config.raw())?;
        self.store().put_blob_by(document.digest().algorithm(), document.bytes())?;
        Ok(())
    }

    /// Names the image and tells whether the name is new or pointed elsewhere.
    fn name(&self, reference: &Reference, documents: &fetch::Documents) -> Result<bool, Error> {
        let id = documents.config.image_id();
        let digest = reference.repository().with_digest(documents.root.clone());
        let at = self.now();
        Ok(self.workspace.update(|images| {
            let Some(image) = images.iter_mut().find(|image| image.id == id) else { return false };
            let new_digest = image.digests.insert(digest);
            match reference.tag().filter(|_| reference.digest().is_none()) {
                None => new_digest,
                Some(name) => {
                    let name = reference.repository().with_tag(name);
                    let had = image.tags.contains_key(&name);
                    if !had {
                        tag::set_tag(images, &name, &at, |image| image.id == id);
                    }
                    !had
                }
            }
        })?)
    }
}

fn started(reference: &Reference) -> PullEvent {
    let tag = match (reference.digest(), reference.tag()) {
        (None, Some(tag)) => tag.to_owned(),
        _ => reference.normalized(),
    };
    PullEvent::Started { tag, path: reference.repository().path().to_owned() }
}

fn announce(stack: &[Planned], events: Events<'_>) {
    let mut event = |layer: &Planned, state| events(PullEvent::Layer { digest: layer.blob.digest.clone(), state });
    for layer in stack {
        event(layer, if layer.held { LayerState::AlreadyExists } else { LayerState::PullingFsLayer });
    }
    for layer in stack.iter().filter(|layer| !layer.held).skip(at_once(stack)) {
        event(layer, LayerState::Waiting);
    }
}

fn at_once(stack: &[Planned]) -> usize {
    let is_zstd = |layer: &Planned| layer.blob.media_type.as_str().ends_with("zstd");
    if stack.iter().any(is_zstd) { ZSTD_AT_ONCE } else { AT_ONCE }
}

/// Lists each blob once, bottom first: an image may have the same layer twice.
fn distinct(stack: &[Planned]) -> Vec<Descriptor> {
    let mut seen = HashSet::new();
    stack.iter().filter(|layer| seen.insert(&layer.blob.digest)).map(|layer| layer.blob.clone()).collect()
}

/// Passes on what happened to a blob, unless its layer counts as held.
fn tell(stack: &[Planned], (digest, state): (Digest, LayerState), events: Events<'_>) {
    if stack.iter().any(|layer| layer.blob.digest == digest && !layer.held) {
        events(PullEvent::Layer { digest, state });
    }
}

/// Registers layers from the bottom up as far as they are here.
fn register(stack: &[Planned], from: usize, done: &HashMap<Digest, Totals>, events: Events<'_>) -> usize {
    let mut next = from;
    while let Some(layer) = stack.get(next)
        && done.contains_key(&layer.blob.digest)
    {
        if !layer.held {
            let total = layer.blob.size;
            for state in [LayerState::Extracting { current: total, total }, LayerState::PullComplete] {
                events(PullEvent::Layer { digest: layer.blob.digest.clone(), state });
            }
        }
        next += 1;
    }
    next
}

/// A task of ours died: a bug, reported as a failure of the store rather than a panic of the whole program.
pub(super) fn broken(error: tokio::task::JoinError) -> Error {
    Error::Store { what: "the transfer of a layer broke off".to_owned(), cause: Box::new(error) }
}
