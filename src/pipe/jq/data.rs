//! What a jq program sees beside its input.

use jaq_core::data::HasLut;
use jaq_core::{DataT, Lut};
use jaq_json::Val;
use jaq_std::input::{HasInputs, Inputs};

/// What running programs see: the functions and the rest of the inputs.
pub(super) struct Data;

/// The data of one run.
#[derive(Clone)]
pub(super) struct World<'a> {
    pub(super) lut: &'a Lut<Data>,
    pub(super) inputs: Inputs<'a, Val>,
}

impl DataT for Data {
    type V<'a> = Val;
    type Data<'a> = World<'a>;
}

impl<'a> HasLut<'a, Data> for World<'a> {
    fn lut(&self) -> &'a Lut<Data> {
        self.lut
    }
}

impl<'a> HasInputs<'a, Val> for World<'a> {
    fn inputs(&self) -> Inputs<'a, Val> {
        self.inputs
    }
}
