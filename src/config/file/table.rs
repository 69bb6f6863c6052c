//! Tables of a TOML document with the places of their keys and values, and what can be wrong with them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::nearest;

/// What is wrong, and where.
pub(super) struct Mistake {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A table.
pub(super) struct Table<'t, 'i> {
    pub(super) entries: Vec<Entry<'t, 'i>>,
    pub(super) span: Range<usize>,
}

impl Table<'_, '_> {
    /// The mistake of a table without a key that it needs.
    pub(super) fn lacks(&self, key: &str, example: &str) -> Mistake {
        Mistake::new(self.span.clone(), format!("`{key}` is missing here")).help(format!("for example `{example}`"))
    }
}

/// A key with its value.
pub(super) struct Entry<'t, 'i> {
    pub(super) key: &'t str,
    key_span: Range<usize>,
    pub(super) value: &'t DeValue<'i>,
    value_span: Range<usize>,
}

/// The entries of a table, in the order of the file.
pub(super) fn entries<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let entry = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'i>>)| {
        let key: &'t Spanned<toml::de::DeString<'i>> = key;
        Entry { key: key.get_ref(), key_span: key.span(), value: value.get_ref(), value_span: value.span() }
    };
    let mut entries: Vec<Entry<'t, 'i>> = table.iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

impl<'t, 'i> Entry<'t, 'i> {
    pub(super) fn value_span(&self) -> Range<usize> {
        self.value_span.clone()
    }

    /// A mistake in the value.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Mistake {
        Mistake::new(self.value_span(), message)
    }

    /// A key that nobody knows.
    pub(super) fn unknown(&self, what: &str, known: &[&str]) -> Mistake {
        let mistake = self.unknown_of(what, known.iter().map(|key| (*key).to_owned()));
        if mistake.help.is_some() { mistake } else { mistake.help(format!("known are `{}`", known.join("`, `"))) }
    }

    pub(super) fn unknown_of(&self, what: &str, known: impl Iterator<Item = String>) -> Mistake {
        let mistake = Mistake::new(self.key_span.clone(), format!("this is no {what}"));
        match nearest(self.key, known) {
            Some(nearest) => mistake.help(format!("did you mean `{nearest}`?")),
            None => mistake,
        }
    }

    fn wrong_type(&self, wanted: &str) -> Mistake {
        self.wrong(format!("`{}` takes {wanted}, and this is {}", self.key, named(self.value)))
    }

    pub(super) fn bool(&self) -> Result<bool, Mistake> {
        self.value.as_bool().ok_or_else(|| self.wrong_type("`true` or `false`"))
    }

    pub(super) fn str(&self) -> Result<&'t str, Mistake> {
        self.value.as_str().ok_or_else(|| self.wrong_type("a string"))
    }

    /// A string that is not empty.
    pub(super) fn filled(&self) -> Result<&'t str, Mistake> {
        let text = self.str()?;
        if text.trim().is_empty() { Err(self.wrong(format!("`{}` is empty", self.key))) } else { Ok(text) }
    }

    /// A string, or a list of strings, each with its place.
    pub(super) fn strings(&self) -> Result<Vec<(&'t str, Range<usize>)>, Mistake> {
        if let Some(text) = self.value.as_str() {
            return Ok(vec![(text, self.value_span())]);
        }
        let wrong = || self.wrong_type("a string or a list of strings");
        let list = self.value.as_array().ok_or_else(wrong)?;
        list.iter()
            .map(|item| {
                let text = item.get_ref().as_str();
                text.map(|text| (text, item.span())).ok_or_else(|| {
                    Mistake::new(item.span(), format!("`{}` is a list of strings, and this is {}", self.key, named(item.get_ref())))
                })
            })
            .collect()
    }

    /// One of the words of a list.
    pub(super) fn word<W: Copy>(&self, words: &[W], name: fn(W) -> &'static str, what: &str, or: &str) -> Result<W, Mistake> {
        let text = self.str()?;
        words.iter().copied().find(|word| name(*word) == text).ok_or_else(|| {
            let list: Vec<String> = words.iter().map(|word| format!("`{}`", name(*word))).collect();
            self.wrong(format!("this is not {what}")).help(format!("write {} {or}", list.join(", ")).trim_end().to_owned())
        })
    }

    pub(super) fn table(&self) -> Result<Table<'t, 'i>, Mistake> {
        let table = self.value.as_table().ok_or_else(|| self.wrong_type(&format!("a table, `[{}]`", self.key)))?;
        Ok(Table { entries: entries(table), span: self.value_span() })
    }

    /// A list of tables.
    pub(super) fn tables(&self) -> Result<Vec<Table<'t, 'i>>, Mistake> {
        let wrong = || self.wrong_type(&format!("a list of tables, `[[{}]]`", self.key));
        let list = self.value.as_array().ok_or_else(wrong)?;
        list.iter()
            .map(|item| {
                let table = item.get_ref().as_table().ok_or_else(wrong)?;
                Ok(Table { entries: entries(table), span: item.span() })
            })
            .collect()
    }
}

fn named(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
