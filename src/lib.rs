//! caulk finds the leaks in infrastructure code before anyone else does.
#![forbid(unsafe_code)]

pub mod source;
pub mod syntax;
