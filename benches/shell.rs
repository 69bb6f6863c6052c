//! How fast scripts are read and followed: many ordinary steps, and shapes that would show growth beyond linear.

use std::hint::black_box;

use caulk::flow::script::{Code, Language, Nature, State, follow};
use caulk::source::{Place, SourceId, Text};
use caulk::syntax::shell::{Dialect, literals, parse};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZE: usize = 1 << 20;

const STEP: &str = "set -euo pipefail\nVERSION=$(git describe --tags | sed 's/^v//')\nif [ -n \"${TOKEN:-}\" ]; then\n  echo \"publishing $VERSION\" >> \"$GITHUB_STEP_SUMMARY\"\n  curl -sf -H \"Authorization: Bearer $TOKEN\" \\\n    https://api.example.com/v1/releases | jq -r '.[0].name' | tee latest\nfi\nfor file in dist/*; do\n  printf '%s\\n' \"$file\"\ndone\ncat > config.yml <<EOF\nversion: $VERSION\nEOF\n";

fn text(kind: &str) -> String {
    let piece = match kind {
        "steps" => STEP,
        "substitutions" => "$(",
        "heredocs" => "cat <<A\n",
        _ => "echo 'a",
    };
    piece.repeat(SIZE / piece.len())
}

#[divan::bench(args = ["steps", "substitutions", "heredocs", "quotes"])]
fn tree(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    bencher.counter(BytesCount::of_str(&text)).bench(|| black_box(parse(&text, Dialect::Posix, &[]).commands.len()));
}

#[divan::bench]
fn named_values(bencher: Bencher<'_, '_>) {
    let text = text("steps");
    let script = parse(&text, Dialect::Posix, &[]);
    bencher.counter(BytesCount::of_str(&text)).bench(|| black_box(literals(&script).len()));
}

#[divan::bench]
fn flow(bencher: Bencher<'_, '_>) {
    let text = text("steps");
    let code_text = Text::plain(&text, 0);
    let code = Code::plain(&code_text, SourceId(0), Language::Shell(Dialect::Posix));
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut state = State::default();
        let taint = state.secret("TOKEN", Place::default(), Nature::Masked);
        state.bind("TOKEN", vec![taint]);
        black_box(follow(&code, &mut state).len())
    });
}
