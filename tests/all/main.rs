//! Tests of the whole house; what belongs to one room is tested in that room, and every page of `checks/` by `tests/pages.rs`.

mod architecture;
mod catalogue;
mod fixtures;
mod reports;
