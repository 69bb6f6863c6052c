//! How fast the engine is: prose without secrets, a configuration file, and many short values under names.

use std::hint::black_box;

use caulk::literal::{Literal, LogicalPath, Reading, Role, Value};
use caulk::secrets::{Custom, judge};
use caulk::source::{Setting, SourceId, Text};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn main() {
    divan::main();
}

const SIZE: usize = 4 << 20;

fn found(name: &str, text: &str, reading: Reading) -> usize {
    let mut count = 0;
    let value = Value::literal(Text::plain(text, 0));
    let (source, setting, path) = (SourceId(0), Setting::default(), LogicalPath::default);
    let literal = Literal { role: Role::Text, name: name.into(), value, reading, source, setting, opener: 0, path: &path };
    judge(&literal, &Custom::default(), &mut |_| count += 1);
    count
}

#[divan::bench(sample_count = 10)]
fn prose(bencher: Bencher<'_, '_>) {
    let text =
        "The operator watches Deployments, sets https://example.com/metrics:9090 and key = value pairs; see sk-learn.\n".repeat(SIZE / 108);
    bencher.counter(BytesCount::of_str(&text)).bench(|| found("", black_box(&text), Reading::Prose));
}

#[divan::bench(sample_count = 10)]
fn configuration(bencher: Bencher<'_, '_>) {
    let text = "server:\n  host: db.internal\n  port: 5432\n  password: ${DB_PASSWORD}\n  labels:\n    app.kubernetes.io/name: shop\n"
        .repeat(SIZE / 110);
    bencher.counter(BytesCount::of_str(&text)).bench(|| found("", black_box(&text), Reading::Config));
}

#[divan::bench(sample_count = 10)]
fn values(bencher: Bencher<'_, '_>) {
    let values = [
        ("image", "ghcr.io/acme/shop:1.2.3"),
        ("replicas", "3"),
        ("DB_PASSWORD", "${X}"),
        ("api_token", "changeme"),
        ("arn", "arn:aws:iam::1:role/x"),
    ];
    bencher
        .counter(ItemsCount::new(values.len() * 1_000))
        .bench(|| (0..1_000).flat_map(|_| values).map(|(name, value)| found(name, black_box(value), Reading::Value)).sum::<usize>());
}
