//! Lines as the reader takes them.

use super::*;

fn expect(text: &str, expected: &[(&str, &str)]) {
    let pairs = read(text);
    let found: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.name, &text[pair.value.clone()])).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_usual_lines_are_read() {
    expect("A=b\nexport C='d e'\nF = \"g\" # h\ni: j  # k\n", &[("A", "b"), ("C", "d e"), ("F", "g"), ("i", "j")]);
    expect("  \"key\": \"value\",\n", &[("key", "value")]);
    expect("- POSTGRES_PASSWORD=x y\n", &[("POSTGRES_PASSWORD", "x y")]);
    expect("<password>pw</password>", &[("password", "pw")]);
    expect("<add key=\"apiKey\" value=\"v\"/>", &[("apiKey", "v")]);
    expect("//registry.npmjs.org/:_authToken=tok", &[("_authToken", "tok")]);
    expect("image:tag\nhost:80\nhttp://x/y=z\n", &[]);
    expect("password:x#1\n", &[("password", "x#1")]);
    expect("pass: a#b\nPass@5: 1\n", &[("pass", "a#b")]);
    expect("empty:\nblock: |\n  text\n", &[]);
}

#[test]
fn names_come_from_siblings_and_parents() {
    expect("- name: DB_PASSWORD\n  value: pw\n", &[("name", "DB_PASSWORD"), ("DB_PASSWORD", "pw")]);
    expect("- value: pw\n  name: DB_PASSWORD\n", &[("DB_PASSWORD", "pw"), ("name", "DB_PASSWORD")]);
    expect("tags:\n  - value: pw\n    # of the database\n    name: DB_PASSWORD\n", &[("DB_PASSWORD", "pw"), ("name", "DB_PASSWORD")]);
    expect("- name: A\n- value: pw\n- name: B\n", &[("name", "A"), ("value", "pw"), ("name", "B")]);
    expect("password:\n  default: pw\n", &[("password", "pw")]);
    let pairs = read("db:\n  auth:\n    password: x\n");
    assert_eq!(pairs.path(&pairs.list[0]).shown, "db.auth.password");
}

#[test]
fn commands_hold_assignments_and_options() {
    expect("- run: PGPASSWORD=pw psql\n", &[("run", "PGPASSWORD=pw psql"), ("PGPASSWORD", "pw")]);
    expect("run --db-password pw --token='t'\n", &[("db-password", "pw"), ("token", "t")]);
    expect("goveralls -repotoken tok\n", &[("repotoken", "tok")]);
    expect("docker run -e MYSQL_PASSWORD=pw x\n", &[("MYSQL_PASSWORD", "pw")]);
}

#[test]
fn values_behind_a_blank_are_read_where_they_are_no_prose() {
    expect("requirepass x7hT2pq\nmasterauth \"x7hT2pq\"\n", &[("requirepass", "x7hT2pq"), ("masterauth", "x7hT2pq")]);
    expect("AuthLDAPBindPassword s3cr3tly\n", &[("AuthLDAPBindPassword", "s3cr3tly")]);
    expect("machine host.io login me password pw account a\n", &[("password", "pw")]);
    expect("# requirepass foobared1\n", &[]);
    expect("password reset\nPassword 2 of 3\npassword is x7hT2pq\nport 6379x1\n", &[]);
}

#[test]
fn password_files_are_read() {
    expect(
        "db.io:5432:app:app:pw x\n*:*:*:me:a:b\nlocalhost:5432:a:a:\\:x\n",
        &[("password", "pw x"), ("password", "a:b"), ("password", "\\:x")],
    );
    expect("#db:5432:app:app:pw\n12:30:45:10:20\nfe80:00:00:00:1\nroot:x:0:0:root\n80:80:80:80\n", &[]);
    expect("; users\n\"app\" \"pw 1\"\n\"b\"  \"pw2\"\n", &[("password", "pw 1"), ("password", "pw2")]);
    expect("\"app\" \"pw\"\nmap x\n", &[]);
}

#[test]
fn directives_of_servers_are_read() {
    expect("sentinel auth-pass mymaster x7hT2pq\nsentinel auth-pass x7hT2pq\n", &[("auth-pass", "x7hT2pq")]);
    expect("user worker on >x7hT2pq ~jobs:* +@all\nuser nobody on nopass\n", &[("password", "x7hT2pq")]);
    expect("SetEnv DB_PASSWORD x7hT2pq\nfastcgi_param API_SECRET 'x7hT2pq';\n", &[("DB_PASSWORD", "x7hT2pq"), ("API_SECRET", "x7hT2pq")]);
    expect("proxy_set_header Host $host;\nSetEnv DB_PASSWORD of x7hT2pq\n", &[]);
}

#[test]
fn calls_and_inline_tables_are_read() {
    expect("define('DB_PASSWORD', 'pw');\ndefine( \"A\", 1 );\n", &[("DB_PASSWORD", "pw")]);
    expect("rails['smtp_password'] = \"pw\"\nrails['x'] = true\n", &[("smtp_password", "pw")]);
    expect(
        "pool = { max = 5, password = \"a, b\" }\n",
        &[("pool", "{ max = 5, password = \"a, b\" }"), ("max", "5"), ("password", "a, b")],
    );
    expect("tokens = [\"a\", 'b']\n", &[("tokens", "[\"a\", 'b']"), ("tokens", "a"), ("tokens", "b")]);
    expect("passwd = `#a;b`\n", &[("passwd", "#a;b")]);
    expect("<a><b>c</b><password>pw</password></a>", &[("b", "c"), ("password", "pw")]);
    expect("<name>password</name><value>pw</value>", &[("name", "password"), ("password", "pw")]);
    expect("<name>password</name>\n<value>pw</value>\n<value>x</value>", &[("name", "password"), ("password", "pw"), ("value", "x")]);
    expect("user me insecure-password pw\nstats auth me:pw\n", &[("password", "pw"), ("password", "pw")]);
}

#[test]
fn hostile_lines_cost_little() {
    let text = format!("{}\n{}", "a:b@".repeat(100_000), "\"=".repeat(100_000));
    read(&text);
    read(&"- ".repeat(200_000));
    read(&"<a>b</a>".repeat(100_000));
    read(&format!("<a {}>", "b=\"c\" ".repeat(100_000)));
    read(&format!("k = [{}]", "\"a\", {".repeat(100_000)));
    read(&"a:\n".repeat(100_000));
    read(&(0..5_000).map(|n| format!("{}k:\n", " ".repeat(n % 500))).collect::<String>());
}
