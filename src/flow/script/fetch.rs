//! Commands that fetch a secret at run time. The platform does not know what they return, so it masks nothing of it.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::syntax::shell::{Invocation, Script};

/// The table; its head says how it is read.
const TABLE: &str = include_str!("fetches.csv");

/// A row of the table.
struct Row {
    /// The program and what follows it.
    name: &'static str,
    words: Vec<&'static str>,
    /// Whether nothing but options follows the words.
    is_alone: bool,
}

/// The rows of each program.
fn table() -> &'static HashMap<&'static str, Vec<Row>> {
    static ROWS: OnceLock<HashMap<&str, Vec<Row>>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut table: HashMap<&str, Vec<Row>> = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let (name, with) = line.split_once(',').unwrap_or((line, ""));
            let mut words = name.split(' ');
            let program = words.next().unwrap_or_default();
            let with = with.split(' ').filter(|word| !word.is_empty());
            let words: Vec<&str> = words.chain(with.clone().filter(|word| *word != ".")).collect();
            table.entry(program).or_default().push(Row { name, words, is_alone: with.clone().any(|word| word == ".") });
        }
        // What says more is asked first.
        table.values_mut().for_each(|rows| rows.sort_by_key(|row| std::cmp::Reverse(row.words.len())));
        table
    })
}

impl Row {
    fn fits(&self, script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
        let mut wanted = self.words.iter().peekable();
        let mut behind = invocation.args;
        while let (Some(word), Some((arg, rest))) = (wanted.peek(), behind.split_first()) {
            if script.is(arg, word) {
                wanted.next();
            }
            behind = rest;
        }
        let ends = || behind.first().is_none_or(|arg| script.literal_prefix(arg).starts_with('-'));
        wanted.peek().is_none() && (!self.is_alone || ends())
    }
}

/// What this command fetches, if it does and prints the value.
pub(super) fn fetched(script: &Script<'_>, invocation: &Invocation<'_>) -> Option<&'static str> {
    let row = table().get(&*invocation.name)?.iter().find(|row| row.fits(script, invocation))?;
    prints_the_value(script, invocation).then_some(row.name)
}

/// Options choose what is printed: an id, a version, a table without values.
fn prints_the_value(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal_prefix(arg)).collect();
    let option = |names: &[&str]| {
        texts.iter().enumerate().find_map(|(index, text)| {
            let (name, value) = text.split_once('=').map_or((&**text, None), |(name, value)| (name, Some(value.to_owned())));
            let value = value.or_else(|| texts.get(index + 1).map(|next| next.to_string()));
            names.contains(&name).then_some(value).flatten()
        })
    };
    let has = |names: &[&str]| texts.iter().any(|text| names.contains(&&**text));
    match &*invocation.name {
        "kubectl" if texts.iter().any(|text| text == "token") => true,
        // Without a template it is the whole configuration, keys too.
        "kubectl" if texts.iter().any(|text| text == "config") => {
            texts.iter().all(|text| !text.contains("path=") && !text.contains("template=") || text.contains("user"))
        }
        "heroku" => texts.first().is_some_and(|text| text == "config"),
        "oc" if has(&["whoami", "extract"]) => true,
        "kubectl" | "oc" => {
            let glued = texts.iter().find_map(|text| text.strip_prefix("-o").filter(|rest| !rest.is_empty()).map(str::to_owned));
            let output = option(&["-o", "--output"]).or(glued).unwrap_or_default();
            let fields = output.starts_with("jsonpath") || output.starts_with("go-template") || output.starts_with("custom-columns");
            output == "json" || output == "yaml" || (fields && output.replace("metadata", "").contains("data"))
        }
        "aws" | "az" => {
            let query = option(&["--query"]).map(|query| query.to_ascii_lowercase());
            let quiet = option(&["-o", "--output"]).is_some_and(|output| output == "none");
            let telling = |query: &String| {
                [
                    "value",
                    "secret",
                    "token",
                    "password",
                    "primary",
                    "connection",
                    "pwd",
                    "plaintext",
                    "material",
                    "keys.",
                    "masterkey",
                    "*",
                    "@",
                ]
                .iter()
                .any(|word| query.contains(word))
            };
            !quiet && query.as_ref().is_none_or(telling)
        }
        // Paths of a secrets engine; `vault read sys/health` is none.
        "vault" | "bao" if texts.first().is_some_and(|text| text == "read") => {
            texts.iter().any(|text| ["secret/", "kv/", "/creds/", "database/"].iter().any(|word| text.contains(word)))
        }
        // `-o` names a format, or asks for the password alone.
        "bws" => true,
        "pass" | "gopass" | "lpass" => !has(&["-c", "--clip"]),
        "doppler" if has(&["--only-names"]) => false,
        "infisical" => !texts.iter().any(|text| text.starts_with("--output-file")),
        "age" | "gpg" => !texts.iter().any(|text| text.starts_with("-o") || text.starts_with("--output")),
        "sops" => !texts.iter().any(|text| matches!(&**text, "-i" | "--in-place" | "--output")),
        "op" if texts.first().is_some_and(|text| text == "item") => {
            texts.iter().any(|text| text.contains("password") || text == "--reveal")
        }
        "doppler" if texts.iter().any(|text| text == "download") => texts.iter().any(|text| text == "--no-file"),
        _ => !texts.iter().any(|text| matches!(&**text, "--help" | "--out-file" | "-o" | "--out-file=")),
    }
}
