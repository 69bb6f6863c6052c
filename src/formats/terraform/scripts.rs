//! Arguments that are shell scripts: what they give names to, and their comments.

use std::borrow::Cow;

use super::Argument;
use super::fold::fold;
use crate::formats::script::{Given, given as given_in};
use crate::literal::{Literal, Part, Value};
use crate::source::{Span, Text, TextBuilder, base64};
use crate::syntax::shell::{self, Dialect};

/// Arguments and metadata keys whose value an instance runs when it starts.
const START_SCRIPTS: &[&str] = &[
    "user_data",
    "user_data_base64",
    "user_data_raw",
    "custom_data",
    "metadata_startup_script",
    "startup_script",
    "startup-script",
    "shutdown-script",
    "user-data",
    "on_start",
    "on_create",
];

/// Those of them that may be written in base64.
const IN_BASE64: &[&str] = &["user_data", "user_data_base64", "custom_data", "on_start", "on_create"];

/// How texts begin that instances read as something else.
const NO_SCRIPTS: &[&str] =
    &["#cloud-config", "Content-Type", "MIME-Version", "<powershell>", "<script>", "{", "#!/usr/bin/env python", "#!/usr/bin/python"];

/// What stands for a reference while the script is parsed.
const FILLER: &str = "X";

/// The shell script that a value of this name is, decoded; `runs` where its block runs it.
pub(super) fn script<'v, 'a>(name: &str, runs: bool, value: &'v Value<'a>) -> Option<Cow<'v, Value<'a>>> {
    if !START_SCRIPTS.contains(&name) && !runs {
        return None;
    }
    let readable = |text: &Text<'_>| text.as_str().chars().all(|c| !c.is_control() || c.is_whitespace());
    let packed = value.as_literal().filter(|_| IN_BASE64.contains(&name)).and_then(|text| base64(&text)).filter(readable);
    let script = packed.map_or(Cow::Borrowed(value), |text| Cow::Owned(Value::literal(text)));
    let first = script.parts.iter().find_map(|part| match part {
        Part::Literal(text) => Some(text.as_str().trim_start()),
        Part::Reference(_) => None,
    });
    first.is_some_and(|first| !NO_SCRIPTS.iter().any(|start| first.starts_with(start))).then_some(script)
}

/// Every value that has a name in the script.
pub(super) fn given<'a>(value: &Value<'a>) -> Vec<Given<'a>> {
    let (text, opaque) = flat(value);
    given_in(&text, Dialect::Posix, &opaque)
}

/// A command with a filler for each reference, and the ranges of the fillers.
pub(super) fn of_argument<'a>(argument: &Argument<'a>) -> (Text<'a>, Vec<Span>) {
    flat(&fold(argument.source(), argument.expr()).value)
}

/// The places of the comments in a script.
pub(super) fn comments(literal: &Literal<'_, '_>) -> Vec<Span> {
    let (text, opaque) = flat(&literal.value);
    let script = shell::parse(text.as_str(), Dialect::Posix, &opaque);
    script.comments.iter().map(|comment| text.hull(comment.range())).collect()
}

/// The script with a filler for each reference, and the ranges of the fillers.
fn flat<'a>(value: &Value<'a>) -> (Text<'a>, Vec<Span>) {
    let (mut out, mut opaque) = (TextBuilder::default(), Vec::new());
    for part in &value.parts {
        match part {
            Part::Literal(text) => out.text(text),
            Part::Reference(reference) => {
                opaque.push(Span::new(out.len(), out.len() + FILLER.len()));
                out.atom(FILLER, reference.span);
            }
        }
    }
    (out.finish(), opaque)
}
