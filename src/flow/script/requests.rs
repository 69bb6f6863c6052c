//! Requests: which host a command talks to, and whether that host has a reason to be sent a secret.

use std::net::Ipv4Addr;

use super::Reach;
use crate::syntax::shell::{Invocation, Script};

/// Programs that send what they are given to a host.
const PROGRAMS: [&str; 16] = [
    "curl",
    "wget",
    "http",
    "https",
    "xh",
    "nc",
    "ncat",
    "netcat",
    "telnet",
    "socat",
    "dig",
    "nslookup",
    "host",
    "invoke-webrequest",
    "invoke-restmethod",
    "iwr",
];

pub(super) fn is_known(program: &str) -> bool {
    PROGRAMS.iter().any(|known| known.eq_ignore_ascii_case(program))
}

/// Services that show whoever asks what strangers sent to them, tunnels to unknown machines, places to drop text.
#[rustfmt::skip]
const COLLECTORS: [&str; 34] = [
    "webhook.site", "ngrok.io", "ngrok.app", "ngrok-free.app", "ngrok.dev", "requestbin.com", "requestbin.net", "pipedream.net",
    "burpcollaborator.net", "oastify.com", "oast.fun", "oast.pro", "oast.live", "oast.site", "oast.online", "oast.me", "interact.sh", "interactsh.com",
    "requestcatcher.com", "beeceptor.com", "hookbin.com", "postb.in", "dnslog.cn", "ceye.io", "requestrepo.com", "serveo.net", "localhost.run",
    "trycloudflare.com", "loca.lt", "transfer.sh", "file.io", "0x0.st", "termbin.com", "ix.io",
];

/// Where a command sends what it is given, if that is somewhere a secret should not go without a thought.
pub(super) fn destination(script: &Script<'_>, invocation: &Invocation<'_>) -> Option<(Reach, String)> {
    if !is_known(&invocation.name) {
        return None;
    }
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal_prefix(arg)).collect();
    let name = invocation.name.to_ascii_lowercase();
    if matches!(&*name, "dig" | "nslookup" | "host") {
        // The name that is looked up is what is sent.
        return Some((Reach::Collector, name));
    }
    let host = match &*name {
        "nc" | "ncat" | "netcat" | "telnet" => texts.iter().find(|text| !text.starts_with('-') && text.contains('.'))?.to_ascii_lowercase(),
        // `socat - TCP:host:443`, `OPENSSL:host:443,verify=0`.
        "socat" => texts.iter().filter_map(|text| text.split_once(':')).map(|(_, address)| address).find_map(host_of_address)?,
        _ => host_of_url(texts.iter().find(|text| text.contains("://"))?)?,
    };
    of_host(host)
}

/// Whether a request goes to a host that cannot be read: it stands in a variable, or nowhere.
pub(super) fn is_unnamed(script: &Script<'_>, invocation: &Invocation<'_>) -> bool {
    const SENDERS: [&str; 7] = ["curl", "wget", "http", "https", "xh", "invoke-webrequest", "invoke-restmethod"];
    let sends = SENDERS.iter().any(|known| known.eq_ignore_ascii_case(&invocation.name));
    let named = |text: &str| text.contains("://") || ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| text.starts_with(host));
    sends && !invocation.args.iter().any(|arg| named(&script.literal_prefix(arg)))
}

/// `host:port`, where the host has a name that is known.
fn host_of_address(address: &str) -> Option<String> {
    let host = address.split([':', ',']).next().unwrap_or(address);
    host.contains('.').then(|| host.to_ascii_lowercase())
}

/// What the shell takes for a connection where it stands for a file: `/dev/tcp/host/443`
/// (<https://www.gnu.org/software/bash/manual/html_node/Redirections.html>).
pub(super) fn of_device(path: &str) -> Option<(Reach, String)> {
    let rest = path.strip_prefix("/dev/tcp/").or_else(|| path.strip_prefix("/dev/udp/"))?;
    of_host(rest.split('/').next().unwrap_or(rest).to_ascii_lowercase())
}

fn of_host(host: String) -> Option<(Reach, String)> {
    if is_local(&host) {
        return None;
    }
    let collects = COLLECTORS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.')));
    let reach = if collects || host.parse::<Ipv4Addr>().is_ok() { Reach::Collector } else { Reach::Host };
    Some((reach, host))
}

/// The files that a request carries: `-d @file`, `-F name=@file`, `-T file`, `--post-file=file`
/// (<https://curl.se/docs/manpage.html>).
pub(super) fn attached(script: &Script<'_>, invocation: &Invocation<'_>) -> Vec<String> {
    let texts: Vec<_> = invocation.args.iter().map(|arg| script.literal(arg).unwrap_or_default()).collect();
    let of_option = |index: usize| {
        let before = index.checked_sub(1).and_then(|before| texts.get(before)).map_or("", |text| text.as_ref());
        matches!(before, "-T" | "--upload-file" | "--post-file" | "--body-file")
    };
    let named = texts.iter().enumerate().filter_map(|(index, text)| match text.split_once('@') {
        _ if of_option(index) => Some(text.to_string()),
        Some((before, file)) if before.is_empty() || before.ends_with('=') || before == "-d" => Some(file.to_owned()),
        _ => text.strip_prefix("--post-file=").map(str::to_owned),
    });
    named.filter(|file| !file.is_empty()).collect()
}

fn host_of_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(scheme);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    // A name that goes on in a variable is not known.
    let whole = host.contains('.') && host.rsplit('.').next().is_some_and(|last| !last.is_empty());
    (matches!(scheme, "http" | "https" | "ftp" | "ws" | "wss") && whole).then_some(host)
}

/// The machine itself, and addresses of private networks.
fn is_local(host: &str) -> bool {
    match host.parse::<Ipv4Addr>() {
        Ok(address) => address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified(),
        Err(_) => host == "localhost" || [".local", ".internal", ".localhost", ".test", ".svc"].iter().any(|end| host.ends_with(end)),
    }
}

/// Hosts of the platforms themselves.
const PLATFORMS: [&str; 8] =
    ["github.com", "githubusercontent.com", "ghcr.io", "gitlab.com", "pkg.github.com", "docker.io", "docker.com", "githubapp.com"];

/// Whether a secret of this name is that host's own: `SLACK_WEBHOOK` and `hooks.slack.com`.
pub(super) fn belongs(host: &str, secret: &str) -> bool {
    let platform = PLATFORMS.iter().any(|known| host == *known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.')));
    let plain: String = host.chars().filter(char::is_ascii_alphanumeric).collect();
    let mut words = secret.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= 3).map(str::to_ascii_lowercase);
    let generic = ["secrets", "token", "secret", "key", "api", "password", "auth", "com", "github", "webhook", "url"];
    platform || words.any(|word| !generic.contains(&&*word) && plain.contains(&word))
}
