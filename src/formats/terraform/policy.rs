//! Policies of AWS: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>.
//!
//! Three spellings are one: `data "aws_iam_policy_document"`, `jsonencode({ Statement = … })` and JSON in a string.

use super::fold::fold;
use super::{Argument, Block, Module};
use crate::literal::Part;
use crate::source::{Place, Source, Text, TextBuilder};
use crate::syntax::hcl::{Expr, ExprKind, Part as TemplatePart};
use crate::syntax::json::{Kind, Node, Tree};

/// Documents are followed to this depth; a condition's value is the fifth.
const DEPTH: usize = 10;

/// What stands for a reference.
const FILLER: &str = "${}";

/// A statement.
pub struct Statement<'a> {
    /// The block that it stands in.
    pub block: Block<'a>,
    /// The place of the statement.
    pub place: Place,
    /// Whether it allows.
    pub allows: bool,
    /// Its actions, and where they stand.
    pub actions: Vec<(String, Place)>,
    /// Its resources; what is computed is left as it is written.
    pub resources: Vec<(String, Place)>,
    /// Who it is for; None where it does not say, so that it is for whoever has the policy.
    pub principals: Option<Vec<(String, Place)>>,
    /// Its conditions.
    pub conditions: Vec<Condition>,
    /// Whether its principals or conditions are computed.
    pub is_partial: bool,
}

/// One key of a condition.
pub struct Condition {
    /// As it is written: `token.actions.githubusercontent.com:sub`.
    pub key: String,
    /// What it is compared with.
    pub values: Vec<(String, Place)>,
    /// Whether the values are those that are let in. `StringNotEquals` lets everybody else in, `Null` whoever has the key.
    pub lets_in: bool,
}

impl Condition {
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    fn new(operator: &str, key: String, values: Vec<(String, Place)>) -> Self {
        let operator = operator.rsplit(':').next().unwrap_or(operator);
        let lets_in = !operator.eq_ignore_ascii_case("null") && !operator.to_ascii_lowercase().contains("not");
        Self { key, values, lets_in }
    }
}

/// Every statement of a module's policies.
pub(super) fn statements<'a>(module: Module<'a>) -> Vec<Statement<'a>> {
    let mut found = Vec::new();
    for block in module.blocks() {
        match (block.kind(), block.label(0)) {
            ("data", "aws_iam_policy_document") => found.extend(statement_blocks(block).map(|inner| of_block(block, inner))),
            ("resource", kind) if kind.starts_with("aws_") => {
                let policies = block.all_arguments().into_iter().filter(|(_, argument)| argument.name().ends_with("policy"));
                for (_, policy) in policies {
                    found.extend(document(&policy).into_iter().flat_map(|document| of_document(block, document)));
                }
            }
            ("locals", _) => {
                for local in block.arguments() {
                    found.extend(of_local(block, &local));
                }
            }
            _ => {}
        }
    }
    found
}

/// A policy, encoded or to be encoded where it is used, or a list of statements that policies are put together from.
fn of_local<'a>(block: Block<'a>, local: &Argument<'a>) -> Vec<Statement<'a>> {
    let has = |expr: Expr<'_>, key: &str| match expr.kind() {
        ExprKind::Object(object) => object.items().any(|item| item.key.word().is_some_and(|word| word == key)),
        _ => false,
    };
    let read = || doc(local.source(), local.expr(), 0);
    match local.expr().kind() {
        ExprKind::Call(call) if call.name().text == "jsonencode" => {
            document(local).into_iter().flat_map(|document| of_document(block, document)).collect()
        }
        ExprKind::Object(_) if has(local.expr(), "Statement") => of_document(block, read()),
        ExprKind::Tuple(items) if items.iter().any(|item| has(item, "Effect") && has(item, "Action")) => {
            read().into_list().into_iter().filter_map(|statement| of_map(block, statement)).collect()
        }
        _ => Vec::new(),
    }
}

fn statement_blocks(document: Block<'_>) -> impl Iterator<Item = Block<'_>> {
    let dynamic = document.blocks_of("dynamic").filter(|block| block.label(0) == "statement");
    document.blocks_of("statement").chain(dynamic.flat_map(|block| block.blocks_of("content")))
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
fn of_block<'a>(block: Block<'a>, statement: Block<'a>) -> Statement<'a> {
    let list = |argument: Argument<'a>| texts(doc(argument.source(), argument.expr(), 0));
    let named = |name: &str| statement.argument(name).map(list).unwrap_or_default();
    let who: Vec<Block<'a>> = statement.blocks_of("principals").collect();
    let principals = who.iter().filter_map(|who| who.argument("identifiers")).flat_map(list).collect();
    let conditions = statement.blocks_of("condition").filter_map(|condition| {
        let variable = condition.argument("variable")?;
        let test = condition.text("test").map(|test| test.as_str().to_owned()).unwrap_or_default();
        Some(Condition::new(&test, written(&variable), condition.argument("values").map(list).unwrap_or_default()))
    });
    let dynamic = |kind: &str| statement.blocks_of("dynamic").any(|block| block.label(0) == kind);
    Statement {
        block,
        place: statement.header(),
        allows: statement.argument("effect").is_none_or(|effect| effect.text().is_some_and(|text| text.as_str() == "Allow")),
        actions: named("actions"),
        resources: named("resources"),
        principals: (!who.is_empty()).then_some(principals),
        conditions: conditions.collect(),
        is_partial: dynamic("condition") || dynamic("principals"),
    }
}

fn written(argument: &Argument<'_>) -> String {
    argument.source().slice(argument.expr().span()).trim_matches('"').to_owned()
}

/// A document, whatever it is written in.
enum Doc {
    Text(String, Place),
    List(Vec<Doc>),
    Map(Vec<(String, Doc)>, Place),
    Computed,
}

impl Doc {
    fn get(&self, key: &str) -> Option<&Doc> {
        match self {
            Self::Map(entries, _) => entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value),
            _ => None,
        }
    }

    fn into_list(self) -> Vec<Doc> {
        match self {
            Self::List(items) => items,
            other => vec![other],
        }
    }
}

/// The strings in a document, with their places.
fn texts(doc: Doc) -> Vec<(String, Place)> {
    let (mut found, mut open) = (Vec::new(), vec![doc]);
    while let Some(doc) = open.pop() {
        match doc {
            Doc::Text(text, place) => found.push((text, place)),
            Doc::List(items) => open.extend(items.into_iter().rev()),
            Doc::Map(entries, _) => open.extend(entries.into_iter().rev().map(|(_, value)| value)),
            Doc::Computed => {}
        }
    }
    found
}

fn document(policy: &Argument<'_>) -> Option<Doc> {
    match policy.expr().kind() {
        ExprKind::Call(call) if call.name().text == "jsonencode" => Some(doc(policy.source(), call.arguments().iter().next()?, 0)),
        ExprKind::Template(_) => {
            let text = flat(policy);
            let tree = Tree::parse(text.as_str());
            Some(of_json(tree.root(text.as_str())?, &text, policy.source(), 0))
        }
        _ => None,
    }
}

/// JSON with a filler for each reference.
fn flat<'a>(policy: &Argument<'a>) -> Text<'a> {
    let mut out = TextBuilder::default();
    for part in fold(policy.source(), policy.expr()).value.parts {
        match part {
            Part::Literal(text) => out.text(&text),
            Part::Reference(reference) => out.atom(FILLER, reference.span),
        }
    }
    out.finish()
}

fn doc(source: &Source, expr: Expr<'_>, depth: usize) -> Doc {
    if depth == DEPTH {
        return Doc::Computed;
    }
    let place = source.place(expr.span());
    match expr.kind() {
        ExprKind::Template(template) => match expr.literal() {
            Some(text) => Doc::Text(text.as_str().to_owned(), source.place(text.span())),
            None => {
                let parts = template.parts().map(|part| match part {
                    TemplatePart::Literal(text) => text.as_str().to_owned(),
                    TemplatePart::Interpolation(..) | TemplatePart::Directive(..) => FILLER.to_owned(),
                });
                Doc::Text(parts.collect(), place)
            }
        },
        ExprKind::Parens(inner) => doc(source, inner, depth + 1),
        ExprKind::Tuple(items) => Doc::List(items.iter().map(|item| doc(source, item, depth + 1)).collect()),
        ExprKind::Object(object) => {
            let key = |key: Expr<'_>| key.word().map_or_else(|| source.slice(key.span()).to_owned(), |word| word.into_owned());
            let entries = object.items().map(|item| (key(item.key), doc(source, item.value, depth + 1)));
            Doc::Map(entries.collect(), place)
        }
        ExprKind::Call(call) if matches!(call.name().text, "concat" | "flatten" | "toset" | "tolist" | "compact" | "distinct") => {
            Doc::List(call.arguments().iter().flat_map(|argument| doc(source, argument, depth + 1).into_list()).collect())
        }
        _ => Doc::Computed,
    }
}

fn of_json(node: Node<'_>, text: &Text<'_>, source: &Source, depth: usize) -> Doc {
    match node.kind() {
        _ if depth == DEPTH => Doc::Computed,
        Kind::String => match node.text() {
            Some(inner) => Doc::Text(inner.as_str().to_owned(), source.place(text.hull(inner.span().range()))),
            None => Doc::Computed,
        },
        Kind::Array => Doc::List(node.items().map(|item| of_json(item, text, source, depth + 1)).collect()),
        Kind::Object => {
            let entries =
                node.entries().map(|(key, value)| (key.str().unwrap_or_default().into_owned(), of_json(value, text, source, depth + 1)));
            Doc::Map(entries.collect(), source.place(text.hull(node.span().range())))
        }
        _ => Doc::Computed,
    }
}

fn of_document(block: Block<'_>, document: Doc) -> Vec<Statement<'_>> {
    let Doc::Map(entries, _) = document else { return Vec::new() };
    let statements = entries.into_iter().filter(|(key, _)| key.eq_ignore_ascii_case("Statement"));
    statements.flat_map(|(_, value)| value.into_list()).filter_map(|statement| of_map(block, statement)).collect()
}

fn of_map(block: Block<'_>, statement: Doc) -> Option<Statement<'_>> {
    let allows = matches!(statement.get("Effect"), Some(Doc::Text(effect, _)) if effect == "Allow");
    let is_partial = ["Principal", "Condition"].iter().any(|key| matches!(statement.get(key), Some(Doc::Computed)));
    let Doc::Map(entries, place) = statement else { return None };
    let (actions, resources, principals, conditions) = (Vec::new(), Vec::new(), None, Vec::new());
    let mut found = Statement { block, place, allows, actions, resources, principals, conditions, is_partial };
    for (key, value) in entries {
        match key.to_ascii_lowercase().as_str() {
            "action" => found.actions = texts(value),
            "resource" => found.resources = texts(value),
            "principal" => found.principals = Some(texts(value)),
            "condition" => found.conditions = of_conditions(value),
            _ => {}
        }
    }
    Some(found)
}

/// Operators, then keys.
fn of_conditions(value: Doc) -> Vec<Condition> {
    let Doc::Map(operators, _) = value else { return Vec::new() };
    let inside = operators.into_iter().flat_map(|(operator, keys)| match keys {
        Doc::Map(keys, _) => keys.into_iter().map(|(key, values)| Condition::new(&operator, key, texts(values))).collect(),
        _ => Vec::new(),
    });
    inside.collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::Files;
    use super::super::{ModuleFiles, ParsedFile};
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let files = ModuleFiles::from(vec![ParsedFile::new(Arc::new(Source { text: text.to_owned(), ..Source::default() }))]);
        let tree = Files(Vec::new());
        let words = |list: &[(String, Place)]| list.iter().map(|(word, _)| word.clone()).collect::<Vec<_>>().join("+");
        let one = |statement: Statement<'_>| {
            let who = statement.principals.as_deref().map_or("-".to_owned(), words);
            let when: Vec<String> = statement.conditions.iter().map(|when| format!("{}={}", when.key, words(&when.values))).collect();
            for (word, place) in statement.actions.iter().chain(&statement.resources) {
                assert!(text[place.span.range()].contains(word.trim_end_matches("${}")), "{word}");
            }
            format!("{} {} {} {who} {}", statement.allows, words(&statement.actions), words(&statement.resources), when.join(","))
        };
        statements(Module::new(&files, &tree)).into_iter().map(one).collect()
    }

    #[test]
    fn three_spellings_are_one() {
        let wanted = ["true s3:Get+kms:Decrypt arn:${}+* *+x a:sub=r"];
        let blocks = r#"data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:Get", "kms:Decrypt"]
    resources = ["arn:${var.x}", "*"]
    principals {
      type        = "AWS"
      identifiers = ["*", "x"]
    }
    condition {
      test     = "StringEquals"
      variable = "a:sub"
      values   = ["r"]
    }
  }
}
"#;
        let object = r#"resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = { Effect = "Allow", Action = ["s3:Get", "kms:Decrypt"], Resource = ["arn:${var.x}", "*"],
    Principal = { AWS = ["*", "x"] }, Condition = { StringEquals = { "a:sub" = "r" } } } })
}
"#;
        let json = r#"resource "aws_iam_policy" "p" {
  policy = <<EOF
{"Statement": [{"Effect": "Allow", "Action": ["s3:Get", "kms:Decrypt"], "Resource": ["arn:${var.x}", "*"],
  "Principal": {"AWS": ["*", "x"]}, "Condition": {"StringEquals": {"a:sub": "r"}}}]}
EOF
}
"#;
        for text in [blocks, object, json] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_policy_may_be_a_local_that_is_encoded_elsewhere() {
        let whole = "locals {\n  p = { Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"kms:Decrypt\", Resource = \"*\" }] }\n}\n";
        let list = "locals {\n  s = [{ Effect = \"Allow\", Action = [\"kms:Decrypt\"], Resource = \"*\" }]\n}\n";
        for text in [whole, list] {
            assert_eq!(shown(text), ["true kms:Decrypt * - "], "{text}");
        }
        assert!(shown("locals {\n  a = { Effect = \"x\" }\n  b = [{ name = \"ä日本\" }]\n  c = []\n}\n").is_empty());
    }

    #[test]
    fn what_is_computed_is_not_guessed() {
        assert!(shown("resource \"aws_iam_policy\" \"p\" {\n  policy = data.aws_iam_policy_document.x.json\n}\n").is_empty());
        assert!(shown("resource \"aws_iam_policy\" \"p\" {\n  policy = \"not json\"\n}\n").is_empty());
        let partial = "resource \"aws_iam_role\" \"p\" {\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Deny\", Action = var.a, Principal = var.p }] })\n}\n";
        assert_eq!(shown(partial), ["false    "]);
    }
}
