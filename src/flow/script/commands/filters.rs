//! What filters let through: names, fields, stars.

use crate::flow::script::fields::is_harmless;
use crate::secrets::is_secret_name;
use crate::syntax::shell::{Invocation, Script, Word};

/// A word of `sed` that puts one text in the place of another: `s/pattern/replacement/g`.
struct Substitution<'t> {
    pattern: &'t str,
    /// What stands in its place, as far as it is literal; nothing where the word ends before it.
    replacement: Option<&'t str>,
}

impl<'t> Substitution<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let text = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = text.strip_prefix('s')?;
        let mark = rest.chars().next().filter(|mark| mark.is_ascii_punctuation())?;
        let mut pieces = rest.split(mark).skip(1);
        let pattern = pieces.next()?;
        Some(Self { pattern, replacement: pieces.next() })
    }

    /// `s/=.*/=***/`, `s/: .*//`: nothing stays of what stands behind a name.
    fn cuts_values(&self) -> bool {
        let keeps = self.replacement.is_none_or(|text| text.contains('&'));
        let before = self.pattern.strip_suffix('$').unwrap_or(self.pattern).strip_suffix(".*").map(str::trim_end);
        !keeps && before.is_some_and(|before| before.ends_with(['=', ':']))
    }

    /// `s/./*/g`.
    fn stars(&self) -> bool {
        let replacement = self.replacement.unwrap_or("&");
        matches!(self.pattern, "." | ".*") && replacement.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '#')) && !replacement.is_empty()
    }
}

/// Whether a word of `sed` puts what stands at `before` behind the pattern: `s/pattern/$HERE/`.
pub(in crate::flow::script) fn replaces(before: &str) -> bool {
    Substitution::of(before).is_some_and(|found| found.replacement.is_some())
}

/// `cut -d. -f2`: of a JSON web token the claims.
pub(in crate::flow::script) fn takes_claims(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal(arg).unwrap_or_default()).collect();
    let second = texts.iter().any(|text| text == "-f2") || texts.windows(2).any(|pair| pair[0] == "-f" && pair[1] == "2");
    let dots = texts.iter().any(|text| matches!(&**text, "-d." | "-d" | "."));
    match &*invocation.name {
        "cut" => second && dots,
        "jq" => texts.iter().any(|text| text.contains("split(\".\")") && text.contains("[1]")),
        _ => false,
    }
}

/// `cut -d= -f1`, `sed 's/=.*//'`, `awk -F= '{print $1}'`: of `NAME=value` the name is printed.
pub(in crate::flow::script) fn names_only(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal(arg).unwrap_or_default()).collect();
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
    match &*invocation.name {
        "cut" => has("-f1") || texts.windows(2).any(|pair| pair[0] == "-f" && pair[1] == "1"),
        "sed" => has("=.*"),
        "awk" | "gawk" => has("print $1"),
        // `gci env: | select Name`: a drive's items have names and values.
        name if ["select-object", "select"].iter().any(|known| name.eq_ignore_ascii_case(known)) => {
            let is = |wanted: &str| texts.iter().any(|text| text.eq_ignore_ascii_case(wanted));
            (is("name") || is("key")) && !is("value")
        }
        _ => false,
    }
}

/// `sed 's/./*/g'`, `awk '{ print length }'`, `jq '.a | length'`, `jq .metadata.name`, `dd of=file`: nothing of the value is printed.
pub(super) fn hides(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let texts = invocation.args.iter().map(|arg| script.literal_prefix(arg));
    match &*invocation.name {
        "sed" => texts.into_iter().any(|text| Substitution::of(&text).is_some_and(|found| found.stars() || found.cuts_values())),
        "awk" | "gawk" => texts.into_iter().any(|text| text.contains("print length")),
        "dd" => texts.into_iter().any(|text| text.starts_with("of=")),
        "jq" | "yq" | "gojq" => texts.into_iter().any(|text| takes_harmless(&text)),
        _ => false,
    }
}

/// Whether what a filter of `jq` yields is a count, a list of keys, or a field whose name says that it is no secret.
fn takes_harmless(filter: &str) -> bool {
    let last = filter.rsplit('|').next().unwrap_or(filter).trim();
    if matches!(last, "empty" | "length" | "keys" | "keys[]" | "type") || last.starts_with("has(") {
        return true;
    }
    // `.a // empty`, `.a // ""`
    let path = last.split("//").next().unwrap_or(last).trim();
    let is_path = path.starts_with('.') && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-[]?\"".contains(&byte));
    let name = path.trim_end_matches(['[', ']', '?', '"', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    is_path && is_harmless(name.rsplit(['.', '"', '[']).next().unwrap_or(name))
}

/// Whether a program changes its files where they are: `sed -i`, `perl -pi -e`, `yq -i`.
pub(super) fn edits(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    let is_editor = matches!(&*invocation.name, "sed" | "gsed" | "perl" | "yq" | "ruby");
    let is_flag = |text: &str| match text.strip_prefix('-') {
        Some(long) if long.starts_with('-') => long == "-inplace" || long.starts_with("-in-place"),
        // What stands behind `-e` and `-f` is a script.
        Some(short) => short.chars().take_while(|letter| !matches!(letter, 'e' | 'f' | 'M' | 'I')).any(|letter| letter == 'i'),
        None => false,
    };
    is_editor && invocation.args.iter().any(|arg| is_flag(&script.literal_prefix(arg)))
}

/// Whether the letters of a command's short flags hold this one: `-qE`.
pub(in crate::flow::script) fn short(script: &Script<'_>, args: &[Word], letter: char) -> bool {
    args.iter().any(|arg| {
        let text = script.literal_prefix(arg);
        text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
    })
}

/// The words that a pattern of `grep` looks for, in capitals: `^(TOKEN|KEY)=`.
pub(in crate::flow::script) fn looked_for(pattern: &str) -> Vec<String> {
    let pattern = pattern.to_ascii_uppercase();
    let words = pattern.split('|').map(|word| word.trim_matches(['^', '=', '$', '.', '*', '(', ')', '\\', '\'', '"', '_', ':', '/', ' ']));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a word that `grep -v` looks for names secrets: the lines that hold them are left out.
pub(in crate::flow::script) fn names_secrets(word: &str) -> bool {
    is_secret_name(word) || ["TOKEN", "PASS", "SECRET", "AUTH", "CREDENTIAL"].iter().any(|part| word.contains(part))
}
