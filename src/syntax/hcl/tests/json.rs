//! The JSON spelling.

use proptest::prelude::*;

use super::super::*;

const SHAPES: &[BlockShape] = &[
    BlockShape { kind: "resource", labels: 2, inner: &[BlockShape { kind: "provisioner", labels: 1, inner: &[] }] },
    BlockShape { kind: "variable", labels: 1, inner: &[] },
    BlockShape { kind: "locals", labels: 0, inner: &[] },
];

#[test]
fn blocks_and_attributes_are_told_apart_by_the_shapes() {
    let text = r#"{
  "resource": { "aws_x": { "a": { "n": 1, "tags": { "k": "v" }, "provisioner": [{ "local-exec": { "command": "x" } }] }, "b": [{}, {}] } },
  "locals": [{ "p": true }, { "q": null }],
  "other": "x"
}"#;
    let file = File::parse_json(text, SHAPES);
    assert_eq!(file.errors(), []);
    let body = file.body(text);
    let shown: Vec<String> =
        body.blocks().map(|block| format!("{} {:?}", block.kind(), block.labels().map(|label| label.text).collect::<Vec<_>>())).collect();
    assert_eq!(
        shown,
        ["resource [\"aws_x\", \"a\"]", "resource [\"aws_x\", \"b\"]", "resource [\"aws_x\", \"b\"]", "locals []", "locals []"]
    );
    assert_eq!(body.attributes().map(Attribute::name).collect::<Vec<_>>(), ["other"]);
    let first = body.blocks().next().unwrap();
    assert_eq!(&text[first.header_span().range()], "a");
    assert_eq!(first.body().attributes().map(Attribute::name).collect::<Vec<_>>(), ["n", "tags"]);
    let inner = first.body().blocks().next().unwrap();
    assert_eq!((inner.kind(), inner.label(0)), ("provisioner", "local-exec"));
    let command = inner.body().attribute("command").unwrap();
    assert_eq!(&text[command.span().range()], r#""command": "x""#);
    assert_eq!(&text[command.expr().span().range()], r#""x""#);
}

#[test]
fn strings_are_templates_with_or_without_escapes() {
    let text = r#"{ "a": "x${join(\"-\", [var.b, \"l\\\"it\"])}\ty$${", "c": "${var.d}", "e": "p\u0061ss", "p\u0061ss": "" }"#;
    let file = File::parse_json(text, &[]);
    assert_eq!(file.errors(), []);
    let body = file.body(text);
    let ExprKind::Template(template) = body.attribute("a").unwrap().expr().kind() else { panic!("a template") };
    let parts: Vec<Part<'_>> = template.parts().collect();
    let [Part::Literal(x), Part::Interpolation(join, place), Part::Literal(y)] = parts.as_slice() else { panic!("three parts") };
    assert_eq!((x.as_str(), y.as_str()), ("x", "\ty${"));
    assert_eq!(&text[y.span().range()], "\\ty$${");
    assert_eq!(&text[place.range()], r#"${join(\"-\", [var.b, \"l\\\"it\"])}"#);
    let ExprKind::Call(call) = join.kind() else { panic!("a call") };
    assert_eq!((call.name().text, &text[call.name().span.range()]), ("join", "join"));
    let literal = join.descendants().filter_map(Expr::literal).last().unwrap();
    assert_eq!((literal.as_str(), &text[literal.span().range()]), ("l\"it", r#"l\\\"it"#));
    assert!(matches!(body.attribute("c").unwrap().expr().kind(), ExprKind::Template(_)));
    assert_eq!(body.attribute("e").unwrap().expr().literal().unwrap().as_str(), "pass");
    let odd = body.attribute("pass").unwrap();
    assert_eq!(&text[odd.name_span().range()], "p\\u0061ss");
    assert_eq!(odd.expr().literal().unwrap().span(), Span::new(text.len() - 3, text.len() - 3));
}

#[test]
fn a_broken_template_stands_for_its_text() {
    for (text, place) in [(r#"{"a": "x${"}"#, "x${"), (r#"{"a": "\t${ ? }"}"#, r"\t${ ? }")] {
        let file = File::parse_json(text, &[]);
        assert_eq!(file.errors().len(), 1);
        let literal = file.body(text).attribute("a").unwrap().expr().literal().unwrap();
        assert_eq!(&text[literal.span().range()], place);
    }
}

#[test]
fn depth_and_nonsense_are_errors() {
    let run = || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"resource\":", "}"), ("{\"resource\":[", "]}"), ("\"${[[", "]]}\"")] {
            let text = format!("{{\"a\": {}1{}, \"resource\": {}", open.repeat(100_000), close.repeat(100_000), open.repeat(100_000));
            assert!(!File::parse_json(&text, SHAPES).errors().is_empty());
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
    for text in ["", "1", "\"x\"", "{\"resource\": 1}", "{\"resource\": {\"x\": \"y\"}}"] {
        assert_eq!(File::parse_json(text, SHAPES).errors().len(), 1, "{text}");
    }
}

proptest! {
    #[test]
    fn both_spellings_read_the_same(text in "[a-z\"\\\\\n é𝄞]{0,12}", name in "[a-z]{1,5}") {
        let native = format!("{name} = \"{}${{f(\"{}\")}}\"\n", escape(&text), escape(&text));
        let template = format!("{text}${{f(\"{}\")}}", escape(&text));
        let json = format!("{{\"{name}\": {}}}", serde_json::to_string(&template).unwrap());
        let (one, two) = (File::parse(&native), File::parse_json(&json, &[]));
        prop_assert_eq!(one.errors(), two.errors());
        let strings = |file: &File, text: &str| -> Vec<String> {
            let attribute = file.body(text).attribute(&name).unwrap();
            attribute.expr().descendants().flat_map(|expr| match expr.kind() {
                ExprKind::Template(template) => template.parts().map(|part| match part {
                    Part::Literal(found) => found.as_str().to_owned(),
                    _ => "-".to_owned(),
                }).collect(),
                _ => Vec::new(),
            }).collect()
        };
        prop_assert_eq!(strings(&one, &native), strings(&two, &json));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[{}\\[\\]\",:a1$ %\\\\n]{0,40}") {
        let file = File::parse_json(&text, SHAPES);
        for attribute in file.body(&text).attributes() {
            for expr in attribute.expr().descendants() {
                prop_assert!(text.get(expr.span().range()).is_some());
            }
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
