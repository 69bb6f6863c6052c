//! Pages: everything caulk says about a check that is not about one finding.
//!
//! A page is truth, test, documentation and SARIF help (`checks/README.md` says how to write one). Its path is its
//! identity; its header is read when something first asks for it, so that a run starts without parsing any.

mod header;
mod markdown;

pub use header::{Case, Confidence, Family, Header, Persona, Severity};
pub use markdown::{Example, ExampleFile, Fence, Mark, MarkKind, Page, PageError, Section};

/// A page of `checks/`, embedded.
macro_rules! page {
    ($id:literal) => {
        $crate::catalogue::Page::new($id, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/checks/", $id, ".md")))
    };
}
pub(crate) use page;
