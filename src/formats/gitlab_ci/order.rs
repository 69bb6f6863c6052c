//! When jobs run, and what they take from those before them
//! (<https://docs.gitlab.com/ci/yaml/#stages>, <https://docs.gitlab.com/ci/yaml/#needs>).

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Job, Located, Pipeline};
use crate::syntax::yaml::{Node, Shape};

/// GitLab lets a job need at most 50 others.
const MAX_NEEDS: usize = 50;

impl<'a> Pipeline<'a> {
    /// The number of each stage, in the order in which they run.
    #[must_use]
    pub fn stages(&self) -> HashMap<Cow<'a, str>, usize> {
        let own = self.globals("stages").first().map(|stages| stages.node.items().filter_map(Node::str).collect::<Vec<_>>());
        let stages = own.unwrap_or_else(|| ["build", "test", "deploy"].map(Cow::Borrowed).to_vec());
        let all = std::iter::once(Cow::Borrowed(".pre")).chain(stages).chain([Cow::Borrowed(".post")]);
        all.enumerate().map(|(index, name)| (name, index)).collect()
    }
}

impl<'a> Job<'a> {
    /// The stage that it runs in.
    #[must_use]
    pub fn stage(&self) -> Cow<'a, str> {
        self.get("stage").and_then(|stage| stage.node.str()).unwrap_or(Cow::Borrowed("test"))
    }

    /// The jobs that it waits for and does not wait for its stage; of each whether it takes its artifacts.
    #[must_use]
    pub fn needs(&self) -> Option<Vec<(Cow<'a, str>, bool)>> {
        let needs = self.get("needs")?.node;
        let need = |item: Node<'a>| {
            let item = item.resolve();
            let takes = item.get_merged("artifacts").and_then(Node::as_bool) != Some(false);
            Some((item.str().or_else(|| item.get_merged("job")?.str())?, takes))
        };
        (needs.shape() == Shape::Sequence).then(|| needs.items().filter_map(need).take(MAX_NEEDS).collect())
    }

    /// The jobs whose artifacts it takes; nothing where it takes those of all earlier stages.
    #[must_use]
    pub fn takes_from(&self) -> Option<Vec<Cow<'a, str>>> {
        let named = self.get("dependencies").filter(|names| names.node.shape() == Shape::Sequence);
        let named = named.map(|names| names.node.items().filter_map(Node::str).take(MAX_NEEDS).collect());
        named.or_else(|| Some(self.needs()?.into_iter().filter(|(_, takes)| *takes).map(|(name, _)| name).collect()))
    }

    /// The paths of its artifacts.
    #[must_use]
    pub fn artifact_paths(&self) -> Vec<(Cow<'a, str>, Located<'a>)> {
        let Some(artifacts) = self.get("artifacts") else { return Vec::new() };
        let paths = artifacts.get("paths").map(|paths| items(paths)).unwrap_or_default();
        let untracked = artifacts.get("untracked").filter(|untracked| untracked.node.as_bool() == Some(true));
        paths.into_iter().chain(untracked.map(|at| (Cow::Borrowed("."), at))).collect()
    }

    /// The paths that its artifacts leave out.
    #[must_use]
    pub fn artifact_exclusions(&self) -> Vec<Cow<'a, str>> {
        let excluded = self.get("artifacts").and_then(|artifacts| artifacts.get("exclude"));
        excluded.map(|paths| items(paths)).unwrap_or_default().into_iter().map(|(path, _)| path).collect()
    }

    /// Whether only members may download its artifacts: `access: developer` and stricter, `public: false`
    /// (<https://docs.gitlab.com/ci/yaml/#artifactsaccess>).
    #[must_use]
    pub fn keeps_artifacts_close(&self) -> bool {
        let Some(artifacts) = self.get("artifacts") else { return false };
        let access = artifacts.get("access").and_then(|access| access.node.str());
        let public = artifacts.get("public").and_then(|public| public.node.as_bool());
        access.is_some_and(|access| matches!(&*access, "none" | "developer" | "maintainer")) || public == Some(false)
    }

    /// The files whose variables later jobs get.
    #[must_use]
    pub fn dotenv_reports(&self) -> Vec<(Cow<'a, str>, Located<'a>)> {
        let reports = self.get("artifacts").and_then(|artifacts| artifacts.get("reports")?.get("dotenv"));
        reports.map(|files| items(files)).unwrap_or_default()
    }
}

/// One text, or a list of them.
fn items(found: Located<'_>) -> Vec<(Cow<'_, str>, Located<'_>)> {
    let nodes = std::iter::once(found.node).chain(found.node.items());
    nodes.filter_map(|node| Some((node.str()?, found.to(node)))).collect()
}
