//! What nobody writes: deep, cut off, broken, large.

use proptest::prelude::*;

use super::super::*;

/// Parses, walks and drops in a thread with little stack.
fn survives(text: String) -> File {
    let run = move || {
        let file = File::parse(&text);
        let mut count = 0;
        let mut bodies = vec![file.body(&text)];
        while let Some(body) = bodies.pop() {
            count += body.attributes().map(|attribute| attribute.expr().descendants().count()).sum::<usize>();
            bodies.extend(body.blocks().map(Block::body));
        }
        assert!(count <= text.len());
        file
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap()
}

#[test]
fn depth_is_an_error_and_not_a_crash() {
    let deep = 100_000;
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", "}"),
        ("{ (", ") = 1 }"),
        ("f(", ")"),
        ("a[", "]"),
        ("\"${", "}\""),
        ("\"%{ if ", "}\""),
        ("[for x in ", ": x]"),
        ("{for x in y : x => ", "}"),
        ("a ? b : ", ""),
        ("a ? ", " : b"),
        ("-!", ""),
        ("<<A\n${", "}\nA\n"),
    ] {
        let text = format!("x = {}1{}\ny = 2\n", open.repeat(deep), close.repeat(deep));
        let file = survives(text.clone());
        let read = open == "-!";
        assert_eq!(file.errors().is_empty(), read, "{open}");
        assert!(file.body(&text).attribute("y").is_some(), "{open}");
        assert!(read || file.errors().iter().any(|error| error.unread.len() > deep), "{open}");
    }
}

#[test]
fn unclosed_depth_is_no_crash_either() {
    for open in [
        "[",
        "(",
        "{ a = ",
        "{\n",
        "f(",
        "a[",
        "\"${",
        "<<A\n${",
        "a {",
        "a {\n",
        "a \"b\" {\n x = {",
        "1 + ",
        ".a",
        "\"",
        "<<A\n",
        "/*",
        "a = [\n",
    ] {
        survives(format!("x = {}", open.repeat(100_000)));
        survives(open.repeat(100_000));
    }
}

#[test]
fn blocks_deeper_than_the_bound_are_left_out() {
    let text = format!("{}x = 1\n{}y = 2\n", "a { ".repeat(100_000), "}\n".repeat(100_000));
    let file = survives(text.clone());
    assert!(file.body(&text).attribute("y").is_some());
    assert_eq!(file.errors().len(), 1);
    assert_eq!(file.errors()[0].message, "blocks are nested too deeply");
    assert!(file.errors()[0].unread.len() > 500_000);
    // Without indentation each line looks like the sibling of the block that was too deep.
    let text = text.replace("a { ", "a {\n");
    assert!(survives(text.clone()).body(&text).attribute("y").is_some());
}

#[test]
fn long_chains_are_flat() {
    let many = 200_000;
    for text in [
        format!("x = 1{}\n", " + 1".repeat(many)),
        format!("x = a{}\n", ".b".repeat(many)),
        format!("x = \"{}\"\n", "${a}".repeat(many)),
        format!("x = [{}]\n", "1,".repeat(many)),
        format!("x = {{{}}}\n", "a = 1,".repeat(many)),
    ] {
        assert_eq!(survives(text).errors(), []);
    }
}

#[test]
fn echoes_of_an_error_are_one_error() {
    assert_eq!(survives("= = =\n".repeat(100_000)).errors().len(), 1);
}

proptest! {
    #[test]
    fn anything_is_read_without_a_panic(text in "([a-c]|[ \\n\"'{}()\\[\\]=:,.?$%<>\\-~#/*\\\\0-9]|é|EOF\\n|<<-?EOF\\n|for |in |if |\\$\\{|%\\{|\u{feff}){0,60}") {
        let file = File::parse(&text);
        for error in file.errors() {
            prop_assert!(text.get(error.span.range()).is_some());
            prop_assert!(text.get(error.unread.range()).is_some());
        }
        for attribute in file.body(&text).attributes() {
            for expr in attribute.expr().descendants() {
                prop_assert!(attribute.span().contains(expr.span()));
                prop_assert!(text.get(expr.span().range()).is_some());
            }
        }
    }

    #[test]
    fn every_byte_outside_blanks_is_read_or_named(text in "(a = 1\\n|b \\{\\n|\\}\\n|c = \\[\\n|\\]\\n|\"x\\n|d = \"y\"\\n|e = f\\(\\n|\\)\\n|k = \\{\\n|# c\\n){0,12}") {
        let file = File::parse(&text);
        let mut covered: Vec<Span> = file.errors().iter().map(|error| error.unread).chain(file.comments().iter().copied()).collect();
        let mut bodies = vec![file.body(&text)];
        while let Some(body) = bodies.pop() {
            covered.extend(body.attributes().map(Attribute::span));
            for block in body.blocks() {
                covered.push(block.header_span());
                bodies.push(block.body());
            }
        }
        for (at, byte) in text.bytes().enumerate() {
            let here = Span::new(at, at + 1);
            let read = covered.iter().any(|span| span.contains(here));
            prop_assert!(read || matches!(byte, b' ' | b'\n' | b'{' | b'}'), "byte {} of {:?}", at, text);
        }
    }
}
