//! A token that GitLab no longer gives.

use std::collections::HashSet;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::gitlab_ci::Pipeline;
use crate::literal::LogicalPath;
use crate::source::{Place, Span};
use crate::unit::Unit;

pub(super) static DEPRECATED_JOB_JWT: Check = Check { page: page!("gitlab-ci/deprecated-job-jwt"), runs: &[Run::Pipeline(check)] };

fn check(pipeline: &Unit<Pipeline<'_>>, findings: &mut Findings) {
    let own = pipeline.source().id;
    let mut found: Vec<(Place, String, LogicalPath, Span)> = Vec::new();
    for job in pipeline.jobs() {
        for line in job.all_lines().filter(|line| line.at.source.id == own) {
            for (at, name) in named(line.text.as_str()) {
                let place = Place { source: own, span: line.text.hull(at..at + name.len()) };
                found.push((place, name.to_owned(), line.path.clone(), line.at.node.span()));
            }
        }
        let tokens = job.get("secrets").filter(|secrets| secrets.source.id == own);
        for entry in tokens.into_iter().flat_map(|secrets| secrets.node.merged()) {
            let Some(token) = entry.value.get_merged("token").and_then(|token| token.text()) else { continue };
            let names = named(token.as_str()).next().map(|(at, name)| (token.hull(at..at + name.len()), name.to_owned()));
            found.extend(names.map(|(span, name)| (Place { source: own, span }, name, LogicalPath::default(), entry.key.span())));
        }
    }
    for set in pipeline.variables() {
        for reference in set.variable.value().references() {
            if let Some((_, name)) = named(&format!("${}", reference.name)).next() {
                let place = Place { source: own, span: reference.span };
                found.push((place, name.to_owned(), set.variable.path(), set.variable.key.node.span()));
            }
        }
    }
    found.sort_by_key(|(place, ..)| *place);
    let mut seen = HashSet::new();
    for (place, name, path, opener) in found.into_iter().filter(|(place, ..)| seen.insert(*place)) {
        findings
            .report(place, format!("`{name}` is empty since GitLab 17.0: what it logs in to gets no token"))
            .help("give the job `id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }` and use that variable")
            .at(path)
            .within(opener);
    }
}

/// `$CI_JOB_JWT`, `${CI_JOB_JWT_V1}`, `$CI_JOB_JWT_V2` in a text: where each begins, behind its dollar sign.
fn named(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("CI_JOB_JWT").filter_map(|(at, _)| {
        let end = text[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(text.len(), |end| at + end);
        let name = &text[at..end];
        let expanded = text[..at].ends_with(['$', '{', ':']);
        (expanded && matches!(name, "CI_JOB_JWT" | "CI_JOB_JWT_V1" | "CI_JOB_JWT_V2")).then_some((at, name))
    })
}
