//! The file tree inside an image.
