//! Held against `serde_json`: what is accepted, what values it means, what strings decode to, and that every place is right.

use std::thread;

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Event, Kind, MAX_DEPTH, MAX_NODES, Node, Path, Scanner, Step, Token, Tree, decode, walk};
use crate::source::{Span, Text};

fn scan(text: &str) -> Result<Vec<Event>, crate::syntax::SyntaxError> {
    Scanner::new(text, 0).collect()
}

fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Object => node.entries().map(|(key, item)| (key.str().unwrap().into_owned(), value(item))).collect(),
        Kind::Array => node.items().map(value).collect(),
        Kind::String => Value::String(node.str().unwrap().into_owned()),
        Kind::Number => serde_json::from_str(node.number().unwrap()).unwrap(),
        Kind::True | Kind::False => Value::Bool(node.as_bool().unwrap()),
        Kind::Null => Value::Null,
    }
}

/// Accepts what serde_json accepts, means by it what serde_json means, and keeps every place inside the text.
fn agrees(text: &str) -> Result<(), TestCaseError> {
    let ours = scan(text);
    prop_assert_eq!(ours.is_ok(), serde_json::from_str::<IgnoredAny>(text).is_ok(), "{:?} {:?}", text, ours);
    let tree = Tree::parse(text);
    prop_assert_eq!(tree.errors().is_empty(), ours.is_ok());
    if let Ok(theirs) = serde_json::from_str::<Value>(text) {
        prop_assert_eq!(value(tree.root(text).unwrap()), theirs);
    }
    for error in tree.errors() {
        prop_assert!(text.get(error.span.range()).is_some() && text.get(error.unread.range()).is_some(), "{:?}", error);
        prop_assert_eq!(error.unread.range().end, text.len());
    }
    for event in Scanner::new(text, 0).flatten() {
        let raw = text.get(event.span.range()).unwrap();
        let first = raw.chars().next().unwrap();
        prop_assert_eq!(first == '"', matches!(event.token, Token::Key | Token::String));
        prop_assert_eq!(raw.len() == 1 || raw.trim() == raw, true);
    }
    Ok(())
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_string().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((any_string(), inner), 0..6).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_string() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z\"\\\\/\n\t\u{8}\u{1f}é𝄞\u{2028}]{0,40}", "\\PC{0,8}", "[ -~]{20,60}"]
}

/// A string as some writer may put it: every character raw, short escape or `\u`, as it likes.
fn any_literal() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 /é𝄞]{1,30}",
        1 => prop::sample::select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t"]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()),
        1 => any::<char>().prop_map(|c| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

proptest! {
    #[test]
    fn generated_values_read_as_serde_json_reads_them(value in any_value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        agrees(&text)?;
    }

    #[test]
    fn mutated_values_are_accepted_where_serde_json_accepts_them(
        value in any_value(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..3, "[\\[\\]{}:,\"\\\\ \t\r\n0-9.eE+tfnu-]|\u{1}|\u{a0}|true|null|\\\\u12|\\\\ud800"), 1..4),
    ) {
        let mut chars: Vec<char> = serde_json::to_string(&value).unwrap().chars().collect();
        for (place, removed, added) in changes {
            let at = place.index(chars.len() + 1);
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, added.chars());
        }
        agrees(&chars.into_iter().collect::<String>())?;
    }

    #[test]
    fn token_soup_is_accepted_where_serde_json_accepts_it(text in "([\\[\\]{}:,]|\"a?\"|[ \n]|-?[0-9.eE+]{1,4}|true|null|false){0,12}") {
        agrees(&text)?;
    }

    #[test]
    fn strings_decode_as_serde_json_decodes_them(literal in any_literal()) {
        let expected: String = serde_json::from_str(&literal).unwrap();
        let text = format!("  {literal}");
        let decoded = decode(&text, Span::new(2, text.len()));
        prop_assert_eq!(decoded.as_str(), expected);
        prop_assert_eq!(decoded.is_plain(), !literal.contains('\\') || decoded.is_empty());
    }

    #[test]
    fn every_part_of_a_string_decodes_from_its_place(literal in any_literal(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let decoded = decode(&literal, Span::new(0, literal.len()));
        let mut cuts: Vec<usize> = decoded.as_str().char_indices().map(|(at, _)| at).collect();
        cuts.push(decoded.len());
        let (from, to) = (cuts[from.index(cuts.len())], cuts[to.index(cuts.len())]);
        if from < to {
            // JSON decoding drops nothing, so the place is one piece, and decodes to exactly the part.
            let places = decoded.locate(from..to);
            prop_assert_eq!(places.len(), 1);
            let part: String = serde_json::from_str(&format!("\"{}\"", &literal[places[0].range()])).unwrap();
            prop_assert_eq!(&part, &decoded.as_str()[from..to]);
        }
    }

    #[test]
    fn decoding_is_total(text in "[\"\\\\uUdD8cC0-9é𝄞]{0,20}", start in 0usize..24, end in 0usize..24) {
        let decoded = decode(&text, Span::new(start, end));
        let inside = Span::new(start, end.max(start));
        if !decoded.is_empty() {
            prop_assert!(inside.contains(decoded.span()));
        }
    }

    #[test]
    fn a_walk_knows_the_path_of_every_value(value in any_value()) {
        let text = serde_json::to_string(&value).unwrap();
        let mut wrong = Vec::new();
        let errors = walk(&text, &mut |path, event| {
            // `Value` keeps the last of repeated keys; the generator writes none.
            let found = follow(&value, &text, path);
            let same = match event.token {
                Token::ObjectStart => found.is_some_and(Value::is_object),
                Token::ArrayStart => found.is_some_and(Value::is_array),
                Token::Key | Token::ObjectEnd | Token::ArrayEnd => found.is_some(),
                _ => found == serde_json::from_str(&text[event.span.range()]).ok().as_ref(),
            };
            if !same {
                wrong.push((path.to_vec(), event));
            }
        });
        prop_assert!(errors.is_empty() && wrong.is_empty(), "{:?} {:?} in {}", errors, wrong, text);
    }
}

fn follow<'v>(value: &'v Value, text: &str, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(span) => value.get(serde_json::from_str::<String>(&text[span.range()]).unwrap()),
        Step::Index(index) => value.get(*index as usize),
    })
}

#[test]
fn what_is_json_is_accepted() {
    let yes = [
        "{}",
        " [ ] ",
        "\"\"",
        "0",
        "-0.0e-0",
        "1E400",
        "123456789012345678901234567890",
        "\t\r\n null\n",
        "[[[]],{\"\":{}}]",
        r#"{"a":1,"a":2}"#,
        r#""\ud834\udd1e \ud800 \u0000""#,
        "\"\u{7f}\u{2028}\"",
        "\u{feff}{}",
    ];
    for text in yes {
        assert!(scan(text).is_ok(), "{text:?}: {:?}", scan(text));
        assert!(Tree::parse(text).errors().is_empty());
    }
}

#[test]
fn what_is_no_json_is_refused_at_its_place() {
    let no = [
        ("", 0),
        ("\u{feff}", 3),
        (" ", 1),
        ("[1,]", 3),
        ("[,1]", 1),
        ("{\"a\":1,}", 7),
        ("{\"a\" 1}", 5),
        ("{a:1}", 1),
        ("{1:1}", 1),
        ("[1 2]", 3),
        ("[1}", 2),
        ("01", 0),
        ("-", 1),
        ("1.", 2),
        (".5", 0),
        ("1e+", 3),
        ("+1", 0),
        ("0x1", 1),
        ("nul", 0),
        ("NaN", 0),
        ("\"", 1),
        ("\"a\nb\"", 2),
        ("\"\\x\"", 1),
        ("\"\\u12g4\"", 1),
        ("'a'", 0),
        ("[] []", 3),
        ("{}}", 2),
        ("[\"a\"", 4),
        ("[1, /*x*/ 2]", 4),
        ("\u{a0}1", 0),
        ("\"a long string without any end \\u00e9 but with one escape", 57),
    ];
    for (text, at) in no {
        let error = scan(text).unwrap_err();
        assert_eq!(error.span.start, at, "{text:?}: {error:?}");
        assert_eq!(error.unread.range().end, text.len(), "{text:?}");
        assert!(error.unread.start <= error.span.start && text.get(error.span.range()).is_some(), "{text:?}: {error:?}");
    }
}

#[test]
fn what_was_read_before_an_error_stays() {
    let text = r#"{"a": {"b": [1, "two", oops]}, "c": 3}"#;
    let tree = Tree::parse(text);
    let list = tree.root(text).unwrap().get("a").unwrap().get("b").unwrap();
    assert_eq!(list.items().count(), 2);
    assert_eq!(tree.errors().len(), 1);
    assert_eq!(&text[tree.errors()[0].unread.range()], "oops]}, \"c\": 3}");
    let text = r#"{"a": 1, "b""#;
    assert_eq!(Tree::parse(text).root(text).unwrap().entries().count(), 1);
    // A string that has no end is unread as a whole, so that the text scan sees all of it.
    let text = "[\"a\", \"half of a string";
    assert_eq!(&text[Tree::parse(text).errors()[0].unread.range()], "\"half of a string");
}

#[test]
fn nodes_say_what_they_are() {
    let text = r#"x = {"s": "a\nb", "n": -1.50, "t": true, "f": false, "z": null, "l": ["a\n", "b"], "s": "last"} "#;
    let tree = Tree::parse_at(text, Span::new(4, text.len()));
    assert!(tree.errors().is_empty());
    let root = tree.root(text).unwrap();
    assert_eq!(&text[root.span().range()], text[4..].trim_end());
    assert_eq!(root.get("s").unwrap().str().unwrap(), "last");
    assert_eq!(root.entries().next().unwrap().1.str().unwrap(), "a\nb");
    assert_eq!(root.get("n").unwrap().number(), Some("-1.50"));
    assert_eq!((root.get("t").unwrap().as_bool(), root.get("f").unwrap().as_bool()), (Some(true), Some(false)));
    assert!(root.get("z").unwrap().is_null() && root.get("nothing").is_none());
    let lines = root.get("l").unwrap().joined().unwrap();
    assert_eq!(lines.as_str(), "a\nb");
    let start = u32::try_from(text.find("\"a\\n\", \"b\"").unwrap()).unwrap();
    let pieces = lines.locate(0..3);
    assert_eq!(pieces, [Span { start: start + 1, end: start + 4 }, Span { start: start + 8, end: start + 9 }]);
    assert_eq!(root.get("s").unwrap().joined().unwrap().as_str(), "last");
    // Nothing of another kind.
    assert!(root.text().is_none() && root.items().next().is_none() && root.get("l").unwrap().get("a").is_none());
}

#[test]
fn halves_of_surrogate_pairs_are_replaced_and_whole_ones_are_one_piece() {
    let text = r#""\ud834\udd1e|\ud834|\udd1e\ud834|\uD834\u0041""#;
    let decoded = decode(text, Span::new(0, text.len()));
    assert_eq!(decoded.as_str(), "𝄞|\u{fffd}|\u{fffd}\u{fffd}|\u{fffd}A");
    assert_eq!(decoded.hull(1..2), Span::new(1, 13));
    assert_eq!(decoded.hull(5..8), Span::new(14, 20));
}

#[test]
fn a_plain_string_is_borrowed() {
    let text = "[\"abc\"]";
    let decoded: Text<'_> = decode(text, Span::new(1, 6));
    assert!(matches!(decoded.value(), std::borrow::Cow::Borrowed("abc")));
}

#[test]
fn a_scanner_gives_one_value_as_a_tree_and_goes_on() {
    let text = r#"[{"a": [1, 2]}, 3, "x"]"#;
    let mut scanner = Scanner::new(text, 0);
    scanner.next();
    let mut values = Vec::new();
    while let Some(Ok(event)) = scanner.next() {
        if event.token != Token::ArrayEnd {
            values.push(value(Tree::read(&mut scanner, event).root(text).unwrap()).to_string());
        }
    }
    assert_eq!(values, [r#"{"a":[1,2]}"#, "3", "\"x\""]);
}

#[test]
fn a_tree_that_grows_too_big_is_cut_and_the_scanner_goes_on_behind_it() {
    let mut text = String::from("[[");
    text.push_str(&"1,".repeat(MAX_NODES));
    text.push_str("[1]],2]");
    let mut scanner = Scanner::new(&text, 0);
    scanner.next();
    let first = scanner.next().unwrap().unwrap();
    let tree = Tree::read(&mut scanner, first);
    assert_eq!(tree.root(&text).unwrap().items().count(), MAX_NODES - 1);
    assert_eq!(&text[tree.errors()[0].unread.range()], "1,[1]]");
    assert_eq!(scanner.next().unwrap().unwrap().token, Token::Number);
    assert_eq!(scanner.depth(), 1);
}

#[test]
fn nesting_costs_no_stack() {
    let run = || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = open.repeat(100_000);
            let tree = Tree::parse(&deep);
            assert_eq!(tree.errors().len(), 1);
            assert_eq!(tree.errors()[0].unread.start as usize, open.len() * MAX_DEPTH);
            assert_eq!(walk(&deep, &mut |_, _| {}).len(), 1);

            let inner = if open == "[" { "" } else { "1" };
            let most = open.repeat(MAX_DEPTH) + inner + &close.repeat(MAX_DEPTH);
            let tree = Tree::parse(&most);
            assert!(tree.errors().is_empty());
            let mut node = tree.root(&most).unwrap();
            let mut depth = 1;
            while let Some(inner) = node.items().next().or_else(|| node.get("a")) {
                (node, depth) = (inner, depth + 1);
            }
            assert!(depth >= MAX_DEPTH);
            drop(tree);
        }
    };
    thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}
