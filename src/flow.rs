//! Where secrets travel: through the commands of a script, through the references of a module.

pub mod container;
pub mod github_actions;
pub mod gitlab_ci;
mod lines;
mod order;
pub mod script;
pub mod terraform;
