//! Reads `caulk.toml`. It is data: unknown keys and wrong types are mistakes that point into the file and name what is near.
//!
//! `schema.json` beside this file says the same for editors; a test holds the two together.

mod table;

use toml::de::{DeTable, DeValue};

use super::{Base, Compat, Date, Globs, Ignore, Override, Problem, Selector};
use crate::catalogue::{Confidence, Page, Severity};
use crate::secrets::{BadPattern, Custom, Detector, has_words};
use crate::source::Span;

use table::{Entry, Mistake, Table, entries};

/// The JSON Schema of the file.
pub const SCHEMA: &str = include_str!("schema.json");

/// What a `caulk.toml` says. What it does not say is absent.
#[derive(Debug, Default)]
pub struct Settings {
    /// `lint.exclude`
    pub exclude: Globs,
    /// `lint.pedantic`
    pub pedantic: Option<bool>,
    /// `lint.fail-on`; the inner one is None for `never`.
    pub fail_on: Option<Option<Severity>>,
    /// `lint.min-severity`
    pub min_severity: Option<Severity>,
    /// `lint.min-confidence`
    pub min_confidence: Option<Confidence>,
    /// `lint.only`
    pub only: Vec<Selector>,
    /// `lint.skip`
    pub skip: Vec<Selector>,
    /// `[severity]`
    pub severities: Vec<Override>,
    /// `[[ignore]]`
    pub ignores: Vec<Ignore>,
    /// `[compat]`
    pub compat: Compat,
    /// `[names]` and `[[detector]]`
    pub custom: Custom,
    /// What the paths in it are relative to.
    pub base: Base,
}

/// Reads the text of a `caulk.toml`. `pages` are all checks; `file` is what messages call it.
///
/// # Errors
/// The first mistake.
pub fn read(text: &str, file: &str, base: Base, pages: &[&'static Page]) -> Result<Settings, Problem> {
    let read = || {
        let document = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            // Its words are fixed, they quote nothing.
            Mistake::new(span, format!("this is no TOML: {}", error.message()))
        })?;
        Reader {
            text,
            pages,
            settings: Settings { base, ..Settings::default() },
            secret: Vec::new(),
            safe: Vec::new(),
            detectors: Vec::new(),
        }
        .document(document.get_ref())
    };
    read().map_err(|mistake| Problem {
        file: file.to_owned(),
        text: text.to_owned(),
        span: Span::new(mistake.span.start.min(text.len()), mistake.span.end.min(text.len())),
        message: mistake.message,
        help: mistake.help,
    })
}

const TABLES: &[&str] = &["lint", "severity", "ignore", "names", "detector", "compat"];
const LINT: &[&str] = &["exclude", "pedantic", "fail-on", "min-severity", "min-confidence", "only", "skip"];
const IGNORE: &[&str] = &["check", "path", "logical_path", "reason", "until"];
const NAMES: &[&str] = &["secret", "safe"];
const DETECTOR: &[&str] = &["id", "title", "pattern", "keywords", "severity"];
const COMPAT: &[&str] = &["gitleaks", "detect-secrets", "trufflehog", "kingfisher"];
const SEVERITIES: &[Severity] = &[Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
const CONFIDENCES: &[Confidence] = &[Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Certain];

struct Reader<'t> {
    text: &'t str,
    pages: &'t [&'static Page],
    settings: Settings,
    secret: Vec<String>,
    safe: Vec<String>,
    detectors: Vec<Detector>,
}

impl Reader<'_> {
    fn document(mut self, document: &DeTable<'_>) -> Result<Settings, Mistake> {
        for entry in entries(document) {
            match entry.key {
                "lint" => self.lint(&entry.table()?)?,
                "severity" => self.severity(&entry.table()?)?,
                "names" => self.names(&entry.table()?)?,
                "compat" => self.compat(&entry.table()?)?,
                "ignore" => entry.tables()?.iter().try_for_each(|table| self.ignore(table))?,
                "detector" => entry.tables()?.iter().try_for_each(|table| self.detector(table))?,
                _ => return Err(entry.unknown("table", TABLES)),
            }
        }
        self.settings.custom = Custom::new(&self.secret, &self.safe, self.detectors);
        Ok(self.settings)
    }

    fn lint(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        for entry in &table.entries {
            match entry.key {
                "exclude" => self.settings.exclude = globs(entry)?,
                "pedantic" => self.settings.pedantic = Some(entry.bool()?),
                "fail-on" if entry.str()? == "never" => self.settings.fail_on = Some(None),
                "fail-on" => self.settings.fail_on = Some(Some(severity(entry, "or `never`")?)),
                "min-severity" => self.settings.min_severity = Some(severity(entry, "")?),
                "min-confidence" => self.settings.min_confidence = Some(entry.word(CONFIDENCES, |it| it.name(), "a confidence", "")?),
                "only" => self.settings.only = self.selectors(entry)?,
                "skip" => self.settings.skip = self.selectors(entry)?,
                _ => return Err(entry.unknown("key of `[lint]`", LINT)),
            }
        }
        Ok(())
    }

    fn selectors(&self, entry: &Entry<'_, '_>) -> Result<Vec<Selector>, Mistake> {
        entry.strings()?.into_iter().map(|(text, span)| self.selector(text, span)).collect()
    }

    fn selector(&self, text: &str, span: std::ops::Range<usize>) -> Result<Selector, Mistake> {
        Selector::parse(text, self.pages.iter().copied()).map_err(|unknown| {
            Mistake::new(span, "this selects no check").help(match unknown.nearest {
                Some(nearest) => format!("did you mean `{nearest}`? `caulk checks` lists them all"),
                None => "`caulk checks` lists them all".to_owned(),
            })
        })
    }

    /// `"github-actions/secret-in-log" = "high"`, `"github-actions/secret-in-log/direct" = "medium"`
    fn severity(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        for entry in &table.entries {
            let page = |id: &str| self.pages.iter().find(|page| page.id == id);
            let (page, case) = match entry.key.rsplit_once('/') {
                _ if page(entry.key).is_some() => (page(entry.key), None),
                Some((id, case)) => (page(id).filter(|page| page.has_case(case)), Some(case.to_owned())),
                None => (None, None),
            };
            let Some(page) = page else {
                let cases = |page: &&'static Page| {
                    let names = page.header().into_iter().flat_map(|header| header.cases.keys().map(ToString::to_string));
                    let id = page.id;
                    std::iter::once(id.to_owned()).chain(names.map(move |name| format!("{id}/{name}"))).collect::<Vec<_>>()
                };
                let known: Vec<String> = self.pages.iter().flat_map(cases).collect();
                let mistake = entry.unknown_of("check, or check and case", known.into_iter());
                let is_id = entry.key.contains('/') && !entry.key.contains(['*', ':']);
                return Err(if is_id { mistake } else { mistake.help("write whole ids, as `caulk checks` lists them") });
            };
            self.settings.severities.push(Override { id: page.id.to_owned(), case, severity: severity(entry, "")? });
        }
        Ok(())
    }

    fn ignore(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        let (mut check, mut path, mut logical_path, mut reason, mut until) = (None, None, None, String::new(), None);
        for entry in &table.entries {
            match entry.key {
                "check" => check = Some(self.selector(entry.str()?, entry.value_span())?),
                "path" => path = Some(globs(entry)?),
                "logical_path" => logical_path = Some(entry.filled()?.to_owned()),
                "reason" => entry.str()?.trim().clone_into(&mut reason),
                "until" => until = Some(date(entry)?),
                _ => return Err(entry.unknown("key of `[[ignore]]`", IGNORE)),
            }
        }
        let check = check.ok_or_else(|| table.lacks("check", "check = \"terraform/plaintext-secret\""))?;
        let path = path.ok_or_else(|| table.lacks("path", "path = \"deploy/prod.tfstate\""))?;
        let span = Span::new(table.span.start, table.span.end);
        self.settings.ignores.push(Ignore { span, check, path, logical_path, reason, until });
        Ok(())
    }

    fn names(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        for entry in &table.entries {
            let list = match entry.key {
                "secret" => &mut self.secret,
                "safe" => &mut self.safe,
                _ => return Err(entry.unknown("key of `[names]`", NAMES)),
            };
            for (name, span) in entry.strings()? {
                if !has_words(name) {
                    return Err(Mistake::new(span, "a name holds at least one word"));
                }
                list.push(name.to_owned());
            }
        }
        Ok(())
    }

    fn detector(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        let (mut id, mut title, mut pattern, mut keywords, mut level) = (None, None, None, Vec::new(), Severity::High);
        for entry in &table.entries {
            match entry.key {
                "id" => id = Some(self.detector_id(entry)?),
                "title" => title = Some(entry.filled()?),
                "pattern" => pattern = Some((entry.str()?, entry.value_span())),
                "keywords" => keywords = keyword_list(entry)?,
                "severity" => level = severity(entry, "")?,
                _ => return Err(entry.unknown("key of `[[detector]]`", DETECTOR)),
            }
        }
        let id = id.ok_or_else(|| table.lacks("id", "id = \"acme/deploy-key\""))?;
        let title = title.ok_or_else(|| table.lacks("title", "title = \"an Acme deploy key\""))?;
        let (pattern, span) = pattern.ok_or_else(|| table.lacks("pattern", "pattern = 'acme_[a-z0-9]{32}'"))?;
        let detector = Detector::new(id, title, pattern, &keywords, level).map_err(|bad| self.bad_pattern(bad, span))?;
        self.detectors.push(detector);
        Ok(())
    }

    fn detector_id<'e>(&self, entry: &'e Entry<'_, '_>) -> Result<&'e str, Mistake> {
        let id = entry.filled()?;
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !id.split('/').all(part) || !id.contains('/') {
            return Err(entry.wrong("an id is made of small letters, digits and `-`, in two parts: `acme/deploy-key`"));
        }
        if id.starts_with("secrets/") {
            return Err(entry.wrong("ids that begin with `secrets/` belong to caulk's own token formats"));
        }
        if self.detectors.iter().any(|known| known.id() == id) {
            return Err(entry.wrong("there are two detectors of this id"));
        }
        Ok(id)
    }

    fn bad_pattern(&self, bad: BadPattern, span: std::ops::Range<usize>) -> Mistake {
        match bad {
            BadPattern::Syntax(place) => {
                // In a literal string the pattern stands as it is, so that the place in it is a place in the file.
                let quoted = self.text.get(span.clone()).is_some_and(|text| text.starts_with('\'') && !text.starts_with("'''"));
                let start = span.start + 1;
                let span = place.filter(|_| quoted).map_or(span, |(from, to)| start + from..start + to.max(from + 1));
                Mistake::new(span, "the pattern cannot be read here")
                    .help("patterns are those of the Rust `regex` crate, without look-around and back-references; write them between single quotes")
            }
            BadPattern::TooLarge => {
                Mistake::new(span, "the pattern takes more than a megabyte when compiled").help("repeat less, or name fewer characters")
            }
            BadPattern::NoLiteral => Mistake::new(span, "the pattern holds no text of three bytes that every match has")
                .help("add such a text, or `keywords` of which one stands in the name or the text: else every byte would be looked at"),
        }
    }

    fn compat(&mut self, table: &Table<'_, '_>) -> Result<(), Mistake> {
        for entry in &table.entries {
            let compat = &mut self.settings.compat;
            *match entry.key {
                "gitleaks" => &mut compat.gitleaks,
                "detect-secrets" => &mut compat.detect_secrets,
                "trufflehog" => &mut compat.trufflehog,
                "kingfisher" => &mut compat.kingfisher,
                _ => return Err(entry.unknown("key of `[compat]`", COMPAT)),
            } = entry.bool()?;
        }
        Ok(())
    }
}

fn severity(entry: &Entry<'_, '_>, or: &str) -> Result<Severity, Mistake> {
    entry.word(SEVERITIES, |it| it.name(), "a severity", or)
}

fn globs(entry: &Entry<'_, '_>) -> Result<Globs, Mistake> {
    let list = entry.strings()?;
    let texts: Vec<&str> = list.iter().map(|(text, _)| *text).collect();
    Globs::new(&texts).map_err(|index| {
        let span = list.get(index).map_or_else(|| entry.value_span(), |(_, span)| span.clone());
        Mistake::new(span, "this is no glob over paths below the directory of this file")
            .help("`*.ipynb` for a name in any folder, `vendor` for a folder, `deploy/**/*.yml` for a path")
    })
}

fn keyword_list(entry: &Entry<'_, '_>) -> Result<Vec<String>, Mistake> {
    let list = entry.strings()?;
    match list.iter().find(|(word, _)| word.trim().len() < 3) {
        Some((_, span)) => Err(Mistake::new(span.clone(), "a keyword has at least three characters")),
        None => Ok(list.into_iter().map(|(word, _)| word.trim().to_owned()).collect()),
    }
}

/// `2027-01-31`, as a date of TOML or as a string.
fn date(entry: &Entry<'_, '_>) -> Result<Date, Mistake> {
    let text = match entry.value {
        DeValue::Datetime(date) => date.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::new(),
    };
    Date::parse(&text).ok_or_else(|| entry.wrong("a day is written `2027-01-31`"))
}

#[cfg(test)]
mod tests;
