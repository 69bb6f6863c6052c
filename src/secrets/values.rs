//! What a value under a telling name is: a reference, a placeholder, a weak password, a secret.

mod data;

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use data::{is_location, is_mnemonic, is_path, is_plain_data, is_sentence};

use super::known;
use super::names::Telling;
use super::randomness::{is_random, is_wordlike};
use super::reference::{is_ciphertext, is_public, is_reference};
use super::words::{self, Wordy};

/// What the engine makes of a value under a telling name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Judgement {
    /// No secret.
    Nothing,
    /// Meant to be replaced; a weak secret where it is applied as it stands.
    Placeholder,
    /// Well-known or easily guessed.
    Weak,
    /// A secret that a person may have chosen.
    Plain,
    /// A secret that looks random.
    Random,
}

/// Judges a value under a name whose words are `own`; and what the judgement rests on, in words that follow “it” and tell
/// nothing of the value.
pub(super) fn weigh(value: &str, telling: Telling, own: &[String]) -> (Judgement, &'static str) {
    let length = value.chars().count();
    if length < 3 {
        return (Judgement::Nothing, "is shorter than three characters");
    }
    if is_reference(value) {
        return (Judgement::Nothing, "refers to a value that stands elsewhere");
    }
    if is_ciphertext(value) {
        return (Judgement::Nothing, "is encrypted or hashed");
    }
    if known::is_of_a_standard(value) {
        return (Judgement::Nothing, "is known from a standard that prints it as an example");
    }
    if is_public(value) {
        return (Judgement::Nothing, "is public: a public key, a certificate, a recipient");
    }
    if is_keyword(value) {
        return (Judgement::Nothing, "is a word of configuration, such as `true` or `default`");
    }
    if is_plain_data(value) {
        return (Judgement::Nothing, "is a version, a duration, a size or a date");
    }
    if is_identifier(value) && names_itself(value, own) {
        return (Judgement::Nothing, "repeats its own name");
    }
    if is_label(value) {
        return (Judgement::Nothing, "is one capitalised word, a label");
    }
    if is_marked(value) {
        return placeholder(value, telling);
    }
    match words::judge(value, own) {
        Some(Wordy::Placeholder) => return placeholder(value, telling),
        Some(Wordy::Weak) => return weak(value, telling),
        None => {}
    }
    if is_mnemonic(value, own) {
        return (Judgement::Random, "is the word list of a wallet");
    }
    if is_sentence(value) {
        return (Judgement::Nothing, "is a sentence");
    }
    if is_path(value) {
        return (Judgement::Nothing, "is the path of a file");
    }
    if is_location(value) {
        return (Judgement::Nothing, "is an address: a URL, a host, an e-mail address");
    }
    if is_random(value) {
        // Where the name says little, letters alone are a name of something else: `result_key: VpcEndpointConnections`.
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        return match telling {
            Telling::Random if digits < 2 => (Judgement::Nothing, "has hardly a digit, and its name alone says too little"),
            _ => (Judgement::Random, "looks random"),
        };
    }
    match telling {
        Telling::Password => password(value, length),
        Telling::Token => token(value, length),
        Telling::Random => (Judgement::Nothing, "does not look random, and its name alone says too little"),
    }
}

fn password(value: &str, length: usize) -> (Judgement, &'static str) {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return match length {
            0..5 => (Judgement::Nothing, "is a short number"),
            _ if words::is_simple_number(value) => (Judgement::Weak, "is a number that anybody would try"),
            _ => (Judgement::Plain, "is a long number under a name for passwords"),
        };
    }
    // Words of another script: a label in a translation.
    let translated = !value.is_ascii() && !value.bytes().any(|byte| byte.is_ascii_digit());
    match () {
        () if length < 4 => (Judgement::Nothing, "is shorter than four characters"),
        () if is_identifier(value) => (Judgement::Nothing, "is an identifier, the name of a value elsewhere"),
        // `pass: 12 fail: 0`
        () if value.contains(": ") => (Judgement::Nothing, "is a row of names and values"),
        () if translated => (Judgement::Nothing, "is a word of another language, a label"),
        () if words::is_padded(value) => (Judgement::Weak, "is hardly more than a known word"),
        () => (Judgement::Plain, "may be anything that a person chose for a password"),
    }
}

fn token(value: &str, length: usize) -> (Judgement, &'static str) {
    let letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let words = value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let made_of_words = words.clone().all(|word| is_wordlike(word.trim_end_matches(|c: char| c.is_ascii_digit())) || is_measure(word));
    let odd = length >= 8 && letters && digits && !made_of_words;
    // Letters only: nothing that can be read aloud.
    let opaque = length >= 16 && letters && words.count() == 1 && !made_of_words;
    match () {
        () if is_identifier(value) => (Judgement::Nothing, "is an identifier, the name of a value elsewhere"),
        () if odd || opaque || is_scrambled(value) => (Judgement::Plain, "is made of no words, as tokens are"),
        () => (Judgement::Nothing, "is too short or too readable for a token"),
    }
}

/// Small and capital letters in no order that words have, or signs among them that no name has: `tHfDkHduCA`, `s@GyMFNAxDOg`.
fn is_scrambled(value: &str) -> bool {
    const LETTERS: usize = 8;
    let letters: String = value.chars().filter(char::is_ascii_alphabetic).collect();
    let mixed = letters.bytes().any(|byte| byte.is_ascii_lowercase()) && letters.bytes().any(|byte| byte.is_ascii_uppercase());
    let signs = value.bytes().filter(|byte| b"!#^*@%~?$+".contains(byte)).count();
    let whole = letters.len() == value.len() && value.len() >= LETTERS + 2;
    let unread = letters.len() >= LETTERS && !is_wordlike(&letters);
    mixed && !value.contains(char::is_whitespace) && ((unread && (whole || signs > 0)) || (letters.len() >= LETTERS && signs > 2))
}

/// `7b`, `4x`, `32k`: a number and what it counts.
fn is_measure(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    unit.len() < word.len() && unit.len() <= 1 && unit.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// One capitalised word: what a form calls the field, in any language (`Password`, `Wachtwoord`, `Hasło`).
fn is_label(value: &str) -> bool {
    let mut chars = value.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.all(char::is_lowercase) && is_wordlike(value)
}

/// Under a name for passwords a weak word is a weak password; a token that is an identifier of several words is a reference.
fn weak(value: &str, telling: Telling) -> (Judgement, &'static str) {
    // `Пароль`, `パスワード`: what a form calls the field.
    if !value.is_ascii() && !value.bytes().any(|byte| byte.is_ascii_digit()) {
        return (Judgement::Nothing, "is a word of another language, a label");
    }
    let several = value.trim_matches(|c: char| !c.is_alphanumeric()).contains(['-', '_', '.', ' ', '/', ':']);
    match telling {
        Telling::Password if is_identifier(value) || value.contains([' ', '/']) || value.chars().count() < 4 => {
            (Judgement::Nothing, "is made of known words, and names or describes something")
        }
        Telling::Password => (Judgement::Weak, "is made of known words"),
        Telling::Token if several || value.chars().count() < 6 => (Judgement::Nothing, "is made of known words, which names a token"),
        Telling::Token => (Judgement::Weak, "is made of known words"),
        Telling::Random => (Judgement::Nothing, "is made of known words"),
    }
}

fn placeholder(value: &str, telling: Telling) -> (Judgement, &'static str) {
    // `INSERT_TOKEN_HERE` under a name for tokens is the name of a token more often than not.
    let named = telling != Telling::Password && is_identifier(value);
    if telling == Telling::Random || named || value.chars().count() < 4 {
        (Judgement::Nothing, "is a placeholder under a name that says little")
    } else {
        (Judgement::Placeholder, "is a placeholder")
    }
}

/// `<your token>`, `[your token]`, `XXXX`, `***`, `...`: marked as to be replaced.
fn is_marked(value: &str) -> bool {
    static MARKS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    #[rustfmt::skip]
    const WORDS: [&str; 14] = [
        "changeme", "change-me", "change_me", "change-this", "replace", "placeholder", "example", "your-", "your_", "<your", "xxxx", "redacted",
        "dummy", "todo",
    ];
    let build = || AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok();
    let named = MARKS.get_or_init(build).as_ref().is_some_and(|marks| marks.is_match(value));
    let bracketed =
        value.starts_with('[') && value.contains(' ') && value.bytes().all(|byte| byte.is_ascii_alphabetic() || b"[] ".contains(&byte));
    named || bracketed || value.ends_with("...") || value.contains("***") || value.ends_with('…')
}

/// Words of configuration languages.
fn is_keyword(value: &str) -> bool {
    const WORDS: &str = "true false yes no on off none null nil undefined default auto enabled disabled required optional always never prompt ask \
        inherit empty blank never-expires n/a write-only read-only string str int integer bool boolean object array number \
        sensitive basic bearer digest allow deny warn forbid files compat";
    const LONGEST: usize = "never-expires".len();
    value.len() <= LONGEST && WORDS.split(' ').any(|word| value.eq_ignore_ascii_case(word))
}

/// `DB_PASSWORD`, `spring.datasource.password`, `get_token()`, `dbPassword`-like names with separators: what refers to a value elsewhere.
fn is_identifier(value: &str) -> bool {
    let bytes = value.as_bytes();
    let name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let constant = value.contains('_')
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        && !bytes[0].is_ascii_digit();
    let dotted = value.contains('.')
        && value.split('.').all(|part| name(part) && part.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_'));
    // `random_password.db1.result`.
    let part = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let address = value.contains('_') && value.split('.').count() >= 3 && value.split('.').all(part);
    // `package.module:Class`, an entry point of Python.
    let entry = value.split_once(':').is_some_and(|(module, class)| module.contains('.') && module.split('.').all(part) && name(class));
    let call = value.split_once('(').is_some_and(|(function, rest)| rest.contains(')') && function.split('.').all(name));
    let indexed = value.ends_with(']') && value.split_once('[').is_some_and(|(list, _)| list.split('.').all(name));
    constant || dotted || address || entry || call || indexed
}

/// `INSERT_DB_TOKEN` under `DB_TOKEN`: what a template is filled in for.
fn names_itself(value: &str, own: &[String]) -> bool {
    let lower = value.to_ascii_lowercase();
    !own.is_empty() && own.iter().all(|word| lower.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, value: &str) -> Judgement {
        let own = super::super::names::split(name);
        super::super::names::telling(name).map_or(Judgement::Nothing, |telling| weigh(value, telling, &own).0)
    }

    #[test]
    fn values_are_judged_as_people_would() {
        use Judgement::{Nothing, Placeholder, Plain, Random, Weak};
        let table = [
            ("password", "hunter2go", Plain),
            ("password", "gwhde", Plain),
            ("password", "s#cr&t'; DROP", Plain),
            ("password", "pa ss9!x", Plain),
            ("password", "brx rywihmtwya", Plain),
            ("password", "ssh login only, see the wiki", Nothing),
            ("password", "715970", Plain),
            ("password", "q3Zk9LxW1vTb7Nf0", Random),
            ("password", "admin", Weak),
            ("password", "whalehello", Weak),
            ("password", "V00q4397", Plain),
            ("password", "!EicqxdRl!", Plain),
            ("password", "80.92%", Nothing),
            ("password", "parse(event.Properties.x, 10)", Nothing),
            ("password", "P@ssw0rd1", Weak),
            ("password", "123456", Weak),
            ("password", "changeme", Placeholder),
            ("password", "<your password>", Nothing),
            ("password", "true", Nothing),
            ("password", "123", Nothing),
            ("password", "${DB_PASSWORD}", Nothing),
            ("password", "$DB_PASSWORD", Nothing),
            ("password", "{{ .Values.password }}", Nothing),
            ("password", "DB_PASSWORD", Nothing),
            ("password", "secrets/db/password.txt", Nothing),
            ("password", "/run/secrets/db", Nothing),
            ("password", "the password of the database", Nothing),
            ("password", "ENC[AES256_GCM,data:xyz,iv:abc,tag:def,type:str]", Nothing),
            ("password", "config.database.password", Nothing),
            ("password", "get_password()", Nothing),
            ("password", "someone@example.com", Placeholder),
            ("password", "https://vault.internal/ui", Nothing),
            ("password", "Wachtwoord bevestiging", Nothing),
            ("password", "Wachtwoord", Nothing),
            ("password", "Hasło", Nothing),
            ("password", "重置密码标识", Nothing),
            ("password", "Pässw0rt9x", Plain),
            ("api_key", "q3Zk9LxW1vTb7Nf0", Random),
            ("api_key", "9f86d081884c7d659a2feaa0c55ad015", Random),
            ("api_key", "my-secret-name", Nothing),
            ("api_key", "prod-db-credentials", Nothing),
            ("token", "github_token", Nothing),
            ("token", "1.2.3", Nothing),
            ("token", "30s", Nothing),
            ("client_secret", "app-a-1234", Nothing),
            ("secret", "wfbwunkuagimssemxndlmopbhshgxbb", Random),
            ("STEAM_KEY", "D1060EBF1F47C619DF030B1093B2FB0C", Random),
            ("STEAM_KEY", "steam-key-for-tests", Nothing),
            ("result_key", "VpcEndpointConnections", Nothing),
            ("needless_pass_by_value", "allow", Nothing),
            ("password_encryption", "scram-sha-256", Nothing),
            ("db-pass", "^7.1.2", Nothing),
            ("db-pass", ">=1.2, <2.x", Nothing),
            ("db-pass", "~1aB.x9", Plain),
            ("minipass", "h7kQ2pz", Nothing),
            ("S3Key", "my-app/5026-stage-150723_224258.war", Nothing),
            ("DB_PASSWORD", "prod/db/password", Nothing),
            ("secret_layer", "dense_7b", Nothing),
            ("api_token", "tHfDkHduCA", Plain),
            ("api_token", "s@GyMFNAxDOg", Plain),
            ("api_token", "Hg!ToB=W@AbjBUN@s#zv", Plain),
            ("api_token", "MyVpcCidrBlock", Nothing),
            ("api_token", "ServiceAccount@Cluster", Nothing),
            ("api_token", "KMSKeyARN", Nothing),
            ("secret_layer", "dns3_7b4k", Plain),
            ("doi_token", "10.1038/s41586-020-2649-2", Nothing),
            ("pass", "12 fail: 0", Nothing),
            ("access_token", "2YotnFZFEjr1zCsicMWpAA", Nothing),
            ("shared-password", "app.login.shared:SharedPasswordLogin", Nothing),
            ("Password", "Пароль", Nothing),
            ("TOKEN_ADDRESS", "0x6B175474E89094C44Da98b954EedeAC495271d0F", Nothing),
            ("WALLET_MNEMONIC", "river tunnel orange muffin sketch panel velvet drum copper lizard anchor window", Random),
            ("MNEMONIC", "test test test test test test test test test test test junk", Nothing),
            ("mnemonic", "twelve words that say how a name is to be kept in mind", Nothing),
        ];
        for (name, value, expected) in table {
            assert_eq!(judged(name, value), expected, "{name}: {value}");
        }
    }
}
