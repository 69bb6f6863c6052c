//! Inputs of well-known actions in which a secret is seen by others.

use super::super::script::{Leak, Reach, State, Taint};
use super::{artifacts, sources};
use crate::formats::github_actions::{Field, Step};
use crate::literal::LogicalPath;

/// The action, its input, and where the input ends up.
const INPUTS: [(&str, &str, Reach); 14] = [
    ("docker/build-push-action", "build-args", Reach::BuildArgument),
    ("docker/bake-action", "set", Reach::BuildArgument),
    ("redhat-actions/buildah-build", "build-args", Reach::BuildArgument),
    ("mr-smithers-excellent/docker-build-push", "buildargs", Reach::BuildArgument),
    ("peter-evans/create-or-update-comment", "body", Reach::Comment),
    ("peter-evans/create-pull-request", "body", Reach::Comment),
    ("peter-evans/create-issue-from-file", "title", Reach::Comment),
    ("marocchino/sticky-pull-request-comment", "message", Reach::Comment),
    ("thollander/actions-comment-pull-request", "message", Reach::Comment),
    ("softprops/action-gh-release", "body", Reach::Comment),
    ("ncipollo/release-action", "body", Reach::Comment),
    ("actions/cache", "key", Reach::CacheKey),
    ("actions/cache/save", "key", Reach::CacheKey),
    ("actions/cache/restore", "key", Reach::CacheKey),
];

/// Actions that upload files for others, and the input that names the files.
const UPLOADS: [(&str, &str); 3] =
    [("actions/upload-artifact", "path"), ("actions/upload-pages-artifact", "path"), ("softprops/action-gh-release", "files")];

/// The secrets that a step gives to inputs where they are seen.
pub(super) fn of(step: &Step<'_>, state: &mut State) -> Vec<(Leak, LogicalPath)> {
    let Some(action) = step.action() else { return Vec::new() };
    let mut found = Vec::new();
    for (_, name, reach) in INPUTS.iter().filter(|(known, ..)| *known == action) {
        let Some(field) = step.input(name) else { continue };
        for taint in sources::of_field(&field, state) {
            let printer = format!("{action}: {name}");
            found.push((Leak { taint, reach: *reach, sink: field.key(), printer }, field.path()));
        }
    }
    for (_, name) in UPLOADS.iter().filter(|(known, _)| *known == action) {
        let Some(field) = step.input(name) else { continue };
        found.extend(
            uploaded(&field, state)
                .into_iter()
                .map(|taint| (Leak { taint, reach: Reach::Artifact, sink: field.key(), printer: action.clone() }, field.path())),
        );
    }
    found
}

/// What stands in the files that a list of paths names; one of them says so for all.
fn uploaded(field: &Field<'_>, state: &State) -> Vec<Taint> {
    let files = artifacts::uploaded(field, state, 1);
    files.into_iter().flat_map(|(_, taints)| taints).map(|taint| taint.at(field.place())).take(1).collect()
}
