//! Tests of the whole house; what belongs to one room is tested in that room, and every page of `checks/` by `tests/pages.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod action;
mod architecture;
mod baseline;
mod catalogue;
mod cli;
mod configuration;
mod detectors;
mod fix;
mod fixtures;
mod git;
mod install;
mod leaks;
mod newcomer;
mod ran;
mod reports;
mod robustness;
mod run;
mod samples;
mod tokens;
mod why;
