//! Values that commands give names to, and scripts they hand on.

use super::*;

#[test]
fn invocations() {
    let name = |text: &str| {
        let script = parse(text, Dialect::Posix, &[]);
        let invocation = script.invocation(&script.commands[0]);
        invocation.map(|it| format!("{} {}", it.name, it.args.len())).unwrap_or_default()
    };
    assert_eq!(name("sudo -E -u root env X=1 /usr/bin/curl -s x"), "curl 2");
    assert_eq!(name("timeout 5m echo a"), "echo 1");
    assert_eq!(name("doas -u x stdbuf -o L xvfb-run -a busybox echo a"), "echo 1");
    assert_eq!(name("X=1"), "");
    assert_eq!(name("sudo"), "sudo 0");
    assert_eq!(name("$CMD a"), " 1");
    assert_eq!(name("for x in a"), "");
}

#[test]
fn named_values() {
    let named = |text: &str| {
        let script = parse(text, Dialect::Posix, &[]);
        let all = literals(&script);
        let all = all.iter().map(|it| format!("{}={}", it.name, word_text(&script, &it.value)));
        all.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(named("X=a; export Y='b c'"), "X=a Y=b·c");
    assert_eq!(named("PGPASSWORD=x psql -h y"), "PGPASSWORD=x");
    assert_eq!(named("tool --password=p\"$q\" --token t -v --x"), "password=p<q> token=t");
    assert_eq!(named("docker login -u me -p pw r.io"), "password=pw");
    assert_eq!(named("docker run -p 80:80 x"), "");
    assert_eq!(named("mysql -uroot -ppw db"), "password=pw");
    assert_eq!(named("mysql -p\"$P\" db"), "password=<P>");
    assert_eq!(named("curl -u me:pw -H 'Authorization: Bearer tok' u"), "password=pw Authorization=tok");
    assert_eq!(named("curl -H \"X-Api-Key: $K\" u"), "X-Api-Key=<K>");
    assert_eq!(named("redis-cli -a pw; redis-server --requirepass pw2"), "password=pw requirepass=pw2");
    assert_eq!(named("kubectl create secret generic s --from-literal=password=pw"), "password=pw");
    assert_eq!(named("terraform apply -var 'db_password=pw'"), "var=db_password=pw db_password=pw");
    assert_eq!(named("openssl req -passin pass:pw -passout env:X"), "password=pw");
    assert_eq!(named("aws configure set aws_secret_access_key abc"), "aws_secret_access_key=abc");
    assert_eq!(named("echo pw | docker login -u x --password-stdin"), "password=pw");
    assert_eq!(named("docker login --password-stdin <<< pw"), "password=pw");
    assert_eq!(named("echo pw | docker login --password-stdin registry7"), "password=pw");
    assert_eq!(named("curl 'https://h/?token=x' a==b"), "");
    assert_eq!(named("if [ \"$x\" = y ]; then a; fi"), "");
}

#[test]
fn tools_that_take_a_secret_without_a_name() {
    let named = |text: &str| {
        let script = parse(text, Dialect::Posix, &[]);
        let all = literals(&script);
        let known = |it: &&Named<'_>| matches!(&*it.name, "password" | "passphrase" | "secret" | "secret_key" | "token");
        let all = all.iter().filter(known).map(|it| format!("{}={}", it.name, word_text(&script, &it.value)));
        all.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(named("sqlcmd -U sa -P pw; sqlcmd -U sa '-Ppw'; sqlcmd -P=\"$X\""), "password=pw password=pw password=<X>");
    assert_eq!(named("mysql -u root -p db; mongo -p pw; mongo -ppw"), "password=pw password=pw");
    assert_eq!(named("mc alias set s3 http://m:9000 key pw; mc alias set s3 u k pw --api x; mc ls s3"), "secret_key=pw secret_key=pw");
    assert_eq!(named("htpasswd -bc file me pw; htpasswd -nb me pw; htpasswd -c file me"), "password=pw password=pw");
    assert_eq!(named("openssl enc -aes256 -k pw -in f; openssl passwd -6 pw; openssl passwd -6 -salt abc"), "passphrase=pw password=pw");
    assert_eq!(named("echo me:pw | sudo chpasswd; chpasswd <<< \"me:$X\"; cat f | chpasswd"), "password=pw password=<X>");
    assert_eq!(named("echo pw | sudo -S apt update; echo a | sudo tee f; echo -e 'pw\\npw' | passwd"), "password=pw password=pw");
    assert_eq!(named("echo d | openssl enc -pass pass:pw; echo pw | openssl enc -pass stdin"), "password=pw passphrase=pw");
    assert_eq!(named("curl -u :pw h; curl -ume:pw h"), "password=pw password=pw");
    assert_eq!(named("vault login pw; vault login -method=userpass username=u password=pw"), "token=pw password=pw");
    assert_eq!(
        named("sqlplus -s sys/pw@//db/x; sqlplus /nolog; smbclient //h/s -U me%pw; lftp -u me,pw h"),
        "password=pw password=pw password=pw"
    );
    assert_eq!(named("az keyvault secret set --vault-name v --name n --value pw"), "secret=pw");
    assert_eq!(
        named("aws ssm put-parameter --name n --type SecureString --value pw; aws ssm put-parameter --name n --value v"),
        "secret=pw"
    );
    assert_eq!(named("docker exec -it -u 0 db mysql -uroot -ppw; kubectl exec -n x pod -- redis-cli -a pw"), "password=pw password=pw");
    assert_eq!(named("docker login -ppw r; docker run -p 80:80 helm; oc get -p x"), "password=pw");
}

#[test]
fn many_options_cost_little() {
    let script = format!("sqlcmd {}", "-P x ".repeat(100_000));
    assert_eq!(literals(&parse(&script, Dialect::Posix, &[])).len(), 100_000);
    let script = "sh -c 'a b'\n".repeat(50_000);
    assert_eq!(handed_on(&parse(&script, Dialect::Posix, &[])).len(), 50_000);
}

#[test]
fn scripts_are_handed_to_other_shells() {
    let handed = |text: &str| {
        let script = parse(text, Dialect::Posix, &[]);
        handed_on(&script).iter().map(|span| text[span.range()].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(handed("bash -ec 'a b' _; docker exec c sh -c \"d e\"; ssh -p 1 h 'f g'"), ["a b", "d e", "f g"]);
    assert_eq!(handed("eval \"a b\"; su - me -c 'c d'; xargs sh -c 'e' < f; eval a b; ssh h; grep -c x"), ["a b", "c d", "e"]);
}

#[test]
fn arguments_with_a_grammar_of_their_own() {
    let named = |text: &str| {
        let script = parse(text, Dialect::Posix, &[]);
        let all = literals(&script);
        let all = all.iter().map(|it| format!("{}={}", it.name, word_text(&script, &it.value)));
        all.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(named("sed -i 's/__DB_PASSWORD__/pw/; s|@TOKEN@|tok|g' f"), "DB_PASSWORD=pw TOKEN=tok");
    assert_eq!(named(r"sed -e 's#{{ password }}#a\#b#' -e 's/^password=.*/password=pw/' f"), "password=a\\#b password=pw");
    assert_eq!(named("sed 's/password/word/' f; sed 's/^password/x/; s/.*token./x/' f; sed \"s/@P@/$P/\"; sed 's/a' f"), "");
    assert_eq!(
        named(r"net use X: \\\\h\\s pw /user:me /persistent:no; net use '\\h\s' /user:d\\me pw; net use X: /delete"),
        "password=pw password=pw"
    );
    assert_eq!(named("printf 'h:5432:*:u:pw\\n' > ~/.pgpass; echo h:1:d:u:pw >> .pgpass"), "password=pw password=pw");
    assert_eq!(named("echo '{\"key\": \"k\"}' > kaggle.json; echo '{x}'; echo x > y"), "={\"key\":·\"k\"}");
}
