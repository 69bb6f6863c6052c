mod differential;
mod hostile;
mod json;
mod strings;
mod trees;

use super::*;

/// The attribute `name` of a one-attribute file, as decoded text.
fn literal(text: &str, name: &str) -> Option<String> {
    let file = File::parse(text);
    let expr = file.body(text).attribute(name)?.expr();
    expr.literal().map(|text| text.as_str().to_owned())
}
