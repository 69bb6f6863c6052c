//! What the tree promises: values equal the parser's, every decoded byte has a place that decodes to it, and no input breaks it.

use granit_parser::{Event, Parser};
use proptest::prelude::*;

use super::{Node, Shape, Style, Tree, mask_templates};
use crate::source::Span;

/// Each value, as granit reads it, in the order of the events; what follows the first error is left out.
fn oracle(text: &str) -> Vec<String> {
    let options = granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        emit_unresolved_aliases: true,
        bom_inside_document_as_content: true,
    };
    let mut values = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((Event::Scalar(value, _, _, _), span)) => {
                let absent = span.start == span.end && value == "~";
                values.push(if absent { String::new() } else { value.into_owned() });
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    values
}

fn scalars<'a>(tree: &'a Tree, text: &'a str) -> Vec<Node<'a>> {
    (1..tree.nodes.len() as u32).map(|id| Node { tree, text, id }).filter(|node| node.shape() == Shape::Scalar).collect()
}

/// Holds for every tree of every text.
fn check(text: &str) {
    let tree = Tree::parse(text);
    let within = |span: Span| span.start <= span.end && text.get(span.range()).is_some();
    for id in 1..tree.nodes.len() as u32 {
        let node = Node { tree: &tree, text, id };
        assert!(within(node.span()), "span {:?}", node);
        for child in node.entries().flat_map(|entry| [entry.key, entry.value]).chain(node.items()) {
            if !node.is_alias() {
                assert!(node.span().contains(child.span()), "{node:?} holds {child:?}");
            }
        }
    }
    for node in scalars(&tree, text) {
        check_map(text, node);
    }
    for comment in tree.comments() {
        assert!(text[comment.range()].starts_with('#'));
        assert!(!text[comment.range()].contains(['\n', '\r']));
    }
    for error in tree.errors() {
        assert!(within(error.span) && within(error.unread), "{error:?}");
    }
}

/// Each decoded character maps to source bytes that mean it.
fn check_map(text: &str, node: Node<'_>) {
    let value = node.text().unwrap();
    let span = node.span();
    for (at, char) in value.as_str().char_indices() {
        let place = value.hull(at..at + char.len_utf8());
        let source = text.get(place.range()).unwrap_or_else(|| panic!("{node:?}: no place"));
        assert!(place.start >= span.start, "{node:?}: {place:?} before it");
        let means = source == char.to_string()
            || (char == '\n' && source.trim_matches([' ', '\t', '\n', '\r']).trim_matches('\\').is_empty())
            || (char == ' ' && source.trim_matches([' ', '\t', '\n', '\r']).is_empty() && source.contains(['\n', '\r']))
            || (char == '\'' && source == "''")
            || source.starts_with('\\');
        assert!(means, "{node:?}: a character at {at} comes from something else");
    }
}

fn check_values(text: &str) {
    let tree = Tree::parse(text);
    let expected = oracle(text);
    let found: Vec<String> = scalars(&tree, text).iter().map(|node| node.str().unwrap().into_owned()).collect();
    let common = expected.len().min(found.len());
    for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "scalar {index} of {text:?}");
    }
    assert_eq!(common, expected.len(), "{text:?}");
}

fn root<'a>(tree: &'a Tree, text: &'a str) -> Node<'a> {
    tree.documents(text).next().unwrap()
}

/// Runs in a thread whose stack is 256 KB.
fn small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn structure_tags_anchors_and_styles() {
    let text = "--- # first\na: &x !t 1\n'b': [*x, \"two\", {c: }]\n? d\n: |-\n  e\n---\n- f\n-\n";
    let tree = Tree::parse(text);
    assert!(tree.errors().is_empty());
    assert_eq!(tree.comments(), [Span::new(4, 11)]);
    let documents: Vec<_> = tree.documents(text).collect();
    assert_eq!(documents.len(), 2);
    let first = documents[0];
    let a = first.get("a").unwrap();
    assert_eq!((a.raw(), a.tag(), a.anchor()), ("1", Some("!t"), Some("x")));
    let items: Vec<_> = first.get("b").unwrap().items().collect();
    assert!(items[0].is_alias() && items[0].resolve() == a && items[0].raw() == "*x");
    assert_eq!((items[1].raw(), items[1].str().unwrap().as_ref(), items[1].style()), ("\"two\"", "two", Some(Style::Double)));
    assert!(items[2].get("c").unwrap().is_null());
    assert_eq!(items[2].raw(), "{c: }");
    let d = first.get("d").unwrap();
    assert_eq!((d.raw(), d.str().unwrap().as_ref(), d.content_start()), ("|-\n  e", "e", 58));
    let last: Vec<_> = documents[1].items().collect();
    assert_eq!(last.len(), 2);
    assert!(last[1].is_null() && last[1].span().is_empty() && last[1].str().unwrap().is_empty());
    assert_eq!(first.raw(), &text[12..59]);
    check(text);
}

#[test]
fn null_and_booleans_are_those_of_the_core_schema() {
    let text = "[null, ~, 'null', !!str null, true, False, yes, on, \"true\", !!str true, nULL]";
    let tree = Tree::parse(text);
    let nulls: Vec<_> = root(&tree, text).items().map(Node::is_null).collect();
    assert_eq!(nulls, [true, true, false, false, false, false, false, false, false, false, false]);
    let booleans: Vec<_> = root(&tree, text).items().filter_map(Node::as_bool).collect();
    assert_eq!(booleans, [true, false]);
}

#[test]
fn duplicate_keys_stay_and_the_last_one_counts() {
    let text = "a: 1\nb: 2\n\"a\": 3\n";
    let tree = Tree::parse(text);
    assert_eq!(root(&tree, text).entries().count(), 3);
    assert_eq!(root(&tree, text).get("a").unwrap().raw(), "3");
}

#[test]
fn merge_keys_hide_and_are_hidden() {
    let text = "x: &x {a: x, b: x, <<: *y}\ny: &y {a: y, c: y}\nz: {<<: [{c: first}, *q, *x], b: own, \"<<\": no}\n";
    let swapped = "y: &y {a: y, c: y}\nx: &x {a: x, b: x, <<: *y}\nz: {<<: [{d: first, a: first}, *q, *x], b: own, \"<<\": no}\n";
    let tree = Tree::parse(swapped);
    let z = root(&tree, swapped).get("z").unwrap();
    let merged: Vec<_> = z.merged().iter().map(|e| (e.key.str().unwrap().into_owned(), e.value.raw())).collect();
    let expected = [("b", "own"), ("<<", "no"), ("d", "first"), ("a", "first"), ("c", "y")];
    assert_eq!(merged, expected.map(|(key, value)| (key.to_owned(), if key == "<<" { "no" } else { value })));
    assert_eq!(z.get("a"), None);
    assert_eq!(z.get_merged("a").unwrap().raw(), "first");
    // An alias before its anchor stands for nothing.
    let tree = Tree::parse(text);
    assert_eq!(root(&tree, text).get("x").unwrap().merged().len(), 2);
}

#[test]
fn cycles_end() {
    let text = "a: &a {b: 1, <<: *a, c: *a}\nd: &d [*d]\n";
    let tree = Tree::parse(text);
    let a = root(&tree, text).get("a").unwrap();
    assert_eq!(a.merged().len(), 2);
    assert_eq!(a.get("c").unwrap(), a);
    assert_eq!(root(&tree, text).get("d").unwrap().items().next().unwrap().resolve().items().count(), 1);
}

#[test]
fn an_alias_bomb_costs_what_its_text_costs() {
    let mut text = "a0: &a0 {k0: v}\n".to_owned();
    for n in 1..60 {
        text.push_str(&format!("a{n}: &a{n} {{k{n}: v, <<: [*a{}, *a{}]}}\n", n - 1, n - 1));
    }
    let tree = Tree::parse(&text);
    let last = root(&tree, &text).get("a59").unwrap();
    assert_eq!(last.merged().len(), 60);
    assert!(tree.nodes.len() < 600);
}

#[test]
fn what_stands_before_an_error_is_read_and_the_next_document_too() {
    let text = "a: 1\nb: {c: 2\nd: 'x\n---\ne: 3\n";
    let tree = Tree::parse(text);
    assert_eq!(tree.errors().len(), 1);
    let unread = tree.errors()[0].unread;
    assert_eq!(unread.end as usize, text.find("---").unwrap());
    let documents: Vec<_> = tree.documents(text).collect();
    assert_eq!(documents.last().unwrap().get("e").unwrap().raw(), "3");
    for node in scalars(&tree, text) {
        assert!(!unread.overlaps(node.span()), "{node:?} was read");
    }
    check(text);
    // The error message says nothing of the text.
    assert_eq!(Tree::parse("secret: 'hunter2").errors()[0].message, "a quoted string is not closed");
}

#[test]
fn a_key_without_a_value_before_an_error_is_an_entry() {
    let text = "a:\n  b:\n    c: \"\\q\"\n";
    let tree = Tree::parse(text);
    assert_eq!(tree.errors().len(), 1);
    for document in tree.documents(text) {
        assert!(document.entries().all(|entry| entry.key.span().end <= entry.value.span().start));
    }
    check(text);
}

#[test]
fn control_characters_cost_nothing() {
    let text = "\u{feff}a: x\u{1a}y\nb: \"\u{0}\u{80}\u{ffff}\"\nc: |\n  \u{7}k\u{1a}\nd\u{1a}: 1\n";
    let tree = Tree::parse(text);
    assert!(tree.errors().is_empty(), "{:?}", tree.errors());
    let root = root(&tree, text);
    assert_eq!(root.get("a").unwrap().str().unwrap(), "x\u{1a}y");
    assert_eq!(root.get("b").unwrap().str().unwrap(), "\u{0}\u{80}\u{ffff}");
    assert_eq!(root.get("c").unwrap().str().unwrap(), "\u{7}k\u{1a}\n");
    assert!(root.get("d\u{1a}").is_some());
    check(text);
}

#[test]
fn a_byte_order_mark_shifts_nothing() {
    let text = "\u{feff}a: b\n--- \n\u{feff}c: d\n";
    let tree = Tree::parse(text);
    assert!(tree.errors().is_empty());
    assert_eq!(root(&tree, text).get("a").unwrap().span(), Span::new(6, 7));
    check(text);
}

#[test]
fn headers_of_blocks_are_found_behind_anything() {
    let cases = [
        ("\"a|b\": |\n  x\n", "|\n  x", "x\n"),
        ("k: !<tag:a> &c|d |- # e|f\n  x\n", "|- # e|f\n  x", "x"),
        ("k: &c|d\n  # |\n  |\n  x\n", "|\n  x", "x\n"),
        ("? - >-\n    a\n    b\n  - c\n: d\n", ">-\n    a\n    b", "a b"),
        ("- - |2\n\n      x\n", "|2\n\n      x", "\n  x\n"),
        ("[a|b]: |+\n x\n\n\n", "|+\n x", "x\n\n\n"),
        ("--- |\nx\n...\n", "|\nx", "x\n"),
        ("k: |\n\nl: 1\n", "|", ""),
        ("k: |+\n\n\nl: 1\n", "|+", "\n\n"),
        ("k: >-\r\n  a\r\n  b\r\n", ">-\r\n  a\r\n  b", "a b"),
        ("k: |\r  a\r  b\r", "|\r  a\r  b", "a\nb\n"),
        ("k: |\n  a\n  b", "|\n  a\n  b", "a\nb"),
        ("k: |\n  a\n # comment\nl: 1\n", "|\n  a", "a\n"),
        ("k: |1\n  a\n      \n b\n", "|1\n  a\n      \n b", " a\n     \nb\n"),
    ];
    for (text, raw, value) in cases {
        let tree = Tree::parse(text);
        assert!(tree.errors().is_empty(), "{text:?}");
        let block = scalars(&tree, text).into_iter().find(|n| matches!(n.style(), Some(Style::Literal | Style::Folded))).unwrap();
        assert_eq!((block.raw(), block.str().unwrap().as_ref()), (raw, value), "{text:?}");
        check(text);
        check_values(text);
    }
}

#[test]
fn comments_are_tokens() {
    let text = "a: '#no' # one\nb: |  # two\n  # no\n# three\nc: d#no\n- [x, # four\n";
    let tree = Tree::parse(text);
    let comments: Vec<_> = tree.comments().iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments[..3], ["# one", "# two", "# three"]);
}

#[test]
fn many_comments_are_no_error() {
    let text = format!("{}a:\n{}  b: 1\n", "# c\n".repeat(5_000), "  # d\n".repeat(5_000));
    let tree = Tree::parse(&text);
    assert!(tree.errors().is_empty());
    assert_eq!(tree.comments().len(), 10_000);
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    small_stack(|| {
        for opening in ["[", "{a: ", "- ", "? ", "[{a: "] {
            let text = format!("first: 1\n---\n{}", opening.repeat(100_000));
            let tree = Tree::parse(&text);
            assert_eq!(tree.errors().len(), 1, "{opening}");
            assert_eq!(tree.errors()[0].unread.end as usize, text.len());
            assert_eq!(root(&tree, &text).get("first").unwrap().raw(), "1");
        }
        let block: String = (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert_eq!(Tree::parse(&block).errors()[0].message, "nested too deeply");
        let closed = format!("{}{}", "[".repeat(900), "]".repeat(900));
        assert!(Tree::parse(&closed).errors().is_empty());
    });
}

#[test]
fn many_anchors_and_many_broken_documents() {
    let text: String = (0..100_000).map(|n| format!("- &a{n} x\n- *a{n}\n")).collect();
    let tree = Tree::parse(&text);
    assert!(root(&tree, &text).items().all(|item| item.resolve().raw() == "x"));
    let broken = "a: [\n---\n".repeat(20_000);
    assert_eq!(Tree::parse(&broken).errors().len(), 20_000);
}

#[test]
fn what_is_too_much_is_not_read() {
    let text = format!("a: 1\nb: [{}]\n", "x, ".repeat(1_000));
    let tree = super::build::build_within(&text, 100);
    assert_eq!(tree.errors().len(), 1);
    assert_eq!(root(&tree, &text).get("a").unwrap().raw(), "1");
    let unread = tree.errors()[0].unread;
    assert!((unread.start as usize) < 400 && unread.end as usize == text.len());
}

#[test]
fn a_long_key_keeps_what_stands_before_it() {
    let text = format!("a: 1\nb: 2\n{}: 3\nc: 4\n", "k".repeat(1_100));
    let tree = Tree::parse(&text);
    let read = root(&tree, &text).get("a").map(Node::raw);
    assert_eq!(read, Some("1"));
    check(&text);
}

#[test]
fn actions_become_comments_or_filler() {
    let text = "a:\n  {{- if .x }}\n  b: {{ .y | default \"}}\" }}-z\n  {{- end }}\n{{/* c: }} d */}}\n{{ include \"e\" (dict\n   \"f\" `}}`\n) }}\nk: \"{{ .g }}\"\n";
    let (masked, actions) = mask_templates(text).unwrap();
    let expected = "a:\n  #xxxxxxxxxxx\n  b: xxxxxxxxxxxxxxxxxxxxxxx-z\n  #xxxxxxxxx\n#xxxxxxxxxxxxxxxx\n#xxxxxxxxxxxxxxxxxxx\n   #xxxxxxx\n#xxx\nk: \"xxxxxxxx\"\n";
    assert_eq!(masked, expected);
    assert_eq!(actions.len(), 6);
    assert!(Tree::parse(&masked).errors().is_empty());
    assert_eq!(mask_templates("a: b}}"), None);
    assert_eq!(mask_templates("a: {{ b"), None);
    // An apostrophe in an action that is no string does not swallow the rest.
    assert_eq!(mask_templates("a: {{ don't }}b\n{{ x }}").unwrap().0, "a: xxxxxxxxxxxb\n#xxxxxx");
}

fn indented(lines: &[String], indent: usize) -> String {
    lines.iter().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{}{line}\n", " ".repeat(indent)) }).collect()
}

fn block() -> impl Strategy<Value = String> {
    let line = prop_oneof![Just(String::new()), "[ \t]{0,3}[a-zé𝄞#:|>'\"\\-]{0,6}[ \t]{0,2}".boxed()];
    (
        prop::sample::select(vec!["|", ">"]),
        prop::sample::select(vec!["", "-", "+"]),
        any::<bool>(),
        1usize..5,
        prop::collection::vec(line, 0..7),
    )
        .prop_map(|(style, chomp, explicit, indent, lines)| {
            let digit = if explicit { indent.to_string() } else { String::new() };
            format!("{style}{digit}{chomp} # |c\n{}", indented(&lines, indent))
        })
}

fn flow() -> impl Strategy<Value = String> {
    let fold = "[ \t]{0,2}\n{1,3}[ ]{1,3}".boxed();
    let double = prop_oneof![
        "[a-zé𝄞#:' ]{1,5}".boxed(),
        fold.clone(),
        prop::sample::select(vec![
            "\\n",
            "\\t",
            "\\\\",
            "\\\"",
            "\\x41",
            "\\u00e9",
            "\\U0001d11e",
            "\\ud834\\udd1e",
            "\\ ",
            "\\_",
            "\\\n  ",
            " \\\n\n  "
        ])
        .prop_map(str::to_owned)
    ];
    let single = prop_oneof!["[a-zé𝄞#:\"\\\\ ]{1,5}".boxed(), fold.clone(), Just("''".to_owned())];
    let plain = ("[a-zé𝄞][a-zé𝄞'\"\\\\]{0,4}", prop::collection::vec((fold, "[a-zé𝄞'\"\\\\]{1,4}"), 0..3))
        .prop_map(|(first, rest)| rest.into_iter().fold(first, |text, (fold, word)| text + &fold + &word));
    prop_oneof![
        prop::collection::vec(double, 0..8).prop_map(|parts| format!("\"{}\"\n", parts.concat())),
        prop::collection::vec(single, 0..8).prop_map(|parts| format!("'{}'\n", parts.concat())),
        plain.prop_map(|plain| format!("{plain}\n")),
    ]
}

fn document() -> impl Strategy<Value = String> {
    let properties = prop::sample::select(vec!["", "&a|b ", "!t ", "!<x:a> ", "&c !t # |d\n  ", "# |e\n  "]);
    let entry = (prop::sample::select(vec!["k: ", "'a|b': ", "- k: ", "? k\n: "]), properties, prop_oneof![block(), flow()]);
    prop::collection::vec(entry, 1..5).prop_map(|entries| {
        let text = entries.iter().map(|(key, properties, value)| format!("{key}{properties}{value}---\n")).collect::<String>();
        text.trim_end_matches("---\n").to_owned()
    })
}

proptest! {
    #[test]
    fn values_are_the_parsers_and_places_mean_them(text in document(), line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]), bom in any::<bool>()) {
        let text = format!("{}{}", if bom { "\u{feff}" } else { "" }, text.replace('\n', line_break));
        check(&text);
        check_values(&text);
    }

    #[test]
    fn a_cut_document_is_read_up_to_somewhere(text in document(), at in 0usize..200) {
        let at = text.floor_char_boundary(at.min(text.len()));
        check(&text[..at]);
        check_values(&text[..at]);
    }

    #[test]
    fn no_text_breaks_it(text in "([-a:{}\\[\\],&*!|>'\"%#? \n\t\r\u{1a}\u{feff}é<]|<<|---|\\.\\.\\.){0,80}") {
        check(&text);
    }

    #[test]
    fn masking_keeps_length_and_line_breaks(text in "([a: \n\r\"'`é-]|\\{\\{|\\}\\}|/\\*|\\*/){0,40}") {
        if let Some((masked, actions)) = mask_templates(&text) {
            prop_assert_eq!(masked.len(), text.len());
            for (index, (old, new)) in text.bytes().zip(masked.bytes()).enumerate() {
                let inside = actions.iter().any(|action| action.range().contains(&index));
                let allowed = old == new || (inside && matches!(new, b'x' | b'#'));
                prop_assert!(allowed);
                prop_assert_eq!(matches!(old, b'\n' | b'\r'), matches!(new, b'\n' | b'\r'));
            }
            prop_assert!(actions.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
    }
}
