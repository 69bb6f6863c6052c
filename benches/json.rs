//! How fast JSON is read: state (many short strings, deep indentation) and notebooks (a few long base64 strings).

use std::hint::black_box;

use caulk::source::Span;
use caulk::syntax::json::{Scanner, Token, Tree, decode, walk};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZE: usize = 16 << 20;

fn state() -> String {
    let mut text = String::from("{\n  \"version\": 4,\n  \"resources\": [");
    let mut index = 0;
    while text.len() < SIZE {
        let comma = if index == 0 { "" } else { "," };
        text.push_str(&format!(
            "{comma}\n    {{\n      \"mode\": \"managed\",\n      \"type\": \"aws_instance\",\n      \"name\": \"web_{index}\",\n      \"instances\": [\n        {{\n          \"attributes\": {{\n            \"ami\": \"ami-{index:017x}\",\n            \"arn\": \"arn:aws:ec2:eu-west-1:123456789012:instance/i-{index:017x}\",\n            \"policy\": \"{{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":[]}}\",\n            \"cpu_core_count\": 2,\n            \"ebs_optimized\": false,\n            \"tags\": {{\n              \"Name\": \"web-{index}\"\n            }},\n            \"user_data\": null\n          }},\n          \"sensitive_attributes\": []\n        }}\n      ]\n    }}"
        ));
        index += 1;
    }
    text + "\n  ]\n}\n"
}

fn notebook() -> String {
    let image = "iVBORw0KGgoAAAANSUhEUgAA".repeat(8_000);
    let mut text = String::from("{\"nbformat\": 4, \"cells\": [");
    while text.len() < SIZE {
        text.push_str(&format!(
            "{{\"source\": [\"import os\\n\", \"x = 1\"], \"outputs\": [{{\"data\": {{\"image/png\": \"{image}\"}}}}]}},\n"
        ));
    }
    text + "{}]}"
}

#[divan::bench(args = ["state", "notebook"], sample_count = 10)]
fn scan(bencher: Bencher<'_, '_>, what: &str) {
    let text = sample(what);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| Scanner::new(black_box(&text), 0).count());
}

#[divan::bench(args = ["state", "notebook"], sample_count = 10)]
fn walk_with_path(bencher: Bencher<'_, '_>, what: &str) {
    let text = sample(what);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut depth = 0;
        walk(black_box(&text), &mut |path, _| depth += path.len());
        depth
    });
}

#[divan::bench(args = ["state", "notebook"], sample_count = 10)]
fn decode_every_string(bencher: Bencher<'_, '_>, what: &str) {
    let text = sample(what);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let strings = Scanner::new(black_box(&text), 0).flatten().filter(|event| event.token == Token::String);
        strings.map(|event| decode(&text, event.span).len()).sum::<usize>()
    });
}

#[divan::bench(args = ["state", "notebook"], sample_count = 10)]
fn tree(bencher: Bencher<'_, '_>, what: &str) {
    let text = sample(what);
    let span = Span::new(0, text.len());
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| Tree::parse_at(black_box(&text), span));
}

fn sample(what: &str) -> String {
    if what == "state" { state() } else { notebook() }
}
