//! The world as a step sees it: what is held now, and what was held when the step began.

use std::cell::RefCell;
use std::rc::Rc;

use crate::container::Found;
use crate::engine::{ContainerFacts, Error, ImageFacts, ImageSummary, Weight};
use crate::lesson::{RanLine, World};
use crate::oci::{DiffId, Platform, Reference, Repository};

/// What was held when the step began.
#[derive(Debug, Clone, Default)]
pub(super) struct Before(Rc<RefCell<Account>>);

#[derive(Debug, Clone, Default)]
struct Account {
    images: Vec<ImageSummary>,
    stacks: Vec<Vec<DiffId>>,
    containers: String,
    weight: Weight,
    ran: Vec<RanLine>,
}

impl Before {
    /// Returns an account of the same that is kept apart from this one.
    pub(super) fn apart(&self) -> Self {
        Self(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    /// Takes account of what is held now. What cannot be read counts as not there.
    pub(super) fn take(&self, world: &dyn World) {
        *self.0.borrow_mut() = Account {
            images: world.images().unwrap_or_default(),
            stacks: world.stacks().unwrap_or_default(),
            containers: world.containers_state(),
            weight: world.weight().unwrap_or_default(),
            ran: Vec::new(),
        };
    }

    /// Tells whether images and containers are still those that were held then.
    pub(super) fn is_now(&self, world: &dyn World) -> bool {
        let account = self.0.borrow();
        world.containers_state() == account.containers && world.images().is_ok_and(|images| images == account.images)
    }

    /// Keeps account of the commands of the step.
    pub(super) fn set_ran(&self, ran: &[RanLine]) {
        self.0.borrow_mut().ran = ran.to_vec();
    }
}

/// A world that remembers the beginning of the step.
pub(super) struct Since<'w> {
    pub(super) world: &'w dyn World,
    pub(super) before: Before,
}

impl World for Since<'_> {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        self.world.facts(reference)
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        self.world.images()
    }

    fn stacks(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        self.world.stacks()
    }

    fn containers_state(&self) -> String {
        self.world.containers_state()
    }

    fn containers(&self) -> Result<Vec<ContainerFacts>, Error> {
        self.world.containers()
    }

    fn file(&self, container: &ContainerFacts, path: &str) -> Result<Option<Found>, Error> {
        self.world.file(container, path)
    }

    fn facts_for(&self, reference: &Reference, platform: &Platform) -> Result<ImageFacts, Error> {
        self.world.facts_for(reference, platform)
    }

    fn registry_tags(&self, repository: &Repository) -> Result<Vec<String>, Error> {
        self.world.registry_tags(repository)
    }

    fn weight(&self) -> Result<Weight, Error> {
        self.world.weight()
    }

    fn weight_before(&self) -> Result<Weight, Error> {
        Ok(self.before.0.borrow().weight.clone())
    }

    fn commands(&self) -> Vec<RanLine> {
        self.before.0.borrow().ran.clone()
    }

    fn platform_of(&self, image: &ImageSummary) -> Option<Platform> {
        self.world.platform_of(image)
    }

    fn images_before(&self) -> Vec<ImageSummary> {
        self.before.0.borrow().images.clone()
    }

    fn stacks_before(&self) -> Result<Vec<Vec<DiffId>>, Error> {
        Ok(self.before.0.borrow().stacks.clone())
    }
}
