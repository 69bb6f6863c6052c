//! A secret's value stands in a workflow, where everybody who can read the repository can read it.

use std::collections::HashMap;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::github_actions::{Scripts, Workflow};
use crate::secrets::Names;
use crate::source::Span;
use crate::unit::Unit;

pub(super) static PLAINTEXT_SECRET: Check = Check { page: page!("github-actions/plaintext-secret"), runs: &[Run::Workflow(check)] };

/// Secrets of a script that is still simple: for each of them it is parsed again.
const SIMPLE: usize = 8;

fn check(workflow: &Unit<Workflow<'_>>, findings: &mut Findings) {
    let (mut values, mut scripts, mut names) = (None, None, Names::default());
    // The names of what each script holds.
    let mut of_script: HashMap<Span, Vec<String>> = HashMap::new();
    for leak in workflow.leaks(findings.page()).filter(|leak| leak.path.shown.ends_with(".run")) {
        let scripts = scripts.get_or_insert_with(|| Scripts::new(workflow.scripts()));
        if let Some(script) = scripts.around(leak.place) {
            of_script.entry(script.text.span()).or_default().push(names.of(leak, None));
        }
    }
    of_script.values_mut().for_each(|held| held.sort_unstable());
    for leak in workflow.leaks(findings.page()) {
        let values = values.get_or_insert_with(|| workflow.values());
        // A URL is kept as a whole: the runner masks what it is given, and hosts and users are nobody's business either.
        let whole = leak.written().and_then(|place| values.url(place, ""));
        let name = names.of(leak, whole.and_then(|whole| workflow.source().text.get(whole.range())));
        // Names of the platform's own are taken.
        let secret = name.strip_prefix("GITHUB_").map_or_else(|| name.clone(), |rest| format!("GH_{rest}"));
        let finding = findings
            .leak(leak)
            .help(format!("revoke it, store the new one as a secret of the repository, write `${{{{ secrets.{secret} }}}}` here"));
        if let Some(place) = leak.written() {
            let reference = format!("${{{{ secrets.{secret} }}}}");
            let replaced = values.replaced(whole.unwrap_or(place), &reference);
            let script = scripts.as_ref().and_then(|scripts| scripts.around(leak.place));
            // In a script the shell fills it in, so that a quote in the secret is no code.
            let hoisted = script.and_then(|script| {
                let held = of_script.get(&script.text.span())?;
                let first = held.partition_point(|other| *other < name);
                let is_taken = held.get(first + 1).is_some_and(|other| *other == name);
                if is_taken || held.len() > SIMPLE { None } else { script.hoisted(place, &name, &reference, held.len() > 1) }
            });
            match hoisted {
                Some(change) => finding.unsafe_fix(format!("give `{name}` to the step, once the secret is stored"), Some(change)),
                None => finding.unsafe_fix(format!("write `{reference}`, once the secret is stored"), replaced),
            };
        }
    }
}
