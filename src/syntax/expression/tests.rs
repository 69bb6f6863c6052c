use proptest::prelude::*;

use super::*;

/// The expression in full parentheses.
fn show(text: &str) -> String {
    let expression = parse(text, Span::new(0, text.len()));
    let shown = expression.root().map_or_else(|| "nothing".to_owned(), |root| node(text, &expression, root));
    match expression.error {
        Some(error) => format!("{shown} ! {}", &text[error.range()]),
        None => shown,
    }
}

fn node(text: &str, expression: &Expression, id: NodeId) -> String {
    let show = |id: &NodeId| node(text, expression, *id);
    let at = expression.node(id).unwrap();
    match &at.kind {
        NodeKind::String => format!("{:?}", expression.string(text, id).unwrap()),
        NodeKind::Constant | NodeKind::Context => text[at.span.range()].to_owned(),
        NodeKind::Property(of, name) => format!("{}.{}", show(of), &text[name.range()]),
        NodeKind::Index(of, index) => format!("{}[{}]", show(of), show(index)),
        NodeKind::Star(of) => format!("{}.*", show(of)),
        NodeKind::Call(name, arguments) => {
            format!("{}({})", &text[name.range()], arguments.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        NodeKind::Not(of) => format!("!{}", show(of)),
        NodeKind::And(left, right) => format!("({} && {})", show(left), show(right)),
        NodeKind::Or(left, right) => format!("({} || {})", show(left), show(right)),
        NodeKind::Comparison(left, right) => format!("({} <> {})", show(left), show(right)),
    }
}

#[test]
fn grammar() {
    assert_eq!(show(" secrets.TOKEN "), "secrets.TOKEN");
    assert_eq!(show("secrets['MY-TOKEN'] || 'it''s'"), "(secrets[\"MY-TOKEN\"] || \"it's\")");
    assert_eq!(show("a || b && c == 'd' || !e"), "((a || (b && (c <> \"d\"))) || !e)");
    assert_eq!(show("(a || b) && c"), "((a || b) && c)");
    assert_eq!(
        show("format('{0}-{1}', github.sha, fromJSON(inputs.x).y[0].*.z)"),
        "format(\"{0}-{1}\", github.sha, fromJSON(inputs.x).y[0].*.z)"
    );
    assert_eq!(show("1.5 < 0xff && -2 >= +3e5 && true != null"), "(((1.5 <> 0xff) && (-2 <> +3e5)) && (true <> null))");
    assert_eq!(show("steps.my-step.outputs.a_b && always()"), "(steps.my-step.outputs.a_b && always())");
    assert_eq!(show("github . event [ 'x' ]"), "github.event[\"x\"]");
}

#[test]
fn broken_expressions_keep_what_was_read() {
    assert_eq!(show("secrets.X || "), "secrets.X ! || ");
    assert_eq!(show("secrets.X b"), "secrets.X ! b");
    assert_eq!(show(""), "nothing ! ");
    assert_eq!(show("f(a"), "nothing ! ");
    assert_eq!(show("'abc"), "nothing ! 'abc");
    assert_eq!(show("a."), "a ! .");
}

#[test]
fn templates() {
    let parts = |text: &'static str| {
        let template = split(text);
        let parts = template.parts.iter().map(|part| match part {
            Part::Literal(span) => format!("{:?}", &text[span.range()]),
            Part::Expression { outer, inner, .. } => format!("<{}|{}>", &text[outer.range()], &text[inner.range()]),
        });
        (parts.collect::<Vec<_>>().join(" "), template.unclosed)
    };
    assert_eq!(parts("a ${{ b }} c"), ("\"a \" <${{ b }}| b > \" c\"".to_owned(), None));
    assert_eq!(parts("${{ '}}' }}${{x}}"), ("<${{ '}}' }}| '}}' > <${{x}}|x>".to_owned(), None));
    assert_eq!(parts("a ${{ b"), ("\"a ${{ b\"".to_owned(), Some(2)));
    assert_eq!(parts(""), (String::new(), None));
    assert_eq!(parts("${{ a }} ${{ 'b }}"), ("<${{ a }}| a > \" ${{ 'b }}\"".to_owned(), Some(9)));
}

fn outcomes(text: &str) -> String {
    let expression = parse(text, Span::new(0, text.len()));
    let shown = expression.outcomes(text).into_iter().map(|outcome| format!("{} {:?}", node(text, &expression, outcome.node), outcome.way));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn what_a_value_can_come_from() {
    assert_eq!(outcomes("secrets.X"), "secrets.X Whole");
    assert_eq!(outcomes("secrets.X || 'lit'"), "secrets.X Whole, \"lit\" Whole");
    assert_eq!(outcomes("secrets.X && inputs.y"), "inputs.y Whole");
    assert_eq!(outcomes("secrets.X != ''"), "");
    assert_eq!(outcomes("!secrets.X"), "");
    assert_eq!(outcomes("contains(secrets.X, 'a')"), "");
    assert_eq!(outcomes("format('Bearer {0}', secrets.X)"), "secrets.X Within");
    assert_eq!(outcomes("toJSON(secrets)"), "secrets Within");
    assert_eq!(outcomes("fromJSON(secrets.X).y.z"), "secrets.X Part");
    assert_eq!(outcomes("fromJSON(secrets.X)"), "secrets.X Part");
    assert_eq!(outcomes("case(a, secrets.X, b, 'c', secrets.Z)"), "secrets.X Whole, \"c\" Whole, secrets.Z Whole");
    assert_eq!(outcomes("github.ref == 'main' && secrets.A || secrets.B"), "secrets.A Whole, secrets.B Whole");
    assert_eq!(outcomes("secrets[format('{0}_TOKEN', matrix.env)]"), "secrets[format(\"{0}_TOKEN\", matrix.env)] Whole");
}

#[test]
fn paths() {
    let text = "secrets[matrix.name] == needs.*.outputs && secrets['X'] || secrets";
    let expression = parse(text, Span::new(0, text.len()));
    let paths: Vec<String> = expression.paths().into_iter().map(|id| expression.path(text, id).unwrap().join("/")).collect();
    assert_eq!(paths, ["matrix/name", "secrets/*", "needs/*/outputs", "secrets/X", "secrets"]);
}

#[test]
fn depth_is_bounded() {
    let deep = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        for opening in ["(", "!", "f(", "a[", "a.b", "a||", "a&&b||", "!(", "a==", "-", "${{ ", "${{ '"] {
            let text = format!("${{{{ {} }}}}", opening.repeat(100_000));
            for part in split(&text).parts {
                if let Part::Expression { expression, .. } = part {
                    let _ = expression.outcomes(&text);
                    let _ = expression.paths();
                }
            }
        }
    });
    deep.unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn any_text_is_split(pieces in prop::collection::vec(prop_oneof![
        prop::sample::select(vec!["${{", "}}", "'", "secrets", ".", "X", "[", "]", "(", ")", "||", "&&", "!", "==", " ", ",", "f(", "*", "1", "é"]).prop_map(str::to_owned),
        ".{0,4}",
    ], 0..30)) {
        let text = pieces.concat();
        let mut end = 0;
        for part in split(&text).parts {
            let outer = match &part {
                Part::Literal(span) => *span,
                Part::Expression { outer, .. } => *outer,
            };
            prop_assert_eq!(outer.start as usize, end);
            end = outer.end as usize;
            prop_assert!(text.get(outer.range()).is_some());
            if let Part::Expression { inner, expression, .. } = part {
                for (_, node) in expression.nodes() {
                    prop_assert!(inner.contains(node.span));
                    prop_assert!(text.get(node.span.range()).is_some());
                }
                let _ = expression.outcomes(&text);
                prop_assert!(expression.paths().into_iter().all(|id| expression.path(&text, id).is_some() || expression.called(id).is_some()));
            }
        }
        prop_assert_eq!(end, text.len());
    }
}
