//! The baseline: findings that were there when caulk came. One line each, sorted, so that two branches merge.

use std::collections::{BTreeMap, BTreeSet};

use super::Problem;
use crate::source::Span;

/// The first line. A later form gets another number.
const HEADER: &str = "# caulk baseline, version 1: accepted findings, one a line; `caulk baseline` writes them";
const HEADER_START: &str = "# caulk baseline, version ";

/// What was accepted, by fingerprint.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The file's path, relative to the directory caulk was started in.
    pub file: String,
    /// The file's path from the repository's root.
    pub root_path: String,
    /// Its text.
    pub text: String,
    /// The entries.
    pub entries: BTreeMap<String, Accepted>,
}

/// One accepted finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Accepted {
    /// The check.
    pub check: String,
    /// The file, relative to the repository's root.
    pub path: String,
    /// Where the entry stands in the baseline.
    pub span: Span,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A version that this caulk does not know, or a line that is no entry.
    pub fn read(text: &str, file: &str, root_path: &str) -> Result<Self, Problem> {
        let problem = |span: Span, message: &str, help: &str| Problem {
            file: file.to_owned(),
            text: text.to_owned(),
            span,
            message: message.to_owned(),
            help: Some(help.to_owned()),
        };
        let mut entries = BTreeMap::new();
        let mut start = 0;
        let mut versioned = false;
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end_matches(['\n', '\r']);
            let span = Span::new(start, start + line.len());
            start += whole.len();
            let line = line.trim_start_matches('\u{feff}');
            if let Some(version) = line.strip_prefix(HEADER_START) {
                if !version.starts_with("1:") {
                    return Err(problem(span, "this baseline is of a version that this caulk does not know", "take a newer caulk"));
                }
                versioned = true;
            } else if !line.is_empty() && !line.starts_with('#') {
                if !versioned {
                    return Err(problem(span, "this is no baseline: its first line does not say so", "`caulk baseline` writes one"));
                }
                let (fingerprint, check, path) = entry(line).ok_or_else(|| {
                    problem(
                        span,
                        "this is no entry: `fingerprint check path`",
                        "take both sides of a conflict, or write it anew by `caulk baseline`",
                    )
                })?;
                entries.insert(fingerprint, Accepted { check, path, span });
            }
        }
        Ok(Self { file: file.to_owned(), root_path: root_path.to_owned(), text: text.to_owned(), entries })
    }

    /// The text of a baseline with these entries: fingerprint, check, path.
    #[must_use]
    pub fn write<'e>(entries: impl IntoIterator<Item = (&'e str, &'e str, &'e str)>) -> String {
        let lines: BTreeSet<String> =
            entries.into_iter().map(|(fingerprint, check, path)| format!("{fingerprint} {check} {}\n", quoted(path))).collect();
        lines.into_iter().fold(format!("{HEADER}\n"), |text, line| text + &line)
    }
}

fn entry(line: &str) -> Option<(String, String, String)> {
    let (fingerprint, rest) = line.split_once(' ')?;
    let (check, path) = rest.split_once(' ')?;
    let (hash, number) = fingerprint.split_once(':').unwrap_or((fingerprint, "2"));
    let whole = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && number.parse::<u32>().is_ok();
    let path = if path.starts_with('"') { serde_json::from_str(path).ok()? } else { path.to_owned() };
    (whole && check.contains('/') && !path.is_empty()).then(|| (fingerprint.to_owned(), check.to_owned(), path))
}

/// A path as it is, or as a JSON string where it holds what a line may not or what begins one.
fn quoted(path: &str) -> String {
    let odd = |char: char| char.is_control() || char.is_whitespace() || is_unseen(char) || matches!(char, '"' | '\\');
    if !path.contains(odd) && !path.is_empty() {
        return path.to_owned();
    }
    let shown = |char: char| if is_unseen(char) { format!("\\u{:04x}", u32::from(char)) } else { char.to_string() };
    serde_json::Value::from(path).to_string().chars().map(shown).collect()
}

/// Whoever reviews a baseline would not see these, or would see what follows them elsewhere: blanks without width, marks of direction.
fn is_unseen(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_written_is_read() {
        let paths = ["a.yml", "with blank.tf", "odd\n\"x\\\u{1b}.tf", "ä.yml", "#.tf", "\u{202e}ft.\u{2028}b"];
        let fingerprints: Vec<String> = (1..=paths.len()).map(|n| if n == 1 { HASH.to_owned() } else { format!("{HASH}:{n}") }).collect();
        let entries = || fingerprints.iter().zip(paths).map(|(fingerprint, path)| (fingerprint.as_str(), "x/y", path));
        let text = Baseline::write(entries().rev());
        assert_eq!(text, Baseline::write(entries()), "the order does not matter");
        assert_eq!(text.lines().count(), paths.len() + 1);
        assert!(text.contains("\"\\u202eft.\\u2028b\""), "what nobody sees is written out");
        let read = Baseline::read(&text.replace('\n', "\r\n"), "b", "b").unwrap();
        let found: Vec<(&str, &str, &str)> =
            read.entries.iter().map(|(fingerprint, it)| (fingerprint.as_str(), it.check.as_str(), it.path.as_str())).collect();
        assert_eq!(found, entries().collect::<Vec<_>>());
        assert!(read.entries.values().all(|it| !it.span.is_empty()));
        // Two branches that each added entries: the union of the lines is a baseline.
        let sorted: Vec<&str> = text.lines().skip(1).collect();
        assert!(sorted.is_sorted());
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let head = format!("{HEADER_START}1: x\n");
        let wrong = [
            format!("{HASH} x/y a.yml\n"),
            format!("{HEADER_START}2: x\n"),
            format!("{HEADER_START}10: x\n"),
            format!("{head}<<<<<<< HEAD\n"),
            format!("{head}{HASH} x/y\n"),
            format!("{head}{HASH} check a.yml\n"),
            format!("{head}{HASH}:x x/y a.yml\n"),
            format!("{head}abc x/y a.yml\n"),
            format!("{head}{HASH} x/y \"a\n"),
        ];
        for text in wrong {
            assert!(Baseline::read(&text, "b", "b").is_err(), "{text}");
        }
        assert!(Baseline::read("", "b", "b").unwrap().entries.is_empty());
        assert!(Baseline::read(&format!("{head}\n# more\n{HASH} x/y a.yml"), "b", "b").is_ok());
    }
}
