//! Trees → typed views, one file per kind of file, in that format's own words.
//!
//! A view is cheap, borrows its document and requires nothing: a job whose steps are a string has no steps, and a check
//! sees none. Whether a file is *valid* is the platform's business. A view visits the document's literals once each.

pub mod compose;
pub mod container;
pub mod github_actions;
pub mod gitlab_ci;
mod interpolated;
pub mod kubernetes;
pub mod login;
pub mod notebook;
mod recognise;
pub mod script;
pub mod sensitive;
pub mod terraform;
pub mod text;
pub mod tfstate;
pub mod tfvars;
pub mod yaml;

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;

use crate::literal::Literal;
use crate::source::{Place, Source, Span};
use crate::syntax::SyntaxError;

pub use recognise::{by_content, by_path};

/// The kinds of files that caulk reads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// Workflows and composite `action.yml`.
    GithubActions,
    /// `.gitlab-ci.yml` and what it includes.
    GitlabCi,
    /// docker-compose files.
    Compose,
    /// Kubernetes manifests.
    Kubernetes,
    /// A directory of `.tf`, `.tofu` and `.tf.json` files.
    Terraform,
    /// Variable values: `.tfvars`, `.tfvars.json`, `.tfbackend`.
    Tfvars,
    /// Terraform state, and what `terraform show -json` prints.
    Tfstate,
    /// Jupyter notebooks.
    Notebook,
    /// Any other text.
    Text,
}

impl Format {
    /// The word used in reports and as the folder of its checks.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GithubActions => "github-actions",
            Self::GitlabCi => "gitlab-ci",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::Terraform => "terraform",
            Self::Tfvars => "tfvars",
            Self::Tfstate => "tfstate",
            Self::Notebook => "notebook",
            Self::Text => "text",
        }
    }
}

/// What every format's view can do.
pub trait View {
    /// The format.
    fn format(&self) -> Format;

    /// The sources it was built from; the first one is where findings about the whole unit stand.
    fn sources(&self) -> Vec<&Source>;

    /// Visits every literal once: once per tree node, an aliased block once. Comments too, as prose.
    fn literals(&self, visit: &mut dyn FnMut(&Literal<'_, '_>));

    /// Where reading stopped or was resumed.
    fn errors(&self) -> Vec<(&Source, &SyntaxError)>;

    /// Comment tokens, of the file's own syntax and of scripts inside it, from their opening mark to their end.
    /// A suppression may stand only in one of them.
    fn comments(&self) -> Vec<Place>;

    /// Tags that its author put on parts of it; a suppression may be one.
    fn tags(&self) -> Vec<Tag> {
        Vec::new()
    }

    /// The lists, mappings and blocks that hold other things, in any order; a suppression may stand where one opens.
    fn holders(&self) -> Vec<Holder> {
        Vec::new()
    }

    /// What was not read as its format although it belongs to it, in words for the coverage (`template, read as text`).
    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }
}

/// A tag on a part of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub text: String,
    /// The part that it is about.
    pub covers: Span,
}

/// A part of a document that holds other things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Holder {
    /// All of it.
    pub place: Place,
    /// Where it opens.
    pub opener: u32,
    /// Whether it is one of several of a kind (a step, a container's variable, a block), and no key that holds them.
    pub is_item: bool,
}

/// A remark about how a file was read, for the report's coverage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The words.
    pub reason: &'static str,
    /// Whether something that should have been linted was not: the run is then incomplete.
    pub incomplete: bool,
}

/// The files of the same repository that a document may refer to by a local path: child modules, composite actions, includes.
/// They are context: findings are reported only in the files that were asked for.
pub trait Tree: Sync {
    /// A file by its path relative to the repository's root; `.` and `..` are resolved, nothing outside is read.
    fn read(&self, path: &str) -> Option<Arc<Source>>;

    /// The paths of the files directly in a directory, sorted.
    fn list(&self, directory: &str) -> Vec<String>;

    /// Whether git keeps a file, or there is no git.
    fn is_committed(&self, path: &str) -> bool {
        let _ = path;
        true
    }

    /// Whether a Terraform module of the repository keeps its state in the bucket or account of this name.
    fn holds_state(&self, store: &str) -> bool {
        let _ = store;
        false
    }

    /// What the repository's workflows and pipelines tell `terraform init` of backends.
    fn inits(&self) -> &[terraform::Init] {
        &[]
    }

    /// What `read` finds out about the Terraform module in this directory, which many files may ask: its secret variables.
    fn secret_variables(&self, directory: &str, read: &dyn Fn() -> HashSet<String>) -> Arc<HashSet<String>> {
        let _ = directory;
        Arc::new(read())
    }

    /// What `keep` was given about the Terraform module in this directory.
    fn kept(&self, directory: &str) -> Option<Arc<dyn Any + Send + Sync>> {
        let _ = directory;
        None
    }

    /// Keeps what was found out about the Terraform module in this directory, for whoever asks next.
    fn keep(&self, directory: &str, found: Arc<dyn Any + Send + Sync>) {
        let _ = (directory, found);
    }

    /// Whether a Terraform module of the repository calls the one in this directory.
    fn is_called(&self, directory: &str) -> bool {
        let _ = directory;
        false
    }
}
