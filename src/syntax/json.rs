//! JSON: a strict, iterative scanner, and two ways to use it: a small tree, or a walk with a path.
//!
//! Every event carries its byte range. Nothing here recurses, so nesting costs no stack, and nothing is decoded before
//! somebody asks: `decode` turns one string token into a `Text` with its map.
//!
//! Files of any size (state, notebooks) are read with `walk`, or with a `Scanner` that builds a `Tree` of one resource or
//! cell at a time. A tree of a whole file is for small ones.
//!
//! The grammar is RFC 8259's, read strictly, with these liberties: a byte order mark may come first, lone surrogates decode
//! to U+FFFD, numbers have any size because they are never converted. Where the text stops being JSON, what was read
//! stays, and the rest is one error's `unread` part.
//!
//! # Not covered
//!
//! - Comments, trailing commas and single quotes (JSON5, JSONC): no format of ours allows them.
//! - Several documents in one file (JSON lines): what follows the first value is unread.

mod decode;
mod scan;
mod tree;
mod walk;

pub use decode::decode;
pub use scan::{Event, MAX_DEPTH, Scanner, Token};
pub use tree::{Entries, Items, Kind, MAX_NODES, Node, Tree};
pub use walk::{Path, Step, walk};

#[cfg(test)]
mod tests;
