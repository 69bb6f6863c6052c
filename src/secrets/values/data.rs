//! Data that is no secret under any name: versions, sizes and dates, sentences, paths, addresses; and the words of a wallet.

use crate::secrets::randomness::{is_random, is_wordlike};

/// Versions, durations, sizes, dates, addresses, digests: data that is no secret under any name.
pub(super) fn is_plain_data(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let dotted =
        digits > 0 && value.contains('.') && value.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // `^7.1.2`, `>=1.2,<2`, `1.x`: what a dependency may be.
    let ranged = value.starts_with(['^', '~', '>', '<', '='])
        && value.trim_start_matches(['^', '~', '>', '<', '=', ' ']).starts_with(|c: char| c.is_ascii_digit())
        && value.contains('.')
        && value.bytes().all(|byte| byte.is_ascii_digit() || b"^~><=. ,|x*-".contains(&byte));
    let units = ["s", "m", "h", "d", "w", "ms", "min", "Mi", "Gi", "MB", "GB", "KB", "%"];
    let number = value.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let measured = number > 0 && units.contains(&&value[number..]);
    let dated = value.len() >= 10
        && value.as_bytes().get(4) == Some(&b'-')
        && value.as_bytes().get(7) == Some(&b'-')
        && value.get(..4).is_some_and(|y| y.bytes().all(|b| b.is_ascii_digit()));
    // <https://www.doi.org/the-identifier/resources/handbook/2_numbering>
    let doi = value.strip_prefix("10.").and_then(|rest| rest.split_once('/'));
    let is_doi = doi.is_some_and(|(registrant, _)| registrant.len() >= 4 && registrant.bytes().all(|byte| byte.is_ascii_digit()));
    // An address of Ethereum; its keys are longer.
    let address = value.len() == 42 && value.starts_with("0x") && value[2..].bytes().all(|byte| byte.is_ascii_hexdigit());
    dotted || ranged || measured || dated || is_doi || address
}

/// The words that a wallet's key is made from, under a name that says so. Those of documentation repeat themselves.
///
/// <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>
pub(super) fn is_mnemonic(value: &str, own: &[String]) -> bool {
    let words: Vec<&str> = value.split(' ').collect();
    let is_word = |word: &&str| (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let named = own.iter().any(|word| matches!(word.as_str(), "mnemonic" | "seed" | "phrase" | "recovery"));
    let distinct = |words: &[&str]| words.iter().enumerate().filter(|(at, word)| !words[..*at].contains(word)).count();
    named && matches!(words.len(), 12 | 15 | 18 | 21 | 24) && words.iter().all(is_word) && distinct(&words) + 2 > words.len()
}

/// Several words with spaces between them.
pub(super) fn is_sentence(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let word = |word: &&str| word.trim_matches(|c: char| !c.is_alphanumeric()).chars().all(char::is_alphabetic);
    let proper = words.iter().filter(|text| word(text) && text.chars().any(char::is_alphabetic)).count();
    // `brx rywihmtwya`: letters that nobody could read aloud.
    let odd = |text: &&&str| text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_lowercase()) && !is_wordlike(text);
    let readable = words.iter().filter(odd).count() * 2 < words.len();
    words.len() >= 2 && readable && (proper == words.len() || proper >= 3)
}

/// A file: an absolute or relative path, or a name with a usual ending.
pub(super) fn is_path(value: &str) -> bool {
    const ENDINGS: &str = ".pem .key .crt .cer .cert .p12 .pfx .jks .pub .json .yaml .yml .toml .ini .conf .cfg .properties .txt .sh .py .js .ts \
        .rb .go .php .html .xml .env .gpg .asc .enc .csv .log .keystore .truststore .kdbx .tfvars .tf .md .service .local .svc \
        .example";
    let ending = value.rfind('.').map(|dot| value[dot..].to_ascii_lowercase());
    let rooted = ["/", "./", "../", "~/", "\\\\", "file:"].iter().any(|start| value.starts_with(start));
    let drive = value.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    let words = |text: &str| text.split(['/', '\\']).filter(|part| !part.is_empty()).all(|part| !is_random(part) || part.contains('.'));
    ending.is_some_and(|own| ENDINGS.split(' ').any(|ending| own == ending))
        || ((rooted || drive) && words(value))
        || (value.matches('/').count() >= 2
            && !value.contains(['+', '='])
            && words(value)
            && value.split('/').all(|part| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))))
}

/// A URL, an e-mail address, a host: their passwords are judged as parts of them.
pub(super) fn is_location(value: &str) -> bool {
    let host = |text: &str| {
        let labels: Vec<&str> = text.split('.').collect();
        labels.len() >= 2
            && labels.iter().all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
            && labels.last().is_some_and(|top| (2..=6).contains(&top.len()) && top.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let without_port =
        value.rsplit_once(':').map_or(value, |(host, port)| if port.bytes().all(|b| b.is_ascii_digit()) { host } else { value });
    let mail = value.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && host(domain) && !user.contains([':', '/', ' ']));
    value.contains("://") || mail || (host(without_port) && !is_random(without_port))
}
