//! caulk finds the leaks in infrastructure code before anyone else does.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod checks;
pub mod finding;
pub mod formats;
pub mod literal;
pub mod report;
pub mod secrets;
pub mod source;
pub mod syntax;
pub mod unit;
