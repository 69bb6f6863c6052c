//! What strings and heredocs stand for, and where each byte of it comes from.

use proptest::prelude::*;

use super::super::*;
use super::literal;

/// The literal parts of attribute `a`.
fn parts(text: &str) -> Vec<(String, String)> {
    let file = File::parse(text);
    assert_eq!(file.errors(), [], "{text}");
    let ExprKind::Template(template) = file.body(text).attribute("a").unwrap().expr().kind() else { panic!("a template") };
    let show = |part| match part {
        Part::Literal(found) => {
            let spans = found.locate(0..found.len());
            let from = spans.iter().map(|span| &text[span.range()]).collect();
            (found.as_str().to_owned(), from)
        }
        Part::Interpolation(_, span) | Part::Directive(_, span) => ("-".to_owned(), text[span.range()].to_owned()),
    };
    template.parts().map(show).collect()
}

fn pair(decoded: &str, from: &str) -> (String, String) {
    (decoded.to_owned(), from.to_owned())
}

#[test]
fn escapes_are_decoded() {
    let read = |quoted: &str| literal(&format!("a = \"{quoted}\"\n"), "a");
    assert_eq!(read(r#"\n\r\t\"\\"#).as_deref(), Some("\n\r\t\"\\"));
    assert_eq!(read(r"\u00e9\U0001F600").as_deref(), Some("é😀"));
    assert_eq!(read(r"\uD800").as_deref(), Some("\u{fffd}"));
    assert_eq!(read("$${x} %%{x} $$ %% $ %").as_deref(), Some("${x} %{x} $$ %% $ %"));
    assert_eq!(read("$$$${x}").as_deref(), Some("$$${x}"));
    assert_eq!(read("").as_deref(), Some(""));
}

#[test]
fn an_unknown_escape_stands_for_itself_and_is_an_error() {
    let text = "a = \"x\\d\\u12\"\nb = 1\n";
    assert_eq!(literal(text, "a").as_deref(), Some("x\\d\\u12"));
    let file = File::parse(text);
    assert_eq!(file.errors().iter().map(|error| error.message.as_str()).collect::<Vec<_>>(), ["unknown escape sequence"; 2]);
    assert!(file.errors().iter().all(|error| error.unread.is_empty()));
}

#[test]
fn parts_know_their_places() {
    assert_eq!(parts("a = \"x\\ty${b}z\"\n"), [pair("x\ty", "x\\ty"), pair("-", "${b}"), pair("z", "z")]);
    assert_eq!(parts("a = \"${b}\"\n"), [pair("-", "${b}")]);
}

#[test]
fn strip_markers_drop_white_space() {
    assert_eq!(parts("a = \"x  ${~ b ~}  y\"\n"), [pair("x", "x"), pair("-", "${~ b ~}"), pair("y", "y")]);
}

#[test]
fn heredocs_keep_their_lines() {
    assert_eq!(parts("a = <<E\n one\n  two\nE\n"), [pair(" one\n  two\n", " one\n  two\n")]);
    assert_eq!(parts("a = <<E\n\\n $${x}\n  E  \nb = 1\n"), [pair("\\n ${x}\n", "\\n $${x}\n")]);
    assert_eq!(literal("a = <<E\nE\n", "a").as_deref(), Some(""));
}

#[test]
fn indented_heredocs_lose_what_their_lines_share() {
    assert_eq!(
        parts("a = <<-E\n    one\n      two\n\n  \n    three\n  E\n"),
        [pair("one\n  two\n\n  \nthree\n", "one\n  two\n\n  \nthree\n")]
    );
    assert_eq!(parts("a = <<-E\n  x ${b}\n    y\n  E\n"), [pair("x ", "x "), pair("-", "${b}"), pair("\n  y\n", "\n  y\n")]);
    assert_eq!(parts("a = <<-E\n${b}\n    y\n  E\n"), [pair("-", "${b}"), pair("\n    y\n", "\n    y\n")]);
    assert_eq!(parts("a = <<-E\n    ${b}\n      y\n  E\n"), [pair("", ""), pair("-", "${b}"), pair("\n  y\n", "\n  y\n")]);
}

#[test]
fn directives_are_parts() {
    let text = "a = <<-E\n  %{ for x in l ~}\n  - ${x}\n  %{ endfor ~}\n  E\n";
    let directive = |from: &str| pair("-", from);
    assert_eq!(
        parts(text),
        [
            pair("", ""),
            directive("%{ for x in l ~}"),
            pair("- ", "- "),
            pair("-", "${x}"),
            pair("\n", "\n"),
            directive("%{ endfor ~}"),
            pair("", "")
        ]
    );
}

#[test]
fn a_heredoc_ends_only_at_its_own_line() {
    assert_eq!(literal("a = <<EOF\nEOFX\nx EOF\nEOF\n", "a").as_deref(), Some("EOFX\nx EOF\n"));
    assert_eq!(literal("a = <<EOF\r\nx\r\nEOF\r\n", "a").as_deref(), Some("x\r\n"));
    assert_eq!(literal("a = <<EOF\nx\nEOF", "a").as_deref(), Some("x\n"));
}

#[test]
fn the_empty_string_lies_between_its_quotes() {
    let text = "a = \"\"\n";
    let file = File::parse(text);
    assert_eq!(file.body(text).attribute("a").unwrap().expr().literal().unwrap().span(), Span::new(5, 5));
}

/// Writes text as a quoted string, with more escapes than needed.
fn encode(text: &str, escape_all: bool) -> String {
    let one = |char: char| match char {
        '"' | '\\' => format!("\\{char}"),
        '\n' => "\\n".to_owned(),
        _ if escape_all => format!("\\U{:08x}", u32::from(char)),
        _ => char.to_string(),
    };
    text.chars().map(one).collect::<String>().replace("${", "$${").replace("%{", "%%{")
}

proptest! {
    #[test]
    fn strings_come_back_with_their_places(text in "([a-z\"\\\\\\n é𝄞}]|\\$\\{x|%\\{){0,20}", all: bool, from in 0usize..20, length in 0usize..20) {
        let source = format!("a = \"{}\"\n", encode(&text, all));
        let file = File::parse(&source);
        let decoded = file.body(&source).attribute("a").unwrap().expr().literal().unwrap();
        prop_assert_eq!(decoded.as_str(), &text);
        // The places of a part decode to that part alone.
        let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (from, to) = (bounds[from.min(bounds.len() - 1)], bounds[(from + length).min(bounds.len() - 1)]);
        let place = decoded.hull(from..to);
        let again = format!("a = \"{}\"\n", &source[place.range()]);
        let wanted = &text[from..to];
        if !wanted.contains(['$', '%', '{']) {
            let found = literal(&again, "a");
            prop_assert_eq!(found.as_deref(), Some(wanted));
        }
    }

    #[test]
    fn heredoc_places_are_their_bytes(lines in prop::collection::vec(("[ \t]{0,4}", "[a-zé.]{0,5}"), 0..6), dedents: bool) {
        let body: String = lines.iter().map(|(indent, line)| format!("{indent}{line}\n")).collect();
        let source = format!("a = <<{}END\n{body}  END\n", if dedents { "-" } else { "" });
        let file = File::parse(&source);
        let decoded = file.body(&source).attribute("a").unwrap().expr().literal().unwrap();
        let from: String = decoded.locate(0..decoded.len()).iter().map(|span| &source[span.range()]).collect();
        prop_assert_eq!(decoded.as_str(), &from);
        let shared = lines.iter().filter(|(_, line)| !line.is_empty()).map(|(indent, _)| indent.len()).min().unwrap_or(0);
        let cut = |(indent, line): &(String, String)| if line.is_empty() || !dedents { format!("{indent}{line}\n") } else { format!("{}{line}\n", &indent[shared..]) };
        prop_assert_eq!(decoded.as_str(), lines.iter().map(cut).collect::<String>());
    }
}
