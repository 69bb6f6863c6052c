//! Which variable takes the place of each secret of a module. Two checks propose it, so both ask for all of them: a name is given once.

use std::collections::HashMap;

use super::{hardcoded_secret_resource::HARDCODED_SECRET_RESOURCE, plaintext_secret::PLAINTEXT_SECRET};
use crate::finding::Finding;
use crate::formats::terraform::{Block, Blocks, Extraction, Module};
use crate::secrets::Verdict;
use crate::source::{Change, Place};
use crate::unit::Unit;

/// By the secrets' places.
pub(super) struct Variables(HashMap<Place, (String, Option<Change>)>);

impl Variables {
    pub(super) fn new(module: &Unit<Module<'_>>) -> Self {
        let mut variables = HashMap::new();
        let mut leaks = [&PLAINTEXT_SECRET, &HARDCODED_SECRET_RESOURCE].into_iter().flat_map(|check| module.leaks(&check.page)).peekable();
        if leaks.peek().is_none() {
            return Self(variables);
        }
        let mut extraction = Extraction::new(**module);
        let blocks = Blocks::new(module.blocks());
        // What stands in one file twice needs one variable; another file would declare it again.
        let mut known: HashMap<_, String> = HashMap::new();
        for leak in leaks {
            let key = (leak.secret.group_key(), leak.place.source);
            let name = known.get(&key).cloned().or_else(|| extraction.name(&wanted(leak, blocks.around(leak.place))));
            let Some(name) = name else { continue };
            let change = leak.written().and_then(|_| extraction.extracted(leak.place, &name));
            known.insert(key, name.clone());
            variables.insert(leak.place, (name, change));
        }
        Self(variables)
    }

    /// What the secret's variable is called.
    pub(super) fn name(&self, leak: &Verdict) -> String {
        self.0.get(&leak.place).map_or_else(|| leak.suggested_name().to_lowercase(), |(name, _)| name.clone())
    }

    /// Lets the finding propose it.
    pub(super) fn propose(&self, leak: &Verdict, finding: &mut Finding) {
        if let Some((name, change)) = self.0.get(&leak.place) {
            finding.unsafe_fix(format!("write `var.{name}`, and declare the variable"), change.clone());
        }
    }
}

/// Names for a variable, the best first: the literal's own; where that says only that it is a value, the resource's.
fn wanted(leak: &Verdict, block: Option<Block<'_>>) -> Vec<String> {
    let own = leak.suggested_name().to_lowercase();
    let label = block.map(|block| match block.kind() {
        "resource" | "data" | "ephemeral" => block.label(1),
        _ => block.label(0),
    });
    let label = label.filter(|label| !matches!(*label, "" | "this" | "main" | "default" | "example"));
    let label = label.map(|label| label.to_lowercase().replace('-', "_"));
    let is_dull =
        matches!(own.as_str(), "secret" | "value" | "secret_string" | "secret_data" | "plaintext_value" | "data_json" | "content");
    let mut names = Vec::new();
    if let Some(label) = &label {
        let prefixed = if own.starts_with(label.as_str()) { own.clone() } else { format!("{label}_{own}") };
        names.extend(if is_dull { [label.clone(), prefixed] } else { [own.clone(), prefixed] });
    }
    names.push(own.clone());
    names.extend((2..100).map(|number| format!("{own}_{number}")));
    names
}
