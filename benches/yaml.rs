//! How fast YAML is read: manifests, a large script, a chart's template, and what a hostile file may hold.

use std::hint::black_box;

use caulk::syntax::yaml::{Node, Tree, mask_templates};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZE: usize = 4 << 20;

fn repeated(piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(SIZE);
    for index in 0.. {
        if text.len() >= SIZE {
            break;
        }
        text.push_str(&piece(index));
    }
    text
}

fn manifest(index: usize) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api-{index}\n  labels: {{ app: api, tier: \"back\" }}\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: registry.example.net/api:{index}\n          env:\n            - name: LOG_LEVEL\n              value: info\n"
    )
}

fn text(name: &str) -> String {
    match name {
        "manifests" => repeated(manifest),
        "template" => repeated(|index| {
            let part = "  {{- if .Values.x }}\n  key: {{ .Values.y | default \"z\" }}\n  {{- end }}\n";
            manifest(index) + part
        }),
        "script" => format!("run: |\n{}", repeated(|index| format!("  echo step {index} # more\n"))),
        "flow" => format!("[{}]", repeated(|index| format!("{{\"key\": \"value {index}\"}}, "))),
        _ => repeated(|index| format!("- &a{index} {{ x: y }}\n- *a{index}\n")),
    }
}

#[divan::bench(args = ["manifests", "script", "flow", "aliases"], sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher.counter(BytesCount::of_str(&text)).bench(|| Tree::parse(black_box(&text)));
}

#[divan::bench(args = ["manifests", "script"], sample_count = 10)]
fn decode(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    let tree = Tree::parse(&text);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut waiting: Vec<Node<'_>> = tree.documents(&text).collect();
        let mut bytes = 0;
        while let Some(node) = waiting.pop() {
            bytes += node.text().map_or(0, |text| text.len());
            waiting.extend(node.entries().map(|entry| entry.value).chain(node.items()).filter(|node| !node.is_alias()));
        }
        black_box(bytes)
    });
}

#[divan::bench(sample_count = 10)]
fn mask(bencher: Bencher<'_, '_>) {
    let text = text("template");
    bencher.counter(BytesCount::of_str(&text)).bench(|| mask_templates(black_box(&text)));
}
