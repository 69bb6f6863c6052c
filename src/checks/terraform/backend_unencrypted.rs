//! The state holds every secret in clear; here it is stored or sent without encryption.

mod tofu;

use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::{Finding, Findings, LabelKind};
use crate::formats::terraform::{Argument, Backend, Completion, Module};
use crate::formats::tfvars::Tfvars;
use crate::literal::LogicalPath;
use crate::source::Edit;
use crate::unit::Unit;

pub(super) static BACKEND_UNENCRYPTED: Check =
    Check { page: page!("terraform/backend-unencrypted"), runs: &[Run::Module(check), Run::Tfvars(terragrunt)] };

fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    // OpenTofu's own encryption covers whatever the backend does with it.
    let encrypted = module.encryptions().any(tofu::encrypts);
    for backend in module.backends().filter(|_| !encrypted) {
        let completions = if backend.reads_only { Vec::new() } else { module.completions() };
        one(&mut Report { backend: &backend, completions: &completions, findings });
    }
    for encryption in module.encryptions() {
        tofu::check(encryption, findings);
    }
}

fn terragrunt(values: &Unit<Tfvars>, findings: &mut Findings) {
    for backend in values.backends() {
        one(&mut Report { backend: &backend, completions: &[], findings });
    }
    for setting in values.backend_settings() {
        let value = setting.flag().map(|flag| flag.to_string()).or_else(|| Some(setting.text()?.as_str().to_owned()));
        let Some((case, what, help)) = value.and_then(|value| weakness(None, setting.name(), &value)) else { continue };
        let message = if case.is_none() { format!("the backend that this file completes {what}") } else { what.to_owned() };
        let finding = findings.report_case_if(case, setting.value_place(), message);
        finding.within(setting.name_place().span).help(help).at(LogicalPath::same(setting.name().to_owned()));
        if case.is_none() {
            finding.safe_fix(TITLE, Some(Edit::replace(setting.expr().span(), "true").into()));
        }
        let setting = setting.source().setting;
        if setting.example || setting.throwaway {
            finding.lowered();
        }
    }
}

/// What a setting that completes a backend does: case, message (without a case, what the backend does) and help. Where the kind of
/// backend is not known, the setting's name says enough.
fn weakness(kind: Option<&str>, name: &str, value: &str) -> Option<(Option<&'static str>, &'static str, &'static str)> {
    let may_be = |kinds: &[&str]| kind.is_none_or(|kind| kinds.contains(&kind));
    match (name, value) {
        ("encrypt", "false") if may_be(&["s3", "oss", "cos"]) => Some((None, "stores the state without encryption", ENCRYPT)),
        ("insecure", "true") if kind == Some("kubernetes") => {
            Some((Some("kubernetes-insecure"), "the server that keeps the state is not verified", "delete the argument"))
        }
        ("scheme", "http") if may_be(&["consul"]) => Some((Some("consul-http"), "the state travels unencrypted", HTTPS)),
        ("conn_str", _) if may_be(&["pg"]) => without_tls(value).map(|(case, what)| (Some(case), what, VERIFY)),
        ("skip_cert_verification" | "insecure", "true") => {
            Some((Some("skip-cert"), "the server that keeps the state is not verified", "delete the argument"))
        }
        ("address" | "lock_address" | "unlock_address", _) if may_be(&["http"]) && is_plain(value) => {
            Some((Some("http-plain"), "the state travels unencrypted", "use an `https://` address"))
        }
        ("endpoint", _) if is_plain(value) => Some((Some("endpoint-http"), "the state travels unencrypted", "use an `https://` address")),
        _ => None,
    }
}

fn is_plain(address: &str) -> bool {
    address.strip_prefix("http://").is_some_and(|rest| !is_loopback(rest))
}

fn one(report: &mut Report<'_, '_, '_>) {
    told(report);
    match report.backend.kind.as_str() {
        "s3" => s3(report),
        "oss" => oss(report),
        "cos" => cos(report),
        "gcs" => customer_key(report, &["kms_encryption_key", "encryption_key"]),
        "oci" => customer_key(report, &["kms_key_id", "sse_customer_key"]),
        "http" => http(report),
        "consul" => consul(report),
        "pg" => pg(report),
        "kubernetes" => kubernetes(report),
        "artifactory" | "azure" | "etcd" | "etcdv3" | "manta" | "swift" => {
            let message = format!("backend `{}` was removed from Terraform", report.backend.kind);
            report.backend(Some("removed-backend"), message, "move the state to a backend that is maintained");
        }
        _ => {}
    }
}

/// What `terraform init` is told elsewhere; a `*.tfbackend` file is a unit of its own.
fn told(report: &mut Report<'_, '_, '_>) {
    let settings = report.completions.iter().flat_map(|completion| &completion.settings).filter(|setting| !setting.in_settings_file);
    for setting in settings {
        let kind = report.backend.kind.as_str();
        if setting.of.is_some_and(|of| of != kind) || (setting.name == "scheme" && is_local(report)) {
            continue;
        }
        let Some((case, what, help)) = setting.value.as_ref().and_then(|value| weakness(Some(kind), &setting.name, value)) else {
            continue;
        };
        let message = if case.is_none() { format!("backend `{}` {what}", report.backend.kind) } else { what.to_owned() };
        report.backend(case, message, help).label(LabelKind::Related, setting.place, format!("`{}` is set here", setting.name));
    }
}

/// Whether the server's address, wherever it stands, is that of the machine itself.
fn is_local(report: &Report<'_, '_, '_>) -> bool {
    let told = report.completions.iter().filter_map(|completion| completion.get("address")?.value.clone());
    told.chain(report.backend.text("address")).any(|address| is_loopback(&address))
}

/// Where findings about one backend go.
struct Report<'f, 'b, 'a> {
    backend: &'b Backend<'a>,
    /// What completes it.
    completions: &'b [Completion],
    findings: &'f mut Findings,
}

impl Report<'_, '_, '_> {
    /// Whether one of these arguments is set, here or by all that completes the backend.
    fn has(&self, names: &[&str]) -> bool {
        let told = |completion: &Completion| names.iter().any(|name| completion.get(name).is_some());
        names.iter().any(|name| self.backend.has(&[name])) || (!self.completions.is_empty() && self.completions.iter().all(told))
    }

    /// About the backend as a whole.
    fn backend(&mut self, case: Option<&'static str>, message: String, help: &'static str) -> &mut Finding {
        let finding = self.findings.report_case_if(case, self.backend.place, message);
        finish(finding, self.backend, None, help)
    }

    /// About one of its arguments.
    fn argument(
        &mut self,
        case: Option<&'static str>,
        argument: &Argument<'_>,
        message: impl Into<String>,
        help: &'static str,
    ) -> &mut Finding {
        let finding = self.findings.report_case_if(case, argument.value_place(), message);
        finding.within(argument.name_place().span);
        finish(finding, self.backend, Some(argument.name()), help)
    }
}

fn finish<'f>(finding: &'f mut Finding, backend: &Backend<'_>, argument: Option<&str>, help: &'static str) -> &'f mut Finding {
    let path = format!("terraform.backend.{}", backend.kind);
    finding.help(help).at(LogicalPath::same(argument.map_or(path.clone(), |argument| format!("{path}.{argument}"))));
    if backend.source.setting.example || backend.source.setting.throwaway {
        finding.lowered();
    }
    finding
}

const ENCRYPT: &str = "write `encrypt = true` and run `terraform init -reconfigure`";

const HTTPS: &str = "write `scheme = \"https\"`";

const VERIFY: &str = "write `sslmode=verify-full`";

/// The settings of a backend are part of what `init` remembers.
const TITLE: &str = "write `encrypt = true`; run `terraform init -reconfigure` afterwards";

/// <https://developer.hashicorp.com/terraform/language/backend/s3>: buckets encrypt by default since January 2023, older objects do not.
fn s3(report: &mut Report<'_, '_, '_>) {
    let backend = report.backend;
    let endpoints = backend.argument("endpoints").map(Argument::items).unwrap_or_default();
    for endpoint in endpoints.iter().chain(backend.argument("endpoint")) {
        plain_url(report, "endpoint-http", endpoint);
    }
    if backend.reads_only {
        return;
    }
    match backend.argument("encrypt").map(Argument::flag) {
        Some(Some(false)) => explicit(report),
        Some(_) => customer_key(report, &["kms_key_id", "sse_customer_key"]),
        None => missing(report, &["bucket", "key"], Some("s3-encrypt-missing")),
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/oss>: not encrypted unless asked for.
fn oss(report: &mut Report<'_, '_, '_>) {
    if report.backend.reads_only {
        return;
    }
    match report.backend.argument("encrypt").map(Argument::flag) {
        Some(Some(false)) => explicit(report),
        Some(_) => {}
        None => missing(report, &["bucket"], None),
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/cos>: encrypted unless switched off.
fn cos(report: &mut Report<'_, '_, '_>) {
    let off = report.backend.argument("encrypt").is_some_and(|encrypt| encrypt.flag() == Some(false));
    if off && !report.backend.reads_only {
        explicit(report);
    }
}

fn explicit(report: &mut Report<'_, '_, '_>) {
    if let Some(encrypt) = report.backend.argument("encrypt") {
        let message = format!("backend `{}` stores the state without encryption", report.backend.kind);
        let on = Edit::replace(encrypt.expr().span(), "true");
        report.argument(None, encrypt, message, ENCRYPT).safe_fix(TITLE, Some(on.into()));
    }
}

/// `encrypt` is absent. Where the backend is completed elsewhere (`-backend-config`), so may `encrypt` be.
fn missing(report: &mut Report<'_, '_, '_>, needed: &[&str], case: Option<&'static str>) {
    if report.has(&["encrypt"]) {
        return;
    }
    let (backend, completions) = (report.backend, report.completions);
    let silent = completions.iter().find(|completion| completion.is_whole && completion.get("encrypt").is_none());
    let told: Vec<_> = needed.iter().filter(|name| !backend.has(&[name])).map(|name| silent.and_then(|it| it.get(name))).collect();
    if told.iter().all(Option::is_some) {
        let message = format!("backend `{}` does not ask for encryption of the state", backend.kind);
        let finding = report.backend(case, message, ENCRYPT).safe_fix(TITLE, backend.with("encrypt", "true"));
        if let Some(setting) = told.into_iter().flatten().next() {
            finding.label(LabelKind::Related, setting.place, "it is completed here");
        }
    } else {
        let message = format!("backend `{}` is completed elsewhere and does not ask for encryption here", backend.kind);
        report.backend(Some("partial"), message, ENCRYPT);
    }
}

fn customer_key(report: &mut Report<'_, '_, '_>, names: &[&str]) {
    if !report.backend.reads_only && !report.has(names) {
        let message = format!("backend `{}` encrypts the state with a key of the platform's", report.backend.kind);
        report.backend(Some("no-customer-key"), message, "name a key of your own, so that reading the state needs a right to use the key");
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/http>
fn http(report: &mut Report<'_, '_, '_>) {
    for name in ["address", "lock_address", "unlock_address"] {
        if let Some(address) = report.backend.argument(name) {
            plain_url(report, "http-plain", address);
        }
    }
    if let Some(skip) = report.backend.argument("skip_cert_verification").filter(|skip| skip.flag() == Some(true)) {
        report.argument(Some("skip-cert"), skip, "the server that keeps the state is not verified", "delete the argument");
    }
}

fn plain_url(report: &mut Report<'_, '_, '_>, case: &'static str, argument: &Argument<'_>) {
    if argument.text().is_some_and(|text| is_plain(text.as_str())) {
        report.argument(Some(case), argument, "the state travels unencrypted", "use an `https://` address");
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/consul>: the client speaks http unless told otherwise.
fn consul(report: &mut Report<'_, '_, '_>) {
    let backend = report.backend;
    let address = backend.text("address");
    let local = is_local(report);
    let help = HTTPS;
    match (backend.argument("scheme"), backend.argument("address")) {
        (Some(scheme), _) if backend.text("scheme").as_deref() == Some("http") && !local => {
            report.argument(Some("consul-http"), scheme, "the state travels unencrypted", help);
        }
        (None, Some(argument)) if !local && address.is_some_and(|address| !address.starts_with("https://")) => {
            report.argument(
                Some("consul-http"),
                argument,
                "the state travels unencrypted, as Consul's client does unless told otherwise",
                help,
            );
        }
        _ => {}
    }
    at_rest(report);
}

/// <https://developer.hashicorp.com/terraform/language/backend/pg>: the driver's default is `require`.
fn pg(report: &mut Report<'_, '_, '_>) {
    let conn = report.backend.argument("conn_str");
    let text = report.backend.text("conn_str").unwrap_or_default();
    if let Some((conn, (case, message))) = conn.zip(without_tls(&text)) {
        report.argument(Some(case), conn, message, VERIFY);
    }
    at_rest(report);
}

/// The case of a connection string that does without TLS.
fn without_tls(conn_str: &str) -> Option<(&'static str, &'static str)> {
    let host = conn_str.rsplit_once('@').map_or(conn_str, |(_, rest)| rest);
    // `host=db sslmode=disable` says the same in words.
    let named = conn_str.split_whitespace().find_map(|word| word.strip_prefix("host="));
    if is_loopback(named.unwrap_or(host).trim_start_matches("postgres://").trim_start_matches("postgresql://")) {
        return None;
    }
    match conn_str.split_once("sslmode=")?.1.split(['&', ' ']).next()? {
        "disable" => Some(("pg-disable", "the state travels unencrypted")),
        "allow" | "prefer" => Some(("pg-allow", "the state travels unencrypted where the server wants it so")),
        _ => None,
    }
}

/// <https://developer.hashicorp.com/terraform/language/backend/kubernetes>
fn kubernetes(report: &mut Report<'_, '_, '_>) {
    if let Some(insecure) = report.backend.argument("insecure").filter(|insecure| insecure.flag() == Some(true)) {
        report.argument(Some("kubernetes-insecure"), insecure, "the server that keeps the state is not verified", "delete the argument");
    }
    at_rest(report);
}

fn at_rest(report: &mut Report<'_, '_, '_>) {
    if !report.backend.reads_only {
        let message =
            format!("backend `{}` stores the state in clear; whether the disk below is encrypted cannot be seen here", report.backend.kind);
        report.backend(Some("at-rest-unknown"), message, "make sure that its storage is encrypted");
    }
}

fn is_loopback(address: &str) -> bool {
    let host = address.trim_start_matches("http://").trim_start_matches("https://");
    ["localhost", "127.", "[::1]", "::1"].iter().any(|start| host.starts_with(start))
}
