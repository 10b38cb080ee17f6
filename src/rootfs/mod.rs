//! The file tree inside an image.
use crate::oci::DiffId;
/// x
pub struct Layer {
    /// x
    pub diff_id: DiffId,
    /// x
    pub on_disk: u64,
    /// x
    pub uncompressed: u64,
    /// x
    pub tree: Tree,
}
/// x
pub struct Tree;
impl Tree {
    /// x
    pub fn encode(&self) -> Vec<u8> {
        vec![]
    }
}
/// x
#[derive(Default)]
pub struct Limits;
/// x
pub fn scan(_: impl std::io::Read + Send, _: &Limits) -> Result<Layer, std::io::Error> {
    unimplemented!()
}
