//! hcl-edit reads the same trees, and the same places, from what it accepts.

use std::fmt::Write as _;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, TraversalOperator};
use hcl_edit::structure::Structure;
use hcl_edit::template::{Directive, Element};
use proptest::prelude::*;

use super::super::*;

fn ours(text: &str) -> (String, Vec<SyntaxError>) {
    let file = File::parse(text);
    let mut out = String::new();
    our_body(file.body(text), &mut out);
    (out, file.errors().to_vec())
}

fn our_body(body: Body<'_>, out: &mut String) {
    for member in body.members() {
        match member {
            Member::Attribute(attribute) => {
                write!(out, "{} = ", attribute.name()).unwrap();
                our_expr(attribute.expr(), out);
            }
            Member::Block(block) => {
                write!(out, "{}{:?}", block.kind(), block.labels().map(|label| label.text).collect::<Vec<_>>()).unwrap();
                our_body(block.body(), out);
                out.push('}');
            }
        }
        out.push('\n');
    }
}

fn our_expr(expr: Expr<'_>, out: &mut String) {
    let before = out.len();
    match expr.kind() {
        ExprKind::Null => out.push_str("null"),
        ExprKind::Bool(value) => write!(out, "{value}").unwrap(),
        // The oracle's numbers are converted; their places are enough.
        ExprKind::Number(_) => out.push('#'),
        ExprKind::Variable(name) => write!(out, "${name}").unwrap(),
        ExprKind::Template(template) => {
            let mut joined = String::new();
            for part in template.parts() {
                match part {
                    Part::Literal(text) => joined.push_str(text.as_str()),
                    Part::Interpolation(inner, _) => {
                        flush(&mut joined, out);
                        out.push_str("${");
                        our_expr(inner, out);
                        out.push('}');
                    }
                    Part::Directive(inner, _) => {
                        flush(&mut joined, out);
                        out.push_str("%{");
                        if let Some(inner) = inner {
                            our_expr(inner, out);
                        }
                        out.push('}');
                    }
                }
            }
            flush(&mut joined, out);
            // The oracle's heredocs have other ends.
            if expr.span().len() > 1 && out.len() > before {
                return;
            }
        }
        ExprKind::Traversal(traversal) => {
            our_expr(traversal.root(), out);
            for step in traversal.steps() {
                match step {
                    Step::Attr(name) => write!(out, ".{}", name.text).unwrap(),
                    Step::Index(index) => {
                        out.push('[');
                        our_expr(index, out);
                        out.push(']');
                    }
                    Step::Splat => out.push_str("[*]"),
                }
            }
            return;
        }
        ExprKind::Call(call) => {
            write!(out, "{}(", call.name().text).unwrap();
            call.arguments().iter().for_each(|argument| our_expr(argument, out));
            out.push(')');
        }
        ExprKind::Tuple(items) => {
            out.push('[');
            items.iter().for_each(|item| our_expr(item, out));
            out.push(']');
        }
        ExprKind::Object(object) => {
            out.push('{');
            for item in object.items() {
                our_expr(item.key, out);
                out.push('=');
                our_expr(item.value, out);
            }
            out.push('}');
        }
        ExprKind::Comprehension(found) => {
            write!(out, "for {:?} in ", found.names).unwrap();
            for inner in [Some(found.source), found.key, Some(found.value), found.condition] {
                match inner {
                    Some(inner) => our_expr(inner, out),
                    None => out.push('-'),
                }
            }
        }
        ExprKind::Conditional(found) => {
            out.push('?');
            [found.condition, found.yes, found.no].into_iter().for_each(|inner| our_expr(inner, out));
            return;
        }
        ExprKind::Operation(operands) => {
            operands.iter().for_each(|operand| our_expr(operand, out));
            return;
        }
        // The sign of a number is part of the oracle's number.
        ExprKind::Unary(inner) if matches!(inner.kind(), ExprKind::Number(_)) => out.push('#'),
        ExprKind::Unary(inner) => {
            our_expr(inner, out);
            return;
        }
        ExprKind::Parens(inner) => {
            out.push('(');
            our_expr(inner, out);
            out.push(')');
        }
    }
    write!(out, "@{:?} ", expr.span().range()).unwrap();
}

fn flush(joined: &mut String, out: &mut String) {
    if !joined.is_empty() {
        write!(out, "{joined:?}").unwrap();
        joined.clear();
    }
}

fn theirs(text: &str) -> Option<String> {
    // `str::parse` keeps the places, `parse_body` is the same function.
    let body: hcl_edit::structure::Body = text.parse().ok()?;
    let mut out = String::new();
    their_body(&body, &mut out);
    Some(out)
}

fn their_body(body: &hcl_edit::structure::Body, out: &mut String) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                write!(out, "{} = ", attribute.key.as_str()).unwrap();
                their_expr(&attribute.value, out);
            }
            Structure::Block(block) => {
                write!(out, "{}{:?}", block.ident.as_str(), block.labels.iter().map(|label| label.as_str()).collect::<Vec<_>>()).unwrap();
                their_body(&block.body, out);
                out.push('}');
            }
        }
        out.push('\n');
    }
}

fn their_template(elements: &hcl_edit::template::Template, joined: &mut String, out: &mut String) {
    for element in elements {
        match element {
            Element::Literal(text) => joined.push_str(text),
            Element::Interpolation(inner) => {
                flush(joined, out);
                out.push_str("${");
                their_expr(&inner.expr, out);
                out.push('}');
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(found) => {
                    flush(joined, out);
                    out.push_str("%{");
                    their_expr(&found.if_expr.cond_expr, out);
                    out.push('}');
                    their_template(&found.if_expr.template, joined, out);
                    if let Some(other) = &found.else_expr {
                        flush(joined, out);
                        out.push_str("%{}");
                        their_template(&other.template, joined, out);
                    }
                    flush(joined, out);
                    out.push_str("%{}");
                }
                Directive::For(found) => {
                    flush(joined, out);
                    out.push_str("%{");
                    their_expr(&found.for_expr.collection_expr, out);
                    out.push('}');
                    their_template(&found.for_expr.template, joined, out);
                    flush(joined, out);
                    out.push_str("%{}");
                }
            },
        }
    }
}

fn their_expr(expr: &Expression, out: &mut String) {
    match expr {
        Expression::Null(_) => out.push_str("null"),
        Expression::Bool(value) => write!(out, "{}", value.value()).unwrap(),
        Expression::Number(_) => out.push('#'),
        Expression::Variable(name) => write!(out, "${}", name.as_str()).unwrap(),
        Expression::String(text) if text.as_str().is_empty() => {}
        Expression::String(text) => {
            flush(&mut text.as_str().to_owned(), out);
            return;
        }
        Expression::StringTemplate(_) | Expression::HeredocTemplate(_) => {
            let (before, mut joined) = (out.len(), String::new());
            match expr {
                Expression::StringTemplate(template) => their_template(template, &mut joined, out),
                Expression::HeredocTemplate(template) => their_template(&template.template, &mut joined, out),
                _ => {}
            }
            flush(&mut joined, out);
            if out.len() > before {
                return;
            }
        }
        Expression::Traversal(traversal) => {
            their_expr(&traversal.expr, out);
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => write!(out, ".{}", name.as_str()).unwrap(),
                    TraversalOperator::Index(index) => {
                        out.push('[');
                        their_expr(index, out);
                        out.push(']');
                    }
                    TraversalOperator::LegacyIndex(index) => write!(out, "[#@{:?} ]", index.span().unwrap()).unwrap(),
                    TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => out.push_str("[*]"),
                }
            }
            return;
        }
        Expression::FuncCall(call) => {
            call.name.namespace.iter().for_each(|name| write!(out, "{}::", name.as_str()).unwrap());
            write!(out, "{}(", call.name.name.as_str()).unwrap();
            call.args.iter().for_each(|argument| their_expr(argument, out));
            out.push(')');
        }
        Expression::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| their_expr(item, out));
            out.push(']');
        }
        Expression::Object(object) => {
            out.push('{');
            for (key, value) in object {
                match key {
                    hcl_edit::expr::ObjectKey::Ident(name) => write!(out, "${}@{:?} ", name.as_str(), name.span().unwrap()).unwrap(),
                    hcl_edit::expr::ObjectKey::Expression(key) => their_expr(key, out),
                }
                out.push('=');
                their_expr(value.expr(), out);
            }
            out.push('}');
        }
        Expression::ForExpr(found) => {
            let (key, value) = (found.intro.key_var.as_ref().map(|name| name.as_str()), found.intro.value_var.as_str());
            let names = key.map_or((value, None), |key| (key, Some(value)));
            write!(out, "for {names:?} in ").unwrap();
            let condition = found.cond.as_ref().map(|found| &found.expr);
            for inner in [Some(&found.intro.collection_expr), found.key_expr.as_ref(), Some(&found.value_expr), condition] {
                match inner {
                    Some(inner) => their_expr(inner, out),
                    None => out.push('-'),
                }
            }
        }
        Expression::Conditional(found) => {
            out.push('?');
            [&found.cond_expr, &found.true_expr, &found.false_expr].into_iter().for_each(|inner| their_expr(inner, out));
            return;
        }
        Expression::BinaryOp(found) => {
            their_expr(&found.lhs_expr, out);
            their_expr(&found.rhs_expr, out);
            return;
        }
        Expression::UnaryOp(found) => {
            their_expr(&found.expr, out);
            return;
        }
        Expression::Parenthesis(inner) => {
            out.push('(');
            their_expr(inner.inner(), out);
            out.push(')');
        }
    }
    let span: Range<usize> = expr.span().unwrap_or_default();
    write!(out, "@{span:?} ").unwrap();
}

fn assert_same(text: &str) {
    let expected = theirs(text).unwrap_or_else(|| panic!("the oracle reads the sample:\n{text}"));
    let (found, errors) = ours(text);
    assert_eq!(errors, [], "\n{text}");
    assert_eq!(found, expected, "\n{text}");
}

#[test]
fn fixtures_read_the_same() {
    for text in FIXTURES {
        assert_same(text);
        // The oracle drops the carriage returns of `<<-` heredocs; Terraform keeps them.
        let text = text.replace('\n', "\r\n");
        let plain = |dump: String| dump.replace("\\r\\n", "\\n");
        assert_eq!(plain(ours(&text).0), plain(theirs(&text).expect("the oracle reads the sample")), "\n{text}");
        assert_eq!(ours(&text).1, []);
    }
}

const FIXTURES: &[&str] = &[
    "",
    "# only a comment",
    "a = 1\nb = -1.5e+3\nc = true\nd = null\ne = \"x\"\n",
    "resource \"aws_db_instance\" \"main\" {\n  password = var.db_password // why\n  tags = { Name = \"x\", (var.k) = 1, \"q\" : 2 }\n}\n",
    "resource aws_s3_bucket logs {}\nx { y = 1 }\n",
    "a = \"${var.x} and ${ join(\",\", [for s in var.l : upper(s) if s != \"\"]) } $${no} %%{no} 5% $5\"\n",
    "a = <<EOF\n  one ${var.x}\n    two\nEOF\nb = <<-EOT\n    one\n      two ${x}\n\n    three\n  EOT\nc = 1\n",
    "a = <<EOT\n%{ for x in var.l }\n  ${x}\n%{ endfor }\nEOT\n",
    "a = \"%{ if var.x }yes%{ else }no%{ endif }\"\n",
    "a = var.x ? 1 : var.y == null ? 2 : 3\nb = (1 + 2) * 3 - -4 % 5 >= 6 && !false || a != b\n",
    "a = aws_instance.x[0].ips.*.id\nb = x[*].y[\"k\"].0.z\nc = f(x...)\nd = provider::aws::arn_parse(x)\n",
    "a = {\n  for k, v in var.m : k => v...\n  if v != null\n}\nb = [\n  for v in x :\n  v\n]\n",
    "a = [\n  1, # one\n  2,\n  [],\n  {}\n]\nb = {\n  x = 1\n\n  y = {\n    z = \"é\\u00e9\\U0001F600\\t\\\"\\\\\"\n  }\n}\n",
    "/* a\n b */ locals { /* c */ }\nlocals {\n  x = f(\n    a,\n    b,\n  )\n}\n",
    "a = \"\"\nb = <<E\nE\nc = \"nested ${\"inner ${x} }\"}\"\n",
];

fn blanks() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(""), Just(" "), Just("  "), Just("\t"), Just(" /* c */ ")]
}

fn word() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_-]{0,5}"
        .prop_filter("a keyword", |word| !matches!(word.as_str(), "for" | "if" | "in" | "null" | "true" | "false" | "else"))
}

fn quoted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9 .,:/é𝄞{}$%-]{0,6}",
        Just("\\n".to_owned()),
        Just("\\\"".to_owned()),
        Just("\\u00e9".to_owned()),
        Just("$${x}".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat().replace("${", "$ {").replace("%{", "% {")))
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![word(), quoted(), "[0-9]{1,3}(\\.[0-9]{1,2})?", Just("null".to_owned()), Just("true".to_owned())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (word(), word(), word()).prop_map(|(a, b, c)| format!("{a}.{b}[0].{c}")),
            (word(), prop::collection::vec(inner.clone(), 0..3)).prop_map(|(name, items)| format!("{name}({})", items.join(", "))),
            (prop::collection::vec(inner.clone(), 0..3), blanks())
                .prop_map(|(items, b)| format!("[{b}{}{b}]", items.join(&format!("{b},\n")))),
            prop::collection::vec((word(), inner.clone()), 0..3).prop_map(|items| {
                let items: Vec<String> = items.iter().enumerate().map(|(n, (key, value))| format!("{key}{n} = {value}\n")).collect();
                format!("{{\n{}}}", items.concat())
            }),
            (inner.clone(), inner.clone(), inner.clone(), blanks()).prop_map(|(a, b, c, s)| format!("({a} == {b}){s}?{s}{b}{s}:{s}{c}")),
            (inner.clone(), inner.clone(), blanks()).prop_map(|(a, b, s)| format!("{a}{s} + {s}{b} && {a}")),
            (inner.clone(), quoted()).prop_map(|(a, text)| format!("\"x${{{a}}}{}", &text[1..])),
            (word(), inner.clone(), inner.clone()).prop_map(|(name, a, b)| format!("[for {name} in {a} : {b} if {name} == null]")),
            inner.prop_map(|a| format!("({a})")),
        ]
    })
}

fn body() -> impl Strategy<Value = String> {
    let block =
        (word(), quoted(), attributes()).prop_map(|(kind, label, body)| format!("{kind} {} {{\n{body}}}\n", label.replace("$${", "")));
    (attributes(), prop::collection::vec(block, 0..3)).prop_map(|(attributes, blocks)| attributes + &blocks.concat())
}

fn attributes() -> impl Strategy<Value = String> {
    let attribute = (word(), blanks(), expression()).prop_map(|(name, s, value)| (name, format!("{s}={s}{value}")));
    prop::collection::vec(attribute, 0..4).prop_map(|items| {
        let line = |(n, (name, rest)): (usize, &(String, String))| format!("  {name}{n}{rest}\n");
        items.iter().enumerate().map(line).collect::<String>()
    })
}

proptest! {
    #[test]
    fn generated_files_read_the_same(text in body()) {
        let expected = theirs(&text);
        prop_assume!(expected.is_some());
        let (found, errors) = ours(&text);
        prop_assert_eq!(errors, []);
        prop_assert_eq!(Some(found), expected);
    }
}
