//! `command` and `args` of a container: flags with values, and scripts.

use std::borrow::Cow;

use crate::source::Text;

/// One argument: the name its value goes by, and the value.
pub(super) struct Argument<'a> {
    /// The flag without its dashes; empty where there is none.
    pub(super) name: Cow<'a, str>,
    /// The value, without the flag before it.
    pub(super) value: Text<'a>,
    /// Whether it is a script: text with names of its own.
    pub(super) is_script: bool,
}

/// Reads one argument. `before` is the one before it.
pub(super) fn argument<'a>(text: &Text<'a>, before: Option<&str>) -> Argument<'a> {
    let value = text.as_str();
    let is_script = before == Some("-c") || (value.contains(['\n', ' ']) && !value.starts_with('-'));
    if let Some((flag, _)) = value.split_once('=').filter(|(flag, _)| is_name(flag) && !is_script) {
        let name = flag.trim_start_matches('-').to_owned().into();
        return Argument { name, value: text.slice(flag.len() + 1..text.len()), is_script: false };
    }
    let flag = before.filter(|before| before.starts_with("--") && is_name(before) && !value.starts_with('-'));
    match flag {
        Some(flag) => Argument { name: flag.trim_start_matches('-').to_owned().into(), value: text.clone(), is_script: false },
        None => Argument { name: "".into(), value: text.clone(), is_script },
    }
}

/// `--flag`, `-Dproperty`, `NAME`: what stands before a `=`.
fn is_name(flag: &str) -> bool {
    let name = flag.trim_start_matches('-');
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
