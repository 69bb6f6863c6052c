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

/// Actions that print the environment they get.
const DUMPS: [&str; 2] = ["hmarr/debug-action", "crazy-max/ghaction-dump-context"];

/// Actions that upload files for others, and the input that names the files.
const UPLOADS: [(&str, &str); 4] = [
    ("actions/upload-artifact", "path"),
    ("actions/upload-pages-artifact", "path"),
    ("softprops/action-gh-release", "files"),
    ("actions/cache/save", "path"),
];
/// What is kept when the job ends (<https://github.com/actions/cache#how-it-works>).
const KEPT: (&str, &str) = ("actions/cache", "path");

/// The secrets that a step gives to inputs where they are seen.
pub(super) fn of(step: &Step<'_>, state: &mut State) -> Vec<(Leak, LogicalPath)> {
    let Some(action) = step.action() else { return Vec::new() };
    let mut found = Vec::new();
    if DUMPS.contains(&&*action) {
        let place = step.uses().unwrap_or_default();
        let shown = state.environment(&action, place);
        let worst = shown.iter().find(|taint| !state.is_hidden(taint)).or(shown.first()).cloned();
        found.extend(worst.map(|taint| (Leak { taint, reach: Reach::Dump, sink: place, printer: action.clone() }, step.path(&["uses"]))));
    }
    for (_, name, reach) in INPUTS.iter().filter(|(known, ..)| *known == action) {
        let Some(field) = step.input(name) else { continue };
        for taint in sources::of_field(&field, state) {
            let printer = format!("{action}: {name}");
            found.push((Leak { taint, reach: *reach, sink: field.key(), printer }, field.path()));
        }
    }
    for (_, name) in UPLOADS.iter().filter(|(known, _)| *known == action) {
        found.extend(taken(step, name, &action, state));
    }
    found
}

/// The same at the end of the job.
pub(super) fn kept(step: &Step<'_>, state: &State) -> Option<(Leak, LogicalPath)> {
    let (known, name) = KEPT;
    let action = step.action().filter(|action| action == known)?;
    taken(step, name, &action, state)
}

fn taken(step: &Step<'_>, name: &str, action: &str, state: &State) -> Option<(Leak, LogicalPath)> {
    let field = step.input(name)?;
    let taint = uploaded(&field, state).into_iter().next()?;
    Some((Leak { taint, reach: Reach::Artifact, sink: field.key(), printer: action.to_owned() }, field.path()))
}

/// What stands in the files that a list of paths names; one of them says so for all.
fn uploaded(field: &Field<'_>, state: &State) -> Vec<Taint> {
    let files = artifacts::uploaded(field, state, 1);
    files.into_iter().flat_map(|(_, taints)| taints).map(|taint| taint.at(field.place())).take(1).collect()
}
