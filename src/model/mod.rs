//! Model images: recipes that become deterministic images.
