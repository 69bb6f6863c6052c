use proptest::prelude::*;

use super::*;

/// A readable form: `lit`, `$` for a dollar, `<NAME>` and `<NAME op word>`.
fn shown(text: &str) -> String {
    let template = parse(text);
    let mut out = String::new();
    show(&template, &mut template.pieces(), text, &mut out);
    out
}

fn show(template: &Template, pieces: &mut dyn Iterator<Item = &Piece>, text: &str, out: &mut String) {
    for piece in pieces {
        match piece {
            Piece::Literal(span) => out.push_str(&text[span.range()]),
            Piece::Dollar(_) => out.push('$'),
            Piece::Reference(reference) => {
                out.push('<');
                out.push_str(&text[reference.name.range()]);
                if let Some(operator) = reference.operator {
                    out.push_str(match operator {
                        Operator::Default => " or ",
                        Operator::Message => " says ",
                        Operator::Alternative => " then ",
                    });
                    show(template, &mut template.word(reference), text, out);
                }
                out.push('>');
            }
        }
    }
}

#[test]
fn every_form_of_the_documentation_is_read() {
    let table = [
        ("plain", "plain"),
        ("", ""),
        ("$VAR", "<VAR>"),
        ("a${VAR}b", "a<VAR>b"),
        ("$A$B", "<A><B>"),
        ("${DB_PASSWORD:-hunter2}", "<DB_PASSWORD or hunter2>"),
        ("${DB_PASSWORD-}", "<DB_PASSWORD or >"),
        ("${A:?must be set}", "<A says must be set>"),
        ("${A?}", "<A says >"),
        ("${A:+x}${A+y}", "<A then x><A then y>"),
        ("${A:-${B:-x}y}z", "<A or <B or x>y>z"),
        ("${A:-$B}", "<A or <B>>"),
        ("$$VAR $$$$ ${A:-$$x}", "$VAR $$ <A or $x>"),
        ("${A:-{\"k\": {\"l\": 1}}} }", "<A or {\"k\": {\"l\": 1}}> }"),
        ("postgres://u:${P:-p:w@x}@db", "postgres://u:<P or p:w@x>@db"),
        ("${A:-a-b:-c}", "<A or a-b:-c>"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_reference_is_text() {
    for text in ["$", "5$", "$5", "${1}", "${}", "${", "${A", "${{ x }}", "${A B}", "{}", "}", "$(cmd)", "${A!x}"] {
        assert_eq!(shown(text), text, "{text}");
    }
    assert_eq!(shown("${A:-x${B}"), "${A:-x<B>");
    assert_eq!(shown("${A:-{}"), "${A:-{}");
}

#[test]
fn depth_costs_neither_stack_nor_time() {
    let hostile = || {
        for depth in [100_000, 1] {
            let open = "${A:-".repeat(depth);
            for text in [open.clone(), format!("{open}x{}", "}".repeat(depth)), "{".repeat(depth), "$".repeat(depth)] {
                let template = parse(&text);
                let words: usize = template.references().map(|reference| template.word(reference).count()).sum();
                assert!(words <= template.pieces.len());
            }
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(hostile).unwrap().join().unwrap();
}

/// Source text of a template together with what `shown` must say of it.
fn template() -> impl Strategy<Value = (String, String)> {
    let name = "[A-Za-z_][A-Za-z0-9_]{0,5}";
    let leaf = prop_oneof![
        "[a-z é.:/@ ]{0,8}".prop_map(|text| (text.clone(), text)),
        Just(("$$".to_owned(), "$".to_owned())),
        name.prop_map(|name| (format!("${{{name}}}"), format!("<{name}>"))),
    ];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        let operators = [(":-", "or"), ("-", "or"), (":?", "says"), ("?", "says"), (":+", "then"), ("+", "then")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| parts.into_iter().unzip()),
            (name, prop::sample::select(operators.to_vec()), inner.clone()).prop_map(|(name, (operator, word), (source, said))| (
                format!("${{{name}{operator}{source}}}"),
                format!("<{name} {word} {said}>")
            )),
            inner.prop_map(|(source, said)| (format!("${{A:-{{{source}}}}}"), format!("<A or {{{said}}}>"))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read((source, said) in template()) {
        prop_assert_eq!(shown(&source), said);
    }

    /// Whatever the input: the pieces are in order, on character boundaries, and outside of words nothing is lost.
    #[test]
    fn any_text_is_read(text in "[$${}:?+ABé\\-]{0,40}|.{0,40}") {
        let template = parse(&text);
        let mut at = 0;
        for piece in template.pieces() {
            let span = match piece {
                Piece::Literal(span) | Piece::Dollar(span) => *span,
                Piece::Reference(reference) => reference.span,
            };
            prop_assert_eq!(span.start as usize, at);
            prop_assert!(text.get(span.range()).is_some());
            at = span.end as usize;
        }
        prop_assert_eq!(at, text.len());
        for reference in template.references() {
            for piece in template.word(reference) {
                let (Piece::Literal(span) | Piece::Dollar(span) | Piece::Reference(Reference { span, .. })) = piece;
                prop_assert!(reference.span.contains(*span));
            }
        }
    }
}
