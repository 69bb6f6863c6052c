//! The table of token formats: the `[[token]]` rows at the head of the pages in `checks/secrets/`.
//!
//! The rows are read by a scanner of the few forms they are written in, because every run needs them and none needs the rest
//! of a page; a test holds the scanner against a TOML parser.

use std::sync::OnceLock;

use super::checksum::Check;
use super::pages::PAGES;
use super::shape::Shape;
use crate::catalogue::{Confidence, Page, Severity};

/// One kind of token.
#[derive(Debug)]
pub struct TokenFormat {
    /// `secrets/<provider>/<token>`.
    pub id: String,
    /// What it is, with its article: `a GitHub personal access token`.
    pub title: &'static str,
    /// How it may be built.
    pub shapes: Vec<Shape>,
    /// What can be verified of it.
    pub check: Check,
    /// Only a whole literal may be one, never a part of a text: its beginning is short or looks like a word.
    pub whole: bool,
    /// Words of the name it must stand under, any of the groups; empty where the shape says enough.
    pub names: Vec<&'static str>,
    /// How bad it is to find one.
    pub severity: Severity,
    /// How sure the shape makes us, checksums aside.
    pub confidence: Confidence,
    /// The provider's page.
    pub page: &'static Page,
}

impl TokenFormat {
    /// What may be shown of one: its public beginning.
    #[must_use]
    pub fn preview(&self) -> &'static str {
        self.shapes.first().map_or("", Shape::prefix)
    }

    /// The provider: the page's name.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.page.name()
    }

    /// The format of this name on the same page: which one a token is that only its inner structure tells.
    #[must_use]
    pub(super) fn sibling(&self, name: &str) -> Option<&'static TokenFormat> {
        let same = |format: &&TokenFormat| std::ptr::eq(format.page, self.page) && format.id.rsplit('/').next() == Some(name);
        formats().iter().find(same)
    }

    /// Whether the rest of the shape beside its literals has at least 64 bits.
    #[must_use]
    pub fn strong(&self) -> bool {
        self.shapes.iter().all(|shape| shape.bits() >= 64.0)
    }
}

/// Every token format, in the order of the pages.
#[must_use]
pub fn formats() -> &'static [TokenFormat] {
    static FORMATS: OnceLock<Vec<TokenFormat>> = OnceLock::new();
    FORMATS.get_or_init(|| PAGES.iter().flat_map(|page| rows(page.markdown).into_iter().filter_map(|row| row.format(page))).collect())
}

/// The links at the head of a provider's page: the vendor's own documentation.
#[must_use]
pub fn references(page: &Page) -> Vec<&'static str> {
    page.markdown.lines().find_map(|line| line.strip_prefix("references = ")).map(strings).unwrap_or_default()
}

/// The token format of this id (`secrets/github/personal-access-token`, or without `secrets/`).
#[must_use]
pub fn format(id: &str) -> Option<&'static TokenFormat> {
    let id = id.strip_prefix("secrets/").unwrap_or(id);
    formats().iter().find(|format| format.id.strip_prefix("secrets/") == Some(id))
}

/// A row as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Row {
    id: &'static str,
    title: &'static str,
    shape: Vec<&'static str>,
    check: &'static str,
    whole: bool,
    names: Vec<&'static str>,
    severity: &'static str,
    confidence: &'static str,
}

impl Row {
    fn format(self, page: &'static Page) -> Option<TokenFormat> {
        Some(TokenFormat {
            id: format!("{}/{}", page.id, self.id),
            title: self.title,
            shapes: self.shape.iter().filter_map(|shape| Shape::parse(shape)).collect(),
            check: Check::named(self.check)?,
            whole: self.whole,
            names: self.names,
            severity: severity(self.severity)?,
            confidence: confidence(self.confidence)?,
            page,
        })
    }
}

fn severity(name: &str) -> Option<Severity> {
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical].into_iter().find(|it| it.name() == name)
}

fn confidence(name: &str) -> Option<Confidence> {
    match name {
        // What a shape usually gives.
        "" => Some(Confidence::High),
        _ => [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Certain].into_iter().find(|it| it.name() == name),
    }
}

/// Reads the rows of a page's header: `key = "value"`, `key = ["value", …]` and `key = true`, one a line.
fn rows(markdown: &'static str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in markdown.lines().skip(1).take_while(|line| *line != "```") {
        if line == "[[token]]" {
            rows.push(Row::default());
        } else if let (Some(row), Some((key, value))) = (rows.last_mut(), line.split_once(" = ")) {
            match key {
                "id" => row.id = string(value),
                "title" => row.title = string(value),
                "shape" => row.shape = strings(value),
                "check" => row.check = string(value),
                "whole" => row.whole = value == "true",
                "names" => row.names = strings(value),
                "severity" => row.severity = string(value),
                "confidence" => row.confidence = string(value),
                _ => {}
            }
        }
    }
    rows
}

fn string(value: &'static str) -> &'static str {
    strings(value).first().copied().unwrap_or("")
}

/// What stands between double quotes; none of ours holds one.
fn strings(value: &'static str) -> Vec<&'static str> {
    value.split('"').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The same rows, read by a TOML parser.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Header {
        #[serde(default)]
        references: Vec<String>,
        token: Vec<toml::Table>,
    }

    #[test]
    fn the_scanner_reads_what_toml_reads() {
        for page in &PAGES {
            let block = page.markdown.strip_prefix("```toml\n").unwrap().split_once("\n```\n").unwrap().0;
            let header: Header = toml::from_str(block).unwrap_or_else(|error| panic!("{}: {error}", page.id));
            assert!(header.references.iter().all(|link| link.starts_with("https://")), "{}", page.id);
            let rows = rows(page.markdown);
            assert_eq!(rows.len(), header.token.len(), "{}", page.id);
            for (row, table) in rows.iter().zip(&header.token) {
                let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or("").to_owned();
                let list = |key: &str| match table.get(key) {
                    Some(toml::Value::String(one)) => vec![one.clone()],
                    Some(toml::Value::Array(many)) => many.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect(),
                    _ => Vec::new(),
                };
                assert_eq!((row.id, row.title, row.check), (text("id").as_str(), text("title").as_str(), text("check").as_str()));
                assert_eq!((row.shape.clone(), row.names.clone()), (strs(&list("shape")), strs(&list("names"))));
                assert_eq!(row.whole, table.get("whole").and_then(toml::Value::as_bool).unwrap_or(false));
                assert_eq!((row.severity, row.confidence), (text("severity").as_str(), text("confidence").as_str()));
                let known = ["id", "title", "shape", "check", "whole", "names", "severity", "confidence"];
                assert!(table.keys().all(|key| known.contains(&key.as_str())), "{}: {table:?}", page.id);
                assert!(row.clone().format(page).is_some(), "{}/{}", page.id, row.id);
            }
        }
    }

    fn strs(list: &[String]) -> Vec<&str> {
        list.iter().map(String::as_str).collect()
    }

    #[test]
    fn ids_are_unique_and_rows_are_whole() {
        let ids: BTreeSet<&str> = formats().iter().map(|format| format.id.as_str()).collect();
        assert_eq!(ids.len(), formats().len());
        for format in formats() {
            assert!(!format.shapes.is_empty(), "{}", format.id);
            assert!(format.title.starts_with("a ") || format.title.starts_with("an ") || format.title.starts_with("the "), "{}", format.id);
            for shape in &format.shapes {
                if format.check == Check::Member {
                    continue;
                }
                let short = shape.anchor().len() < 3;
                assert!(
                    !short || format.whole || !format.names.is_empty(),
                    "{}: `{}` is too short to look for everywhere",
                    format.id,
                    shape.anchor()
                );
                assert!(!shape.anchor().is_empty() || !format.names.is_empty(), "{}: nothing tells it", format.id);
            }
        }
    }
}
