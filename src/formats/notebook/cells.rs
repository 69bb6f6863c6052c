//! A cell's source: code, prose, or what it is written in.

use crate::literal::{PathBuilder, Reading, Role, Value};
use crate::source::{Span, Text};
use crate::syntax::json::Node;
use crate::syntax::python::{self, Foreign};
use crate::syntax::shell::Dialect;

use super::super::script;
use super::spot::CellAt;
use super::values::{At, Sink, value};
use super::{CellTag, Survey, loose, markup, outputs};

/// Reads one cell.
pub(super) fn cell(node: Node<'_>, index: usize, sink: &mut Sink<'_>, survey: &mut Survey) {
    // Since nbformat 4.5 cells have ids: https://nbformat.readthedocs.io/en/latest/format_description.html#cell-ids
    let id = node.get("id").and_then(Node::str);
    let address = id.map_or_else(|| format!("cells[{index}]"), |id| format!("cells[{id}]"));
    let kind = node.get("cell_type").and_then(Node::str).unwrap_or_default();
    let (mut code, mut written) = (String::new(), None);
    for (key, item) in node.entries() {
        let key_text = key.str().unwrap_or_default();
        match key_text.as_ref() {
            "source" | "input" => {
                let Some(text) = item.joined() else { continue };
                survey.code.extend((kind == "code").then(|| item.span()));
                written = Some(item);
                let text = markup::without_data(&text);
                let path = || PathBuilder::root(address.as_str()).key(&key_text).build();
                let at = At { role: Role::NotebookSource, opener: key.span(), path: &path };
                source(&kind, &text, at, sink, survey);
                code = text.as_str().to_owned();
            }
            "metadata" => {
                survey.tags.extend(tags(item, node.span()));
                sink.metadata(item, &format!("{address}.metadata"));
            }
            "attachments" => attachments(item, &address, sink),
            _ => {}
        }
    }
    for (key, list) in node.entries().filter(|(key, _)| key.raw() == "\"outputs\"") {
        outputs::outputs(list, key.span(), &address, &code, sink, survey);
        survey.lists.extend(outputs::group(list, node));
    }
    survey.cells.push(CellAt::of(node, &kind, written, &code));
}

/// The tags of a cell: <https://nbformat.readthedocs.io/en/latest/format_description.html#cell-metadata>.
fn tags(metadata: Node<'_>, cell: Span) -> Vec<CellTag> {
    let tags = metadata.get("tags").into_iter().flat_map(|tags| tags.items());
    tags.filter_map(|tag| Some(CellTag { span: tag.span(), text: tag.str()?.into_owned(), cell })).collect()
}

fn source(kind: &str, text: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>, survey: &mut Survey) {
    match kind {
        "raw" => return sink.text(at, text, Reading::Config),
        "code" => {
            let comments = code(text, at, sink);
            survey.comments.extend(comments.into_iter().map(|comment| text.hull(comment.range())));
            loose::lines(text.as_str()).for_each(|line| sink.text(at, &text.slice(line), Reading::Config));
        }
        // Examples in prose: only what has a name and quotes counts.
        _ => strings(python::scan(text.as_str()).values, text, at, sink),
    }
    for told in loose::told(text.as_str(), kind == "code") {
        sink.give(at, told.name, Value::literal(text.slice(told.value)), Reading::Value);
    }
    // Last, so that what has a name keeps it.
    sink.text(at, text, Reading::Prose);
}

/// Gives what stands under a name, and returns the comments.
fn code(text: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>) -> Vec<Span> {
    let scan = python::scan(text.as_str());
    strings(scan.values, text, at, sink);
    for foreign in scan.foreign {
        match foreign {
            Foreign::Shell(span) => shell(&text.slice(span.range()), at, sink),
            Foreign::Magic(name, rest) => magic(&text.as_str()[name.range()], &text.slice(rest.range()), at, sink),
        }
    }
    scan.comments
}

fn strings(values: Vec<python::Value<'_>>, text: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>) {
    for mut expression in values {
        let name = expression.name.take().unwrap_or_default();
        // What has no name was seen with all of the cell, unless it is put together here.
        let whole = matches!(expression.parts.as_slice(), [python::Part::Literal(text)] if text.is_plain());
        if !name.is_empty() || !whole {
            sink.give(at, &name, value(expression, text), Reading::Value);
        }
    }
}

fn shell(text: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>) {
    // IPython fills `{name}` in before the shell sees the line.
    let gaps: Vec<Span> = if text.as_str().contains('\n') { Vec::new() } else { braces(text.as_str()) };
    for given in script::given(text, Dialect::Posix, &gaps) {
        sink.give(At { opener: Span { start: given.opener, end: given.opener }, ..at }, &given.name, given.value, Reading::Value);
    }
}

/// `{name}` on a line.
fn braces(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = 0;
    while let Some(start) = line[from..].find('{').map(|found| from + found) {
        let inside = line[start + 1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
        from = start + 1 + inside;
        if inside > 0 && line[from..].starts_with('}') {
            from += 1;
            spans.push(Span::new(start, from));
        }
    }
    spans
}

fn magic(name: &str, rest: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>) {
    let line_end = rest.as_str().find('\n').unwrap_or(rest.len());
    match name {
        "env" | "set_env" => variable(&rest.slice(0..line_end), at, sink),
        "writefile" | "file" if !rest.as_str()[..line_end].trim_end().ends_with(".py") => {
            sink.text(at, &rest.slice(line_end..rest.len()), Reading::Config);
        }
        _ => strings(python::scan(rest.as_str()).values, rest, at, sink),
    }
}

/// `%env NAME=value`, `%env NAME value`.
fn variable(line: &Text<'_>, at: At<'_>, sink: &mut Sink<'_>) {
    let text = line.as_str();
    let start = text.len() - text.trim_start().len();
    let Some(name_end) = text[start..].find(['=', ' ', '\t']).map(|found| start + found) else { return };
    let after = &text[name_end..];
    let given = text.len() - after.trim_start().trim_start_matches('=').trim_start().len();
    let end = text.trim_end().len();
    // `$name` and `{name}` are filled in by IPython.
    if given < end && !text[given..].starts_with(['$', '{']) {
        sink.give(at, &text[start..name_end], Value::literal(line.slice(given..end)), Reading::Value);
    }
}

/// Attachments are files: only their text is read.
fn attachments(node: Node<'_>, address: &str, sink: &mut Sink<'_>) {
    for (name, file) in node.entries() {
        for (mime, content) in file.entries() {
            let (name, mime_text) = (name.str().unwrap_or_default(), mime.str().unwrap_or_default());
            if let Some(text) = content.joined().filter(|_| mime_text.starts_with("text/") || mime_text.ends_with("json")) {
                let path = || PathBuilder::root(address).key("attachments").key(&name).key(&mime_text).build();
                sink.text(At { role: Role::NotebookMetadata, opener: mime.span(), path: &path }, &text, Reading::Config);
            }
        }
    }
}
