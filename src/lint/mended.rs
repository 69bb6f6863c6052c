//! `--diff`: what a change mends.

use std::collections::{HashMap, HashSet};

use crate::catalogue::Family;
use crate::config::Config;
use crate::discover::{Revision, Selected};
use crate::report::Reported;

/// The open findings of the files as they were of which nothing is left: neither another of the check at their place, nor the same
/// secret elsewhere in what the change touches. `findings` is all that there is today, `linted` are the files that were read as a
/// whole, by their paths from the root: of others nobody knows what is left.
pub(super) fn mended(
    findings: &[Reported],
    selected: &Selected,
    linted: &HashSet<String>,
    base: &Revision,
    config: &Config,
) -> Vec<Reported> {
    let mut before = base.before(selected);
    before.retain(|it| !it.is_there || linted.contains(&it.root_path));
    if before.is_empty() {
        return Vec::new();
    }
    let now: HashMap<String, String> = before.iter().map(|it| (it.entry.path.clone(), it.root_path.clone())).collect();
    let entries = before.into_iter().map(|it| it.entry).collect();
    // What was accepted and is gone is mended, too.
    let config = Config { baseline: None, excerpts: false, newer: None, ..config.clone() };
    let old = super::lint(Selected { entries, ..Selected::default() }, &config).findings;
    // What is said of caulk's own comments and files is about those.
    let is_about_files = |it: &Reported| {
        it.finding.page.header().is_some_and(|header| header.family != Family::Hygiene) || !it.finding.page.id.starts_with("core/")
    };
    let mut old: Vec<Reported> = old.into_iter().filter(|it| it.suppressed.is_none() && is_about_files(it)).collect();
    let touched: HashSet<&str> = now.values().map(String::as_str).collect();
    let left: Vec<&Reported> = findings.iter().filter(|it| touched.contains(it.root_path.as_str()) || !base.had(&it.root_path)).collect();
    let today = |it: &Reported| now.get(&it.file).unwrap_or(&it.root_path).clone();
    let mut taken = vec![false; left.len()];
    // What is as it was comes first, then what took its place, then what moved.
    let both = |it: &Reported, file: String| (place(it, file.clone()), substance(it, file));
    take(&mut old, &left, &mut taken, |it| both(it, today(it)), |it| both(it, it.root_path.clone()));
    take(&mut old, &left, &mut taken, |it| place(it, today(it)), |it| place(it, it.root_path.clone()));
    take(&mut old, &left, &mut taken, |it| substance(it, today(it)), |it| substance(it, it.root_path.clone()));
    old
}

/// Leaves the old findings that have no counterpart; each of today's is the counterpart of one.
fn take<K: std::hash::Hash + Eq>(
    old: &mut Vec<Reported>,
    left: &[&Reported],
    taken: &mut [bool],
    old_key: impl Fn(&Reported) -> K,
    new_key: impl Fn(&Reported) -> K,
) {
    let mut by_key: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, reported) in left.iter().enumerate().rev().filter(|(index, _)| !taken[*index]) {
        by_key.entry(new_key(reported)).or_default().push(index);
    }
    old.retain(|reported| match by_key.get_mut(&old_key(reported)).and_then(Vec::pop) {
        Some(index) => {
            taken[index] = true;
            false
        }
        None => true,
    });
}

/// The check and where it speaks: the file, and what in it has a name.
fn place(it: &Reported, file: String) -> (&'static str, String, String) {
    (it.finding.page.id, file, it.finding.path.stable.clone())
}

/// What is wrong: a secret is the same wherever it stands, another story only in its file.
fn substance(it: &Reported, file: String) -> Result<[u8; 16], (&'static str, String, String)> {
    let story = || (it.finding.page.id, file, it.finding.message.clone());
    it.finding.secret.as_ref().map(crate::secrets::Secret::group_key).ok_or_else(story)
}
