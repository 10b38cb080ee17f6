//! Pushing images: layers side by side, then the config, the manifest last. What is sent are the bytes that are held.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Engine, Error, PushEvent, PushOutcome, PushRequest, PushState, layer, pull};
use crate::oci::{Descriptor, DiffId, Digest, Document, Manifest, Reference, Repository};
use crate::source::{Content, Delivery, Greeting, Report, Sending, Sink, Stored, Target};
use crate::store::{HeldImage, Store};

/// How many layers are transferred at once, as in Docker's daemon.
const AT_ONCE: usize = 5;
/// A progress event for so many bytes.
const REPORT_BYTES: u64 = 512 * 1024;

type Events<'a> = &'a mut (dyn FnMut(PushEvent) + Send);

/// A layer of the image that is being pushed.
#[derive(Clone)]
struct Layer {
    blob: Descriptor,
    diff_id: DiffId,
}

impl Engine {
    /// Pushes one tag, or all tags of a repository one after the other. `events` hears what happens, in order.
    ///
    /// A pushed image gets the repository's digest among its names, as a pulled one has it.
    ///
    /// # Errors
    /// [`Error::NothingToPush`] and [`Error::NoSuchTag`] where nothing is held under the name; the second one only after
    /// the registry has answered, as in Docker.
    pub async fn push(&self, request: &PushRequest, events: Events<'_>) -> Result<Vec<PushOutcome>, Error> {
        let sink = self.sink()?;
        let repository = request.repository();
        let _hold = self.store().hold()?;
        let images = self.workspace.images()?;
        if !names(&images).any(|name| name.repository() == repository) {
            return Err(Error::NothingToPush(repository.clone()));
        }
        sink.greet(repository).await?;
        let mut outcomes = Vec::new();
        for tag in tags(&images, request)? {
            let outcome = self.push_tag(sink, &tag, &images, events).await?;
            events(PushEvent::Finished(outcome.clone()));
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Tells how the registry of a repository is spoken to; asks it.
    pub async fn greet(&self, repository: &Repository) -> Result<Greeting, Error> {
        Ok(self.sink()?.greet(repository).await?)
    }

    async fn push_tag(
        &self,
        sink: &Arc<dyn Sink>,
        tag: &Reference,
        images: &[HeldImage],
        events: Events<'_>,
    ) -> Result<PushOutcome, Error> {
        let image = images.iter().find(|image| image.tags.contains_key(tag));
        let image = image.ok_or_else(|| Error::NoSuchTag(tag.clone()))?;
        let bytes = self.store().read_blob(&image.manifest.digest)?;
        let document = Document::read(Some(&image.manifest.media_type), bytes)?;
        let manifest = document.manifest()?;
        self.push_layers(sink, tag.repository(), &self.layers(image, &manifest)?, images, events).await?;
        let config = self.delivery(&manifest.config, Vec::new());
        sink.put_blob(tag.repository(), &config, Arc::new(|_| ())).await?;
        let target = Target::Tag(tag.tag().unwrap_or("latest").to_owned());
        sink.put_document(tag.repository(), &target, &document).await?;
        let digest = document.digest().clone();
        self.workspace.update(|images| {
            if let Some(held) = images.iter_mut().find(|held| held.id == image.id) {
                held.digests.insert(tag.repository().with_digest(digest.clone()));
            }
        })?;
        Ok(PushOutcome { tag: target.to_string(), digest, size: document.bytes().len() as u64 })
    }

    /// Lists the layers from the top down, the order in which Docker speaks of them.
    fn layers(&self, image: &HeldImage, manifest: &Manifest) -> Result<Vec<Layer>, Error> {
        let config = self.config_of(&image.id)?;
        let diff_ids = &config.rootfs.diff_ids;
        if diff_ids.len() != manifest.layers.len() {
            return Err(Error::LayersMismatch);
        }
        let layers = manifest.layers.iter().cloned().zip(diff_ids);
        Ok(layers.map(|(blob, diff_id)| Layer { blob, diff_id: diff_id.clone() }).rev().collect())
    }

    async fn push_layers(
        &self,
        sink: &Arc<dyn Sink>,
        repository: &Repository,
        layers: &[Layer],
        images: &[HeldImage],
        events: Events<'_>,
    ) -> Result<(), Error> {
        let (sender, mut reports) = mpsc::unbounded_channel();
        let elsewhere = self.elsewhere(repository, images);
        let mut seen = HashSet::new();
        for layer in layers {
            events(PushEvent::Layer { diff_id: layer.diff_id.clone(), state: PushState::Preparing });
        }
        let distinct: Vec<&Layer> = layers.iter().filter(|layer| seen.insert(&layer.diff_id)).collect();
        for layer in distinct.iter().skip(AT_ONCE) {
            events(PushEvent::Layer { diff_id: layer.diff_id.clone(), state: PushState::Waiting });
        }
        let mut waiting = distinct.into_iter().map(|layer| {
            let from = mount_candidates(repository, &layer.blob.digest, &elsewhere);
            let delivery = self.delivery(&layer.blob, from);
            push_layer(Arc::clone(sink), repository.clone(), layer.diff_id.clone(), delivery, sender.clone())
        });
        let mut running = JoinSet::new();
        for transfer in waiting.by_ref().take(AT_ONCE) {
            running.spawn(transfer);
        }
        loop {
            tokio::select! {
                biased;
                Some(event) = reports.recv() => events(event),
                finished = running.join_next() => {
                    let Some(finished) = finished else { break };
                    finished.map_err(pull::broken)??;
                    if let Some(transfer) = waiting.next() {
                        running.spawn(transfer);
                    }
                }
            }
        }
        // What the last transfer reported may still be on its way.
        while let Ok(event) = reports.try_recv() {
            events(event);
        }
        Ok(())
    }

    fn delivery(&self, blob: &Descriptor, from: Vec<Repository>) -> Delivery {
        let content = Arc::new(Pooled { store: self.store().clone(), digest: blob.digest.clone() });
        Delivery { blob: blob.clone(), content, from }
    }

    /// Lists other repositories of the same registry that held images were pulled from or pushed to, with their blobs.
    fn elsewhere(&self, repository: &Repository, images: &[HeldImage]) -> Vec<(Repository, HashSet<Digest>)> {
        let mut found = Vec::new();
        for image in images {
            let mut others: Vec<&Repository> = image.digests.iter().map(Reference::repository).collect();
            others.retain(|other| other.domain() == repository.domain() && *other != repository);
            others.dedup();
            if others.is_empty() {
                continue;
            }
            // An image whose manifest cannot be read offers nothing.
            let blobs: HashSet<Digest> =
                self.manifest(image).map_or_else(|_| HashSet::new(), |manifest| blobs(&manifest));
            found.extend(others.into_iter().map(|other| (other.clone(), blobs.clone())));
        }
        found
    }
}

fn blobs(manifest: &Manifest) -> HashSet<Digest> {
    manifest.layers.iter().map(|layer| layer.digest.clone()).collect()
}

fn names(images: &[HeldImage]) -> impl Iterator<Item = &Reference> {
    images.iter().flat_map(|image| image.tags.keys().chain(&image.digests))
}

/// Lists the tags that are asked for, by name.
fn tags(images: &[HeldImage], request: &PushRequest) -> Result<Vec<Reference>, Error> {
    let held = images.iter().flat_map(|image| image.tags.keys());
    match request {
        PushRequest::Tag(tag) if held.clone().any(|held| held == tag) => Ok(vec![tag.clone()]),
        PushRequest::Tag(tag) => Err(Error::NoSuchTag(tag.clone())),
        PushRequest::AllTags(repository) => {
            let mut tags: Vec<Reference> = held.filter(|tag| tag.repository() == repository).cloned().collect();
            tags.sort_by_key(ToString::to_string);
            if tags.is_empty() { Err(Error::NoTags(repository.clone())) } else { Ok(tags) }
        }
    }
}

/// Orders repositories that have a blob: those whose path begins as that of the target come first, as in Docker.
fn mount_candidates(
    repository: &Repository,
    digest: &Digest,
    elsewhere: &[(Repository, HashSet<Digest>)],
) -> Vec<Repository> {
    let alike = |other: &Repository| {
        let pairs = other.path().split('/').zip(repository.path().split('/'));
        pairs.take_while(|(one, other)| one == other).count()
    };
    let having = elsewhere.iter().filter(|(_, blobs)| blobs.contains(digest));
    let mut candidates: Vec<Repository> = having.map(|(other, _)| other.clone()).collect();
    candidates.sort_by(|one, other| alike(other).cmp(&alike(one)).then_with(|| one.cmp(other)));
    candidates.dedup();
    candidates
}

/// Brings one layer to the registry and tells how it goes.
async fn push_layer(
    sink: Arc<dyn Sink>,
    repository: Repository,
    diff_id: DiffId,
    delivery: Delivery,
    events: mpsc::UnboundedSender<PushEvent>,
) -> Result<(), Error> {
    let total = delivery.blob.size;
    // Nobody listens once the push has failed or was cancelled.
    let tell = move |state| drop(events.send(PushEvent::Layer { diff_id: diff_id.clone(), state }));
    if layer::is_foreign(&delivery.blob) {
        tell(PushState::SkippedForeign);
        return Ok(());
    }
    let reporter = tell.clone();
    let told = AtomicU64::new(0);
    let report: Report = Arc::new(move |sending| match sending {
        Sending::Sent(current) => {
            // An upload that begins anew counts from less than was told.
            let step = current.abs_diff(told.load(Ordering::Relaxed));
            if step >= REPORT_BYTES || current == total {
                told.store(current, Ordering::Relaxed);
                reporter(PushState::Pushing { current, total });
            }
        }
        Sending::Retrying(seconds) => reporter(PushState::Retrying { seconds }),
    });
    let stored = sink.put_blob(&repository, &delivery, report).await?;
    tell(match stored {
        Stored::AlreadyThere => PushState::AlreadyExists,
        Stored::Mounted(from) => PushState::Mounted(from),
        Stored::Sent => PushState::Pushed,
    });
    Ok(())
}

/// A blob of the pool.
struct Pooled {
    store: Store,
    digest: Digest,
}

impl Content for Pooled {
    fn open(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.store.open_blob(&self.digest).map_err(io::Error::other)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(file))
    }
}
