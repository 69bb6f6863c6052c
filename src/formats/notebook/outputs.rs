//! What a cell printed, showed or died of.

use std::sync::Arc;

use crate::literal::{PathBuilder, Reading, Role, Value};
use crate::source::{Edit, Group, Span, Text};
use crate::syntax::json::{Kind, Node};

use super::values::{At, Sink};
use super::{Output, OutputKind, Survey, markup, tables};

/// How the content of a media type is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Content {
    /// Lines, some of them `key: value`.
    Lines,
    /// Text without names.
    Prose,
    Html,
    /// A value of its own.
    Json,
    /// JSON of a tool: only shapes count.
    ToolJson,
    /// Images, documents, archives.
    Binary,
}

/// The media type, or nbformat 3's word for it.
fn content(mime: &str) -> Content {
    match mime {
        "text/html" | "html" => Content::Html,
        "text/markdown"
        | "text/latex"
        | "latex"
        | "application/javascript"
        | "text/javascript"
        | "javascript"
        | "image/svg+xml"
        | "svg" => Content::Prose,
        "application/json" | "json" => Content::Json,
        "text" => Content::Lines,
        _ if mime.starts_with("text/") => Content::Lines,
        _ if mime.starts_with("application/") && mime.ends_with("json") => Content::ToolJson,
        _ => Content::Binary,
    }
}

/// Reads the outputs of a cell. `code` is the cell's source.
pub(super) fn outputs(list: Node<'_>, key: Span, address: &str, code: &str, sink: &mut Sink<'_>, survey: &mut Survey) {
    let dumps = dumps_environment(code);
    for (index, output) in list.items().enumerate() {
        let kind = output.get("output_type").and_then(Node::str).unwrap_or_default();
        let mut reader = OutputReader { sink, address: &format!("{address}.outputs[{index}]"), key, first: None, listing: false };
        reader.output(output, &kind);
        let kind = match kind.as_ref() {
            "error" | "pyerr" => Some(OutputKind::Traceback),
            _ if dumps || reader.listing => Some(OutputKind::Environment { listed: reader.listing }),
            _ => None,
        };
        if let (Some(kind), Some(text)) = (kind, reader.first) {
            survey.outputs.push(Output { span: output.span(), text, kind });
        }
    }
}

/// The outputs of a cell as a group. A cell without outputs has not been run and has no number:
/// <https://nbformat.readthedocs.io/en/latest/format_description.html#code-cells>.
pub(super) fn group(list: Node<'_>, cell: Node<'_>) -> Option<Arc<Group>> {
    let members: Vec<Span> = list.items().map(Node::span).collect();
    let number = ["execution_count", "prompt_number"].into_iter().find_map(|key| cell.get(key)).filter(|number| number.number().is_some());
    let mut emptied = vec![Edit::replace(list.span(), "[]")];
    emptied.extend(number.map(|number| Edit::replace(number.span(), "null")));
    emptied.sort();
    (!members.is_empty()).then(|| Arc::new(Group { members, separated: true, emptied }))
}

struct OutputReader<'o, 'v> {
    sink: &'o mut Sink<'v>,
    address: &'o str,
    key: Span,
    /// The first text of the output.
    first: Option<Span>,
    /// Some text lists an environment.
    listing: bool,
}

impl OutputReader<'_, '_> {
    fn output(&mut self, output: Node<'_>, kind: &str) {
        for (key, item) in output.entries() {
            let name = key.str().unwrap_or_default();
            match (kind, name.as_ref()) {
                (_, "output_type" | "name" | "stream" | "execution_count" | "prompt_number") => {}
                (_, "metadata") => self.sink.strings(item, &format!("{}.metadata", self.address), Role::NotebookOutput, Reading::Value),
                ("error" | "pyerr", "traceback") => {
                    for line in item.items().filter_map(Node::text) {
                        self.text("", "traceback", &line, Content::Lines);
                    }
                }
                (_, "data") => {
                    for (mime, content) in item.entries() {
                        self.content("data", &mime.str().unwrap_or_default(), content);
                    }
                }
                ("error" | "pyerr", name) => {
                    if let Some(text) = item.joined() {
                        self.text("", name, &text, Content::Lines);
                    }
                }
                (_, mime) => self.content("", mime, item),
            }
        }
    }

    fn content(&mut self, key: &str, mime: &str, node: Node<'_>) {
        let content = content(mime);
        match (content, node.kind()) {
            (Content::Binary, _) => {}
            (Content::Json | Content::ToolJson, Kind::Object | Kind::Array) => {
                let reading = if content == Content::Json { Reading::Value } else { Reading::Prose };
                let path = PathBuilder::root(self.address);
                let path = if key.is_empty() { path } else { path.key(key) }.key(mime).build();
                self.sink.strings(node, &path.shown, Role::NotebookOutput, reading);
            }
            _ => {
                if let Some(text) = node.joined() {
                    self.text(key, mime, &text, content);
                }
            }
        }
    }

    fn text(&mut self, key: &str, name: &str, text: &Text<'_>, content: Content) {
        if text.is_empty() {
            return;
        }
        let text = markup::without_data(text);
        let cells = match content {
            Content::Html => tables::of_html(text.as_str()),
            Content::Lines if name.starts_with("text") => tables::of_lines(text.as_str()),
            _ => Vec::new(),
        };
        let cells: Vec<_> = cells.into_iter().map(|(name, cell)| (name, text.slice(cell))).collect();
        let (text, reading) = match content {
            Content::Html => (markup::html(&text), Reading::Prose),
            Content::Prose => (text, Reading::Prose),
            _ => (markup::without_colours(&text), Reading::Config),
        };
        self.first = self.first.or_else(|| Some(text.span()));
        self.listing |= content == Content::Lines && lists_environment(text.as_str());
        let path = || {
            let path = PathBuilder::root(self.address);
            if key.is_empty() { path.key(name) } else { path.key(key).key(name) }.build()
        };
        let at = At { role: Role::NotebookOutput, opener: self.key, path: &path };
        cells.into_iter().for_each(|(column, cell)| self.sink.give(at, &column, Value::literal(cell), Reading::Value));
        self.sink.text(at, &text, reading);
    }
}

/// Whether the cell prints all of the environment.
fn dumps_environment(code: &str) -> bool {
    code.lines().map(str::trim).any(|line| {
        matches!(line, "%env" | "!env" | "!printenv" | "!set" | "!export" | "%%bash env")
            || line.ends_with("os.environ")
            || ["os.environ)", "os.environ.items()", "os.environ.copy()"].iter().any(|end| line.contains(end))
    })
}

/// Five variables or more, and two that every environment has.
fn lists_environment(text: &str) -> bool {
    let has = |name: &str| text.contains(&format!("{name}=")) || text.contains(&format!("'{name}': "));
    has("PATH") && has("HOME") && {
        let variable = |line: &str| {
            line.trim_start_matches(['{', ' ', '\'']).bytes().take_while(|byte| byte.is_ascii_uppercase() || *byte == b'_').count() > 1
        };
        text.lines().flat_map(|line| line.split(", '")).filter(|line| variable(line) && line.contains(['=', ':'])).nth(4).is_some()
    }
}
