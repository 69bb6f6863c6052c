mod values;
mod windows;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::source::Span;

/// One line per command: scope path, assignments, words, redirections, where its output goes.
fn show(text: &str) -> String {
    show_in(text, Dialect::Posix)
}

fn show_in(text: &str, dialect: Dialect) -> String {
    let script = parse(text, dialect, &[]);
    let mut out = String::new();
    for command in &script.commands {
        for assignment in &command.assignments {
            let values: Vec<String> = assignment.values.iter().map(|word| word_text(&script, word)).collect();
            let values = if assignment.array { format!("({})", values.join(" ")) } else { values.join(" ") };
            write!(out, "{}={values} ", script.slice(assignment.name)).unwrap();
        }
        for word in &command.words {
            write!(out, "{} ", word_text(&script, word)).unwrap();
        }
        for redirect in &command.redirects {
            write!(out, "{:?}:{}", redirect.op, word_text(&script, &redirect.target)).unwrap();
            if let Some(body) = redirect.body.and_then(|id| script.word(id)) {
                write!(out, ":{}", word_text(&script, body)).unwrap();
            }
            out.push(' ');
        }
        writeln!(out, "→ {}", sink(command.stdout)).unwrap();
    }
    for error in &script.errors {
        writeln!(out, "! {}", error.message).unwrap();
    }
    out.trim_end().to_owned()
}

fn sink(sink: Sink) -> String {
    match sink {
        Sink::Log | Sink::Error => "log".to_owned(),
        Sink::Captured(scope) => format!("captured {}", scope.0),
        Sink::File { redirect, .. } => format!("file {redirect}"),
        Sink::Pipe(Target::Command(id)) => format!("command {}", id.0),
        Sink::Pipe(Target::Scope(id)) => format!("scope {}", id.0),
        Sink::Closed => "closed".to_owned(),
    }
}

/// Literals as they are (blanks shown as `·`), references as `<kind name>`.
fn word_text(script: &Script<'_>, word: &Word) -> String {
    let mut out = String::new();
    for part in &word.parts {
        match part.kind {
            PartKind::Literal => out.push_str(&script.slice(part.span).replace(' ', "·").replace('\n', "⏎")),
            PartKind::Escape('\n') => out.push_str("\\⏎"),
            PartKind::Escape(char) => write!(out, "\\{char}").unwrap(),
            PartKind::Parameter { name, op, operand } => {
                let operand = operand.and_then(|id| script.word(id)).map(|word| format!(" {}", word_text(script, word)));
                let op = if op == Expansion::Value { String::new() } else { format!("{op:?} ") };
                write!(out, "<{op}{}{}>", script.slice(name), operand.unwrap_or_default()).unwrap();
            }
            PartKind::Substitution(scope) => write!(out, "<sub {}>", scope.0).unwrap(),
            PartKind::Process(scope) => write!(out, "<process {}>", scope.0).unwrap(),
            PartKind::Arithmetic(_) => out.push_str("<arithmetic>"),
            PartKind::Opaque(index) => write!(out, "<opaque {index}>").unwrap(),
        }
    }
    out
}

#[test]
fn simple_commands() {
    assert_eq!(show("echo hello 'a b' \"c $X d\"e"), "echo hello a·b c·<X>·de → log");
    assert_eq!(show("A=1 B=$X make -j2 C=3"), "A=1 B=<X> make -j2 C=3 → log");
    assert_eq!(show("export A=1 B; readonly C='x y'"), "A=1 export B → log\nC=x·y readonly → log");
    assert_eq!(show("a=(x 'y z' $w) b+=c"), "a=(x y·z <w>) b=c → log");
    assert_eq!(show("m[k]=v"), "m=v → log");
    assert_eq!(show("echo a\\ b \\\n  c # no\n#no"), "echo a\\ b c → log");
    assert_eq!(show("echo a#b"), "echo a#b → log");
    assert_eq!(
        show("echo a;echo b&echo c&&echo d||echo e\necho f"),
        "echo a → log\necho b → log\necho c → log\necho d → log\necho e → log\necho f → log"
    );
    assert_eq!(show("echo a\r\necho b\r\n"), "echo a → log\necho b → log");
}

#[test]
fn expansions() {
    assert_eq!(
        show("echo $X ${X} ${X:-d} ${#X} ${X:+y} ${X:0:4} ${X%.*} ${!X} ${X?no} ${X/a/b}"),
        "echo <X> <X> <Default X d> <Length X> <Alternative X y> <Changed X 0:4> <Changed X %.*> <Indirect X> <Required X no> <Changed X /a/b> → log"
    );
    assert_eq!(
        show("echo ${X:-${Y:-$(z \"q\")}} \"${A:-b c}\" \"${A:-\"b c\"}\""),
        "echo <Default X <Default Y <sub 1>>> <Default A b·c> <Default A b·c> → log\nz q → captured 1"
    );
    assert_eq!(show("echo $1 $@ \"$#\" $? ${@} ${arr[@]} ${#arr[@]} $"), "echo <1> <@> <#> <?> <@> <arr> <Length arr> $ → log");
    assert_eq!(show("echo $'a\\n\\x41\\'' $\"b\""), "echo a\\⏎\\A\\' b → log");
    assert_eq!(show("echo $((1 + (2 * $x))) $(( y ))"), "echo <arithmetic> <arithmetic> → log");
    assert_eq!(show("echo \"a\\\"b\\$c\\d\""), "echo a\\\"b\\$c\\d → log");
    assert_eq!(show("echo '${X}'\"'$X'\""), "echo ${X}'<X>' → log");
}

#[test]
fn substitutions_nest() {
    assert_eq!(
        show("X=$(cat f | grep \"$(id -u)\") Y=`date \"+%F\"`"),
        "X=<sub 1> Y=<sub 3> → log\ncat f → command 2\ngrep <sub 2> → captured 1\nid -u → captured 2\ndate +%F → captured 3"
    );
    assert_eq!(show("diff <(sort a) >(tee b)"), "diff <process 1> <process 2> → log\nsort a → captured 1\ntee b → log");
    assert_eq!(show("echo \"`whoami`: $(pwd)\""), "echo <sub 1>:·<sub 2> → log\nwhoami → captured 1\npwd → captured 2");
    assert_eq!(show("$(case x in x) echo y;; esac)"), "<sub 1> → log\nx → captured 1\necho y → captured 1");
}

#[test]
fn output_goes_somewhere() {
    assert_eq!(show("echo a > f"), "echo a Write:f → file 0");
    assert_eq!(show("echo a >> \"$GITHUB_ENV\""), "echo a Append:<GITHUB_ENV> → file 0");
    assert_eq!(show("echo a >&2"), "echo a DuplicateOutput:2 → log");
    assert_eq!(show("echo a &> f"), "echo a WriteBoth:f → file 0");
    assert_eq!(show("echo a 2>/dev/null"), "echo a Write:/dev/null → log");
    assert_eq!(show("echo a 2>f >&2"), "echo a Write:f DuplicateOutput:2 → file 0");
    assert_eq!(show("echo a >f 2>&1 | cat"), "echo a Write:f DuplicateOutput:1 → file 0\ncat → log");
    assert_eq!(show("echo a | tee f | cat"), "echo a → command 1\ntee f → command 2\ncat → log");
    assert_eq!(show(">f echo a"), "echo a Write:f → file 0");
    assert_eq!(show("echo a >&-"), "echo a DuplicateOutput:- → closed");
    assert_eq!(show("{ echo a; echo b; } > f"), "echo a → file 0\necho b → file 0");
    assert_eq!(show("(echo a) | cat"), "echo a → command 1\ncat → log");
    assert_eq!(show("for x in 1 2; do echo $x; done >> f"), "x in 1 2 → file 0\necho <x> → file 0");
    assert_eq!(show("cat f | while read -r x; do echo \"$x\"; done"), "cat f → scope 1\nread -r x → log\necho <x> → log");
    assert_eq!(show("if a; then echo b; fi > f\necho c"), "a → file 0\necho b → file 0\necho c → log");
    assert_eq!(show("exec > f\necho a"), "exec Write:f → file 0\necho a → file 0");
    assert_eq!(show("echo a > >(cat)"), "echo a Write:<process 1> → scope 1\ncat → log");
}

#[test]
fn heredocs() {
    assert_eq!(show("cat <<EOF\na $X\nb\nEOF\necho c"), "cat Heredoc:EOF:a·<X>⏎b⏎ → log\necho c → log");
    assert_eq!(show("cat <<'EOF' > f\na $X\nEOF\necho c"), "cat Heredoc:EOF:a·$X⏎ Write:f → file 1\necho c → log");
    assert_eq!(show("cat <<-E\n\ta\n\t\tb $X\n\tE\nc"), "cat Heredoc:E:a⏎b·<X>⏎ → log\nc → log");
    assert_eq!(show("cat <<A <<B | tr\n1\nA\n2\nB\nc"), "cat Heredoc:A:1⏎ Heredoc:B:2⏎ → command 1\ntr → log\nc → log");
    assert_eq!(show("x=$(cat <<E\na\nE\n)\nb"), "x=<sub 1> → log\ncat Heredoc:E:a⏎ → captured 1\nb → log");
    assert_eq!(show("cat <<< \"$X\""), "cat HereString:<X> → log");
    assert_eq!(show("cat <<E\nnever ends $X"), "cat Heredoc:E:never·ends·<X> → log");
    assert_eq!(
        show("cat <<E\n$(echo \"a\nE\nb"),
        "cat Heredoc:E:<sub 1> → log\necho a⏎ → captured 1\nb → log\n! this quote is never closed\n! this is never closed"
    );
}

#[test]
fn compound_commands() {
    assert_eq!(show("if [ -n \"$X\" ]; then a; elif b; then c; else d; fi"), "[ -n <X> ] → log\na → log\nb → log\nc → log\nd → log");
    assert_eq!(show("[[ $a == (x|y) && -z $b ]] || exit 1"), "[[ <a> == (x|y) && -z <b> ]] → log\nexit 1 → log");
    assert_eq!(
        show("case \"$x\" in a|b) echo 1;; (c) echo 2 ;& *) echo 3; esac; z"),
        "<x> → log\necho 1 → log\necho 2 → log\necho 3 → log\nz → log"
    );
    assert_eq!(show("f() { echo \"$1\"; }\nfunction g { echo 2; }\nf x"), "echo <1> → log\necho 2 → log\nf x → log");
    assert_eq!(show("((i++)); for ((i=0; i<3; i++)); do a; done"), "i++ → log\ni=0;·i<3;·i++ → log\na → log");
    assert_eq!(show("until a; do b; done; while true; do c; done"), "a → log\nb → log\ntrue → log\nc → log");
    assert_eq!(show("! a | b; { c; }"), "a → command 1\nb → log\nc → log");
    assert_eq!(show("ls !(a|b) @(c d)"), "ls !(a|b) @(c·d) → log");
}

#[test]
fn functions_are_scopes() {
    let script = parse("log() {\n  echo \"$1\"\n}", Dialect::Posix, &[]);
    let scope = script.scope(script.commands[0].scope).unwrap();
    let ScopeKind::Function(name) = scope.kind else { panic!("{:?}", scope.kind) };
    assert_eq!(script.slice(name), "log");
}

#[test]
fn broken_scripts_keep_what_can_be_read() {
    assert_eq!(show("echo a )\necho b"), "echo a → log\necho b → log");
    assert_eq!(show("done fi }\necho b"), "echo b → log");
    assert_eq!(show("(if a; then b)\necho c"), "a → log\nb → log\necho c → log");
    assert_eq!(show("echo 'abc"), "echo abc → log\n! this quote is never closed");
    assert_eq!(show("echo \"${X"), "echo <X > → log\n! this quote is never closed");
    assert_eq!(show("[[ a\necho b"), "[[ a → log\necho b → log");
}

#[test]
fn opaque_ranges_are_parts_wherever_they_stand() {
    let text = "echo ${{ a['b'] }} '${{ c }}' \"x${{ d }}y\" > ${{ e }}.txt # ${{ f }}\n${{ g }} h <<'E'\n${{ i }}\nE\ncat ${{ j }}";
    let opaque = holes(text);
    let script = parse(text, Dialect::Posix, &opaque);
    let words: Vec<String> = script.commands[0].words.iter().map(|word| word_text(&script, word)).collect();
    assert_eq!(words, ["echo", "<opaque 0>", "<opaque 1>", "x<opaque 2>y"]);
    assert_eq!(word_text(&script, &script.commands[0].redirects[0].target), "<opaque 3>.txt");
    assert_eq!(word_text(&script, &script.commands[1].words[0]), "<opaque 5>");
    assert_eq!(word_text(&script, &script.words[0]), "<opaque 6>⏎");
    assert_eq!(word_text(&script, &script.commands[2].words[1]), "<opaque 7>");
    assert!(script.errors.is_empty());
}

fn holes(text: &str) -> Vec<Span> {
    let ends = text.match_indices("}}").map(|(at, _)| at + 2);
    text.match_indices("${{").zip(ends).map(|((start, _), end)| Span::new(start, end)).collect()
}

#[test]
fn nesting_is_bounded() {
    let deep = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        for opening in
            ["(", "{ ", "$(", "if ", "if a; then ", "\"$(", "${x:-", "`a ", "<(", "case x in x) ", "f() { ", "a=(", "$((", "cat <<E\n$("]
        {
            let text = opening.repeat(100_000);
            for dialect in [Dialect::Posix, Dialect::PowerShell, Dialect::Cmd] {
                let script = parse(&text, dialect, &[]);
                check_places(&script);
            }
        }
        let text = "(".repeat(100_000);
        let script = parse(&text, Dialect::Posix, &[]);
        assert!(script.errors.iter().any(|error| error.message == "nested too deep" && error.unread.end == 100_000));
    });
    deep.unwrap().join().unwrap();
}

#[test]
fn time_grows_with_length() {
    let shapes = [
        "(",
        ")",
        "{ ",
        "if a; then ",
        "done ",
        "fi fi ",
        "'",
        "\"",
        "`",
        "$((",
        "((a ",
        "<<A ",
        "cat <<A\n",
        "cat <<A\n$(",
        "${{",
        "${x:-",
        "a=(",
        "x[[",
        "[[ ",
        "&& ",
        "| ",
        "case a in ",
        ";; ",
        "%a",
        "@\"\n",
        "$(",
        "}",
        "\\\n",
        "a[",
        "${a[",
    ];
    for shape in shapes {
        for dialect in [Dialect::Posix, Dialect::PowerShell, Dialect::Cmd] {
            let text = shape.repeat(100_000 / shape.len());
            let start = std::time::Instant::now();
            drop(parse(&text, dialect, &[]));
            // Quadratic would be minutes; linear is a few dozen milliseconds.
            assert!(start.elapsed().as_secs() < 10, "{shape:?} in {dialect:?} took {:?}", start.elapsed());
        }
    }
}

/// Every span is in bounds and on character boundaries, every index leads somewhere, parents come first.
fn check_places(script: &Script<'_>) {
    let span = |span: Span| assert!(script.text.get(span.range()).is_some(), "{span:?} in {:?}", script.text);
    let word = |word: &Word| {
        span(word.span);
        for part in &word.parts {
            span(part.span);
            match part.kind {
                PartKind::Parameter { name, operand, .. } => {
                    span(name);
                    assert!(operand.is_none_or(|id| script.word(id).is_some()));
                }
                PartKind::Substitution(id) | PartKind::Process(id) => assert!(script.scope(id).is_some()),
                _ => {}
            }
        }
        for pair in word.parts.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start, "{pair:?} in {:?}", script.text);
        }
    };
    script.words.iter().for_each(word);
    for command in &script.commands {
        span(command.span);
        assert!(script.scope(command.scope).is_some());
        command.words.iter().for_each(word);
        command.assignments.iter().flat_map(|assignment| &assignment.values).for_each(word);
        command.redirects.iter().for_each(|redirect| word(&redirect.target));
    }
    for (index, scope) in script.scopes.iter().enumerate() {
        span(scope.span);
        assert!(scope.parent.0 as usize <= index.saturating_sub(1));
    }
    for comment in &script.comments {
        span(*comment);
    }
    for error in &script.errors {
        span(error.unread);
    }
}

/// Pieces of shell, so that random scripts reach the interesting states.
fn shellish() -> impl Strategy<Value = String> {
    let pieces = [
        "echo ",
        "$X",
        "${X:-",
        "}",
        "$(",
        ")",
        "`",
        "'",
        "\"",
        "\\",
        "\n",
        " ",
        ";",
        "|",
        "&&",
        ">",
        ">>",
        "<<E",
        "<<-'E'",
        "\nE\n",
        "<<<",
        "2>&1",
        "if ",
        "then ",
        "fi",
        "for x in ",
        "do ",
        "done",
        "case ",
        " in ",
        "esac",
        ";;",
        "{ ",
        "[[ ",
        "]]",
        "((",
        "))",
        "a=(",
        "a=",
        "f() ",
        "#",
        "é",
        "😀",
        "${{ x }}",
        "$'",
        "@\"\n",
        "\n\"@",
        "%X%",
        "^",
        "<(",
        "$",
        "\t",
        "\r\n",
        "(",
        "${!",
        "[",
        "]",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read(text in prop_oneof![any::<String>(), shellish()]) {
        for dialect in [Dialect::Posix, Dialect::PowerShell, Dialect::Cmd] {
            let opaque: Vec<Span> = holes(&text).into_iter().filter(|span| span.start < span.end && span.len() < 12).collect();
            let disjoint = opaque.windows(2).all(|pair| pair[0].end <= pair[1].start);
            let script = parse(&text, dialect, if disjoint { &opaque } else { &[] });
            check_places(&script);
            for named in literals(&script) {
                prop_assert!(text.get(named.name_span.range()).is_some() && text.get(named.value.span.range()).is_some());
            }
            for command in &script.commands {
                for word in &command.words {
                    for piece in script.pieces(word) {
                        if let Piece::Literal(text) = piece {
                            prop_assert!(!text.is_empty());
                        }
                    }
                }
            }
        }
    }

    /// A script made of quoted words is read back word for word.
    #[test]
    fn words_survive(lines in prop::collection::vec(prop::collection::vec("[a-zéA-Z $'\"\\\\;|&<>()#\n-]{0,12}", 1..5), 1..5)) {
        let quote = |word: &String| format!("'{}'", word.replace('\'', "'\\''"));
        let text = lines.iter().map(|line| line.iter().map(quote).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n");
        let script = parse(&text, Dialect::Posix, &[]);
        prop_assert!(script.errors.is_empty());
        let read: Vec<Vec<String>> = script.commands.iter()
            .map(|command| command.words.iter().map(|word| script.literal(word).unwrap().into_owned()).collect()).collect();
        prop_assert_eq!(read, lines);
    }
}
