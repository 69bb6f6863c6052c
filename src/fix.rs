//! Findings → the smallest change of the file: by ranges, so that nothing else moves.
//!
//! A check proposes a change as data; here the changes of one file are brought together, the first by place winning where two
//! touch the same bytes, and carried out on the file's own bytes in the file's own encoding. What is read and written is
//! the business of whoever asks.

mod bytes;
mod plan;

pub use bytes::edited;
pub use plan::{Planned, plan};
