//! Blocks, attributes, comments, and going on after errors.

use super::super::*;
use super::literal;

fn names(body: Body<'_>) -> Vec<String> {
    let show = |member: Member<'_>| match member {
        Member::Attribute(attribute) => attribute.name().to_owned(),
        Member::Block(block) => format!("{}({})", block.kind(), names(block.body()).join(" ")),
    };
    body.members().map(show).collect()
}

fn outline(text: &str) -> (String, Vec<(String, &str)>) {
    let file = File::parse(text);
    let errors = file.errors().iter().map(|error| (error.message.clone(), &text[error.unread.range()])).collect();
    (names(file.body(text)).join(" "), errors)
}

#[test]
fn blocks_have_labels_and_places() {
    let text = "resource \"aws_x\" main {\n  a = 1\n}\n";
    let file = File::parse(text);
    let block = file.body(text).blocks().next().unwrap();
    assert_eq!((block.kind(), block.label(0), block.label(1), block.label(2)), ("resource", "aws_x", "main", ""));
    assert_eq!(block.labels().map(|label| &text[label.span.range()]).collect::<Vec<_>>(), ["aws_x", "main"]);
    assert_eq!(&text[block.header_span().range()], "resource \"aws_x\" main");
    assert_eq!(&text[block.span().range()], text.trim_end());
    let attribute = block.body().attribute("a").unwrap();
    assert_eq!((&text[attribute.name_span().range()], &text[attribute.span().range()]), ("a", "a = 1"));
}

#[test]
fn labels_are_decoded() {
    let text = "variable \"a\\u0062\\\"\" {}\n";
    let file = File::parse(text);
    let label = file.body(text).blocks().next().unwrap().labels().next().unwrap();
    assert_eq!((label.text, &text[label.span.range()]), ("ab\"", "a\\u0062\\\""));
}

#[test]
fn comments_are_found_wherever_they_stand() {
    let text = "# one\r\na = [ // two\n  1, /* three\n */ 2\n] # four\nb { # five\n}\n";
    let file = File::parse(text);
    assert_eq!(file.errors(), []);
    let found: Vec<&str> = file.comments().iter().map(|span| &text[span.range()]).collect();
    assert_eq!(found, ["# one", "// two", "/* three\n */", "# four", "# five"]);
}

#[test]
fn duplicates_are_kept() {
    assert_eq!(outline("a = 1\na = 2\nb = { x = 1, x = 2 }\n"), ("a a b".to_owned(), vec![]));
}

#[test]
fn a_mark_at_the_beginning_is_no_character() {
    assert_eq!(outline("\u{feff}a = 1\n").0, "a");
}

#[test]
fn reading_goes_on_after_a_broken_attribute() {
    let cases = [
        ("a = \nb = 1\n", "b", "a = "),
        ("a = 1 2\nb = 1\n", "a b", "2"),
        ("a = [1\nb = 1\n", "b", "a = [1"),
        ("a = \"x\nb = 1\n", "b", "a = \"x"),
        ("a = {\n  x = ,\n  y = 1\n}\nb = 1\n", "b", "a = {\n  x = ,\n  y = 1\n}"),
        ("a = [\n  {\n    x = \"}\" ]\n  },\n]\nb = 1\n", "b", "a = [\n  {\n    x = \"}\" ]\n  },\n]"),
        ("a = f(<<E\n]\nE\n} )\nb = 1\n", "b", "a = f(<<E\n]\nE\n} )"),
        ("a = \"${ ? }}\" }\nb = 1\n", "b", "a = \"${ ? }}\" }"),
        ("a = <<E\n${ ? }\nx = 1\nE\nb = 1\n", "b", "a = <<E\n${ ? }\nx = 1\nE"),
        ("] a = 1\nb = 1\n", "b", "] a = 1"),
        ("}\nb = 1\n", "b", "}"),
        ("a b\nb = 1\n", "b", "a b"),
        ("a \"${x}\" {\n y = 1\n}\nb = 1\n", "b", "a \"${x}\" {\n y = 1\n}"),
    ];
    for (text, members, unread) in cases {
        let (found, errors) = outline(text);
        assert_eq!((found.as_str(), errors.iter().map(|(_, unread)| *unread).collect::<Vec<_>>()), (members, vec![unread]), "{text}");
    }
}

#[test]
fn a_broken_attribute_leaves_its_block_whole() {
    let text = "r \"x\" {\n  a = [1,\n  b = 2\n  c { d = 1 ] }\n  e = 3\n}\nf = 4\n";
    let (found, errors) = outline(text);
    assert_eq!(found, "r(b c(d) e) f");
    assert_eq!(errors.iter().map(|(_, unread)| *unread).collect::<Vec<_>>(), ["a = [1,", "] "]);
}

#[test]
fn a_block_cut_off_keeps_what_was_read() {
    let (found, errors) = outline("a {\n  b = 1\n  c {\n    d = 2\n");
    assert_eq!(found, "a(b c(d))");
    assert_eq!(errors.iter().map(|(message, _)| message.as_str()).collect::<Vec<_>>(), ["the block is not closed"; 2]);
    assert_eq!(outline("a {\n  b = \"x\n").0, "a()");
    assert_eq!(outline("a = <<E\nx\n").0, "");
}

#[test]
fn a_quoted_name_is_read_and_named() {
    let (found, errors) = outline("\"a\" = 1\n");
    assert_eq!((found.as_str(), errors.len()), ("a", 1));
}

#[test]
fn words_that_look_like_keywords_are_words() {
    assert_eq!(outline("a = for.x\nb = { for = 1, if : 2, null = 3 }\nc = [for, trueish]\n"), ("a b c".to_owned(), vec![]));
}

#[test]
fn messages_never_quote_the_file() {
    for text in ["hunter2 = \n", "a = hunter2 hunter2\n", "a = \"hunter2\n", "a = [hunter2 hunter2]\n", "hunter2 \"hunter2\n"] {
        let (_, errors) = outline(text);
        assert!(errors.iter().all(|(message, _)| !message.contains("hunter2")));
        assert_eq!(errors.len(), 1);
    }
    assert_eq!(literal("a = \"b\"", "a").as_deref(), Some("b"));
}
