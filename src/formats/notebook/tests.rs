use std::thread;

use proptest::prelude::*;

use super::{Notebook, OutputKind};
use crate::formats::View;
use crate::literal::{Part, Role};
use crate::source::Source;

fn source(text: &str) -> Source {
    Source { text: text.to_owned(), ..Source::default() }
}

/// Every literal of a role as `path name=value`, references as `‹…›`.
fn literals(text: &str, role: Role) -> Vec<String> {
    let source = source(text);
    let notebook = Notebook::new(&source).expect("the text is a notebook");
    let mut seen = Vec::new();
    notebook.literals(&mut |literal| {
        if literal.role != role {
            return;
        }
        let part = |part: &Part<'_>| match part {
            Part::Literal(value) => value.as_str().to_owned(),
            Part::Reference(reference) => format!("‹{}›", reference.name),
        };
        let value: String = literal.value.parts.iter().map(part).collect();
        seen.push(format!("{} {}={value}", (literal.path)().shown, literal.name));
    });
    seen
}

/// The named ones only.
fn named(cell: &str) -> Vec<String> {
    let text = format!(r#"{{"cells": [{{"cell_type": "code", "source": {}, "outputs": []}}]}}"#, serde_json::to_string(cell).unwrap());
    let all = literals(&text, Role::NotebookSource);
    all.iter().filter_map(|line| line.strip_prefix("cells[0].source ")).filter(|line| !line.starts_with('=')).map(str::to_owned).collect()
}

#[test]
fn a_source_is_one_text_however_it_is_written() {
    for written in [r#""a = 'x'\nb""#, r#"["a = 'x'\n", "b"]"#] {
        let text = format!(r#"{{"cells": [{{"cell_type": "code", "id": "c1", "source": {written}}}], "nbformat": 4}}"#);
        assert_eq!(literals(&text, Role::NotebookSource), ["cells[c1].source a=x", "cells[c1].source =a = 'x'\nb"]);
    }
}

#[test]
fn a_string_over_two_lines_of_json_has_two_places() {
    let text = r#"{"cells": [{"cell_type": "code", "source": ["a = ('x\"y'\n", "  'z')"]}]}"#;
    let source = source(text);
    let mut places = Vec::new();
    Notebook::new(&source).unwrap().literals(&mut |literal| {
        if literal.name == "a" {
            let value = literal.value.as_literal().unwrap();
            assert_eq!(value.as_str(), "x\"yz");
            places = value.locate(0..value.len()).iter().map(|span| &text[span.range()]).collect();
        }
    });
    assert_eq!(places, ["x\\\"y", "z"]);
}

#[test]
fn lines_of_ipython_have_names_too() {
    assert_eq!(named("%env A=x y\n%set_env B z\n%env C\n%env D=$E\n%env"), ["A=x y", "B=z"]);
    assert_eq!(named("!export A=x && curl -H \"Authorization: Bearer y\" {url}").first().map(String::as_str), Some("A=x"));
    assert_eq!(named("!tool --password {secret}"), ["password=‹{secret}›"]);
    assert_eq!(named("%%bash\nexport A=x"), ["A=x"]);
    assert_eq!(named("%%javascript\nvar a = 'x'"), ["a=x"]);
    assert_eq!(named("a = f'x{b}'"), ["a=x‹{b}›"]);
}

#[test]
fn prose_and_raw_cells_are_read() {
    let text = r#"{"cells": [{"cell_type": "markdown", "source": "set `a = \"x\"` or ![i](data:image/png;base64,AAAA)"},
      {"cell_type": "raw", "source": "a: x"}], "nbformat": 4}"#;
    assert_eq!(
        literals(text, Role::NotebookSource),
        ["cells[0].source a=x", "cells[0].source =set `a = \"x\"` or ![i](data:image/png;base64,)", "cells[1].source =a: x"]
    );
}

#[test]
fn every_kind_of_output_is_read_and_images_are_not() {
    let text = r#"{"cells": [{"cell_type": "code", "source": "", "outputs": [
      {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
      {"output_type": "execute_result", "execution_count": 1, "metadata": {"m": "c"}, "data": {
        "text/plain": "d", "text/html": ["<td>e</td>", "<a href='f'>g</a>"], "image/png": "AAAA", "application/pdf": "AAAA",
        "application/json": {"k": [1, "h"]}, "application/vnd.x+json": {"k": "i"}, "image/svg+xml": "<text>j</text>", "text/csv": "k,l"}},
      {"output_type": "error", "ename": "E", "evalue": "m", "traceback": ["\u001b[0;31mn\u001b[0m", "o"]}]}]}"#;
    assert_eq!(
        literals(text, Role::NotebookOutput),
        [
            "cells[0].outputs[0].text =a\nb",
            "cells[0].outputs[1].metadata.m m=c",
            "cells[0].outputs[1].data['text/plain'] =d",
            "cells[0].outputs[1].data['text/html'] =\ne\n\nf\ng",
            "cells[0].outputs[1].data['application/json'].k[1] k=h",
            "cells[0].outputs[1].data['application/vnd.x+json'].k k=i",
            "cells[0].outputs[1].data['image/svg+xml'] =<text>j</text>",
            "cells[0].outputs[1].data['text/csv'] =k,l",
            "cells[0].outputs[2].ename =E",
            "cells[0].outputs[2].evalue =m",
            "cells[0].outputs[2].traceback =n",
            "cells[0].outputs[2].traceback =o",
        ]
    );
}

#[test]
fn version_3_is_read() {
    let text = r#"{"nbformat": 3, "worksheets": [{"cells": [
      {"cell_type": "heading", "level": 1, "source": "a"},
      {"cell_type": "code", "input": "b = 'x'", "language": "python", "prompt_number": 1, "outputs": [
        {"output_type": "pyout", "html": "<b>c</b>", "text": "d", "png": "AAAA", "prompt_number": 1},
        {"output_type": "stream", "stream": "stdout", "text": "e"},
        {"output_type": "pyerr", "ename": "E", "evalue": "f", "traceback": ["g"]}]}], "metadata": {}}]}"#;
    assert_eq!(literals(text, Role::NotebookSource), ["cells[0].source =a", "cells[1].input b=x", "cells[1].input =b = 'x'"]);
    let outputs: Vec<String> =
        literals(text, Role::NotebookOutput).iter().filter_map(|line| Some(line.split_once(" =")?.1.to_owned())).collect();
    assert_eq!(outputs, ["c", "d", "e", "E", "f", "g"]);
}

#[test]
fn metadata_is_read_and_tools_talk_is_not() {
    let text = r#"{"cells": [{"cell_type": "markdown", "source": "", "metadata": {"tags": ["t"]}, "attachments": {"a.txt": {"text/plain": "b"}, "i": {"image/png": "AAAA"}}}],
      "metadata": {"signature": "no", "language_info": {"name": "no"}, "papermill": {"parameters": {"db_password": "c"}},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"1": {"state": {"_model_name": "PasswordModel", "description": "Key:", "value": "d"}},
          "2": {"state": {"_model_name": "TextModel", "description": "User", "value": "e"}}}}}}}"#;
    let lines = literals(text, Role::NotebookMetadata);
    for expected in [
        "cells[0].metadata.tags[0] tags=t",
        "cells[0].attachments['a.txt']['text/plain'] =b",
        "metadata.papermill.parameters.db_password db_password=c",
        "metadata.widgets['application/vnd.jupyter.widget-state+json'].state.1.state.value password=d",
        "metadata.widgets['application/vnd.jupyter.widget-state+json'].state.2.state.value User=e",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected} is not in {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.ends_with("=no") || line.contains("AAAA")));
}

#[test]
fn tracebacks_and_environments_are_noted() {
    let output = |code: &str, output: &str| {
        let code = serde_json::to_string(code).unwrap();
        let text = format!(r#"{{"cells": [{{"source": {code}, "outputs": [{output}], "cell_type": "code"}}]}}"#);
        let source = source(&text);
        let notebook = Notebook::new(&source).unwrap();
        notebook.outputs().iter().map(|output| output.kind).next()
    };
    let stream = |text: &str| format!(r#"{{"output_type": "stream", "text": {}}}"#, serde_json::to_string(text).unwrap());
    assert_eq!(output("f()", r#"{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}"#), Some(OutputKind::Traceback));
    assert_eq!(output("print(dict(os.environ))", &stream("x")), Some(OutputKind::Environment { listed: false }));
    let listing = "HOME=/h\nPATH=/p\nLANG=C\nUSER=u\nSHELL=/s";
    assert_eq!(output("!env", &stream(listing)), Some(OutputKind::Environment { listed: true }));
    assert_eq!(
        output("f()", &stream("{'HOME': '/h', 'PATH': '/p', 'LANG': 'C', 'USER': 'u', 'SHELL': 's'}")),
        Some(OutputKind::Environment { listed: true })
    );
    assert_eq!(output("os.environ['A'] = 'x'", &stream("x")), None);
    assert_eq!(output("%env A=x", &stream("env: A=x")), None);
    assert_eq!(output("f()", &stream("PATH=/p HOME=/h")), None);
}

#[test]
fn comments_have_places() {
    let text = r#"{"cells": [{"cell_type": "code", "source": ["a = 1  # caulk: ignore[x] \"why\"\n", "b"]}]}"#;
    let source = source(text);
    let notebook = Notebook::new(&source).unwrap();
    let comments: Vec<&str> = notebook.comments().iter().map(|place| &text[place.span.range()]).collect();
    assert_eq!(comments, [r#"# caulk: ignore[x] \"why\""#]);
}

#[test]
fn what_is_no_notebook_is_left_to_others() {
    for other in ["", "[]", "{}", "{\"a\": 1}", "cells"] {
        assert!(Notebook::new(&source(other)).is_none(), "{other}");
    }
}

#[test]
fn half_a_notebook_is_read_as_far_as_it_goes() {
    let text = r#"{"cells": [{"cell_type": "code", "source": "a = 'x'", "outputs": [{"output_type": "stream", "text": "b"}, {"#;
    assert_eq!(literals(text, Role::NotebookSource), ["cells[0].source a=x", "cells[0].source =a = 'x'"]);
    assert_eq!(literals(text, Role::NotebookOutput), ["cells[0].outputs[0].text =b"]);
    assert_eq!(Notebook::new(&source(text)).unwrap().errors().len(), 1);
}

#[test]
fn nesting_costs_no_stack() {
    let run = || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            for depth in [9_000, 100_000] {
                let deep = format!("{}\"1\"{}", open.repeat(depth), close.repeat(depth));
                for before in [
                    r#"{"cells": "#,
                    r#"{"metadata": {"x": "#,
                    r#"{"cells": [{"source": "#,
                    r#"{"cells": [{"outputs": [{"data": {"application/json": "#,
                    r#"{"cells": 1, "worksheets": "#,
                ] {
                    let source = source(&format!("{before}{deep}, \"cells\""));
                    let notebook = Notebook::new(&source).unwrap();
                    notebook.literals(&mut |literal| drop((literal.path)()));
                    assert_eq!(notebook.errors().len(), 1);
                }
            }
        }
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn many_values_deep_down_do_not_cost_their_depth_each() {
    let deep = format!("{}{}{}", "[".repeat(9_000), vec!["\"x\""; 100_000].join(","), "]".repeat(9_000));
    let source = source(&format!(r#"{{"cells": [], "metadata": {{"a": {deep}}}}}"#));
    let mut paths = 0;
    Notebook::new(&source).unwrap().literals(&mut |literal| {
        assert_eq!(literal.name, "a");
        paths += (literal.path)().shown.len();
    });
    assert!(paths < 100_000 * 500);
}

proptest! {
    #[test]
    fn any_change_of_a_file_is_survived(at in any::<prop::sample::Index>(), removed in 0usize..40, added in "[\\[\\]{}\",:a0<&%!']{0,3}") {
        let text = r#"{"cells": [{"cell_type": "code", "source": ["a = f'x{b}' # c\n", "!curl -H 'A: b'\n", "%env A=b"], "metadata": {"a": ["b"]}, "outputs": [
          {"output_type": "display_data", "data": {"text/html": "<a href='b&amp;c'>&lt;d</a>", "text/plain": "e"}},
          {"output_type": "error", "ename": "E", "evalue": "\u001b[0m", "traceback": ["f\u001b[1m"]}]}], "nbformat": 4}"#;
        let at = at.index(text.len());
        let end = (at + removed).min(text.len());
        let changed = format!("{}{added}{}", &text[..at], &text[end..]);
        let source = source(&changed);
        if let Some(notebook) = Notebook::new(&source) {
            notebook.literals(&mut |literal| {
                for part in &literal.value.parts {
                    if let Part::Literal(text) = part {
                        assert!(changed.get(text.span().range()).is_some());
                    }
                }
                let _ = (literal.path)();
            });
            prop_assert!(notebook.errors().len() <= 1);
        }
    }
}
