mod ends;
mod inner;
mod languages;
mod log;
mod programs;

use proptest::prelude::*;

use super::*;

fn place(start: usize, end: usize) -> Place {
    Place { source: SourceId(0), span: Span::new(start, end) }
}

/// Follows scripts of one job with `$TOKEN` and `$KEY` in the environment and `${{ NAME }}` as secrets; one line per leak.
fn leaks_of(language: Language, scripts: &[&str]) -> Vec<String> {
    let mut state = State::default();
    for name in ["TOKEN", "KEY"] {
        let taint = state.secret(name, place(0, 0), Nature::Masked);
        state.bind(name, vec![taint]);
    }
    let mut shown = Vec::new();
    for script in scripts {
        let opaque: Vec<Span> =
            script.match_indices("${{").map(|(at, _)| Span::new(at, at + script[at..].find("}}").unwrap() + 2)).collect();
        let holes: Vec<Vec<Taint>> = opaque
            .iter()
            .map(|span| vec![state.secret(script[span.range()].trim_matches(['$', '{', '}', ' ']), place(0, 0), Nature::Masked)])
            .collect();
        let text = Text::plain(script, 0);
        let code = Code { opaque: &opaque, holes: &holes, ..Code::plain(&text, SourceId(0), language) };
        let (leaks, _) = state.scoped(|state| follow(&code, state));
        for leak in leaks {
            let origin = state.origin(&leak.taint).unwrap();
            let by = leak.taint.changed_by.as_deref().filter(|_| leak.taint.form == Form::Derived).map(|by| format!(" by {by}"));
            let fetched = if origin.nature == Nature::Fetched { " fetched" } else { "" };
            let reach = if leak.reach == Reach::Log { String::new() } else { format!("{:?}: ", leak.reach) };
            shown.push(format!("{reach}{}{}{fetched} at {}", origin.name, by.unwrap_or_default(), &script[leak.taint.at.span.range()]));
        }
    }
    shown
}

fn shell(script: &str) -> String {
    leaks_of(Language::Shell(Dialect::Posix), &[script]).join("; ")
}

/// Runs a table of scripts and what is found in each; says all that differ.
fn each(cases: &[(&str, &str)], found: impl Fn(&str) -> String) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(script, expected)| {
            let found = found(script);
            (found != *expected).then(|| format!("{script}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn deep_scripts_are_followed_on_a_small_stack() {
    let deep = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
        for opening in ["echo $(", "${TOKEN:-", "echo \"$TOKEN$(", "(", "{ echo $TOKEN; ", "print(", "`${", "f'{", "x = [", "cat <<A\n$("] {
            let script = opening.repeat(100_000);
            for language in [Language::Shell(Dialect::Posix), Language::Shell(Dialect::PowerShell), Language::Python, Language::JavaScript]
            {
                leaks_of_any(language, &script);
            }
        }
    });
    deep.unwrap().join().unwrap();
}

fn leaks_of_any(language: Language, script: &str) {
    let mut state = State::default();
    let taint = state.secret("TOKEN", place(0, 0), Nature::Masked);
    state.bind("TOKEN", vec![taint]);
    let text = Text::plain(script, 0);
    let code = Code::plain(&text, SourceId(0), language);
    for leak in follow(&code, &mut state) {
        assert!(script.get(leak.taint.at.span.range()).is_some() && script.get(leak.sink.span.range()).is_some());
    }
}

proptest! {
    #[test]
    fn any_script_is_followed(pieces in prop::collection::vec(prop_oneof![
        prop::sample::select(vec!["echo ", "$TOKEN", "X=", "$X", "$(", ")", "|", " base64 ", "\n", "'", "\"", ">", "f", "print(", "process.env.TOKEN", "`", "${", "}", "{", "<<E\n", "E\n",
            "read ", "; ", "f\"{", "\\", "é", "console.log("]).prop_map(str::to_owned),
        ".{0,3}",
    ], 0..30)) {
        let script = pieces.concat();
        for language in [Language::Shell(Dialect::Posix), Language::Shell(Dialect::PowerShell), Language::Shell(Dialect::Cmd), Language::Python, Language::JavaScript] {
            leaks_of_any(language, &script);
        }
    }
}
