//! The checks: same folders and names as `checks/`, one small function each.
//!
//! A check reads a unit and reports findings. It cannot fail, reads no files, prints nothing, and knows neither
//! configuration nor other checks. `checks/README.md` has the recipe.

pub mod compose;
mod containers;
pub mod core;
pub mod github_actions;
pub mod gitlab_ci;
pub mod kubernetes;
pub mod notebook;
pub mod terraform;
mod terraform_arguments;
pub mod tfstate;
pub mod tfvars;

use crate::catalogue::Page;
use crate::finding::Findings;
use crate::formats::compose::Compose;
use crate::formats::github_actions::Workflow;
use crate::formats::gitlab_ci::Pipeline;
use crate::formats::kubernetes::Manifests;
use crate::formats::notebook::Notebook;
use crate::formats::terraform::Module;
use crate::formats::text::TextFile;
use crate::formats::tfstate::State;
use crate::formats::tfvars::Tfvars;
use crate::unit::Unit;

/// A check: its page, and the functions that make the page true.
#[derive(Debug)]
pub struct Check {
    /// The page.
    pub page: Page,
    /// What to run, per kind of unit. Empty where the pipeline itself reports (suppressions, failures).
    pub runs: &'static [Run],
}

/// A function of a check, by the kind of unit it reads. A new format is a compile error at the one `match` that must name it.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// A docker compose file.
    Compose(fn(&Unit<Compose<'_>>, &mut Findings)),
    /// A GitHub Actions workflow or composite action.
    Workflow(fn(&Unit<Workflow<'_>>, &mut Findings)),
    /// A GitLab CI pipeline, or a file that pipelines include.
    Pipeline(fn(&Unit<Pipeline<'_>>, &mut Findings)),
    /// A file of Kubernetes manifests.
    Manifests(fn(&Unit<Manifests<'_>>, &mut Findings)),
    /// A Jupyter notebook.
    Notebook(fn(&Unit<Notebook<'_>>, &mut Findings)),
    /// The Terraform files of a directory.
    Module(fn(&Unit<Module<'_>>, &mut Findings)),
    /// Terraform state, or the JSON of a state or plan.
    State(fn(&Unit<State<'_>>, &mut Findings)),
    /// Values of Terraform variables.
    Tfvars(fn(&Unit<Tfvars>, &mut Findings)),
    /// Text that no format reads.
    Text(fn(&Unit<TextFile<'_>>, &mut Findings)),
}

/// Every check, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Check> + Clone {
    [
        compose::CHECKS,
        core::CHECKS,
        github_actions::CHECKS,
        gitlab_ci::CHECKS,
        kubernetes::CHECKS,
        notebook::CHECKS,
        terraform::CHECKS,
        tfstate::CHECKS,
        tfvars::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
}
