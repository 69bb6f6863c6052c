//! `caulk explain`: a page on the terminal.

use super::page::Sheet;
use super::{Exit, complain, print, told};
use crate::catalogue::Page;
use crate::checks;
use crate::config::nearest;
use crate::secrets::{self, TokenFormat};

pub(super) fn explain(id: &str) -> Exit {
    let pages = || checks::all().map(|check| &check.page);
    let mut found: Vec<&Page> = pages().filter(|page| page.id == id).collect();
    if found.is_empty() {
        found = pages().filter(|page| page.name() == id).collect();
    }
    let text = if !found.is_empty() {
        found.into_iter().map(shown).collect::<Vec<_>>().join("\n")
    } else if let Some(format) = secrets::format(id) {
        token(format)
    } else if let Some(page) = secrets::PAGES.iter().find(|page| page.id == id || page.name() == id) {
        provider(page)
    } else {
        let tokens = secrets::formats().iter().map(|format| format.id.clone());
        let providers = secrets::PAGES.iter().map(|page| page.id.to_owned());
        let known = pages().flat_map(|page| [page.id.to_owned(), page.name().to_owned()]).chain(providers).chain(tokens);
        let hint = nearest(id, known).map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
        complain(&format!("there is no check or token format `{}`{hint} (`caulk checks` and `caulk detectors` list them)", told(id)));
        return Exit::Usage;
    };
    print(Sheet::of_stdout().page(&text).as_bytes()).err().unwrap_or(Exit::Clean)
}

/// What is known of the format, then its provider's page.
fn token(format: &TokenFormat) -> String {
    let facts: String = secrets::facts(format).into_iter().map(|(name, fact)| format!("{name:12} {fact}\n")).collect();
    format!("{} · {}\n{facts}{}\n{}", format.id, format.title, links(format.page), secrets::previews(format.page.body()))
}

/// A provider's page under the list of its formats.
fn provider(page: &Page) -> String {
    let own = secrets::formats().iter().filter(|format| format.page.id == page.id);
    let rows: String = own.map(|format| format!("{} · {} · {}\n", format.id, format.severity.name(), format.title)).collect();
    format!("{rows}{}\n{}", links(page), secrets::previews(page.body()))
}

fn links(page: &Page) -> String {
    secrets::references(page).into_iter().map(|link| format!("{link}\n")).collect()
}

/// The page without its header, which becomes two lines of words.
fn shown(page: &Page) -> String {
    let header = page.header().map_or_else(String::new, |header| {
        let mut cases: Vec<String> = Vec::new();
        for (name, case) in &header.cases {
            cases.push(format!("{name}: {}", case.severity.unwrap_or(header.severity).name()));
        }
        let cases = if cases.is_empty() { String::new() } else { format!(" ({})", cases.join(", ")) };
        let references: String = header.references.iter().map(|reference| format!("{reference}\n")).collect();
        format!("{} · {} · {}{cases}\n{references}", page.id, header.family.name(), header.severity.name())
    });
    format!("{header}\n{}", secrets::previews(page.body()))
}
