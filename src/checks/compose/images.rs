//! What images make of their variables: which they also read from a file, and which set the password of the server itself.

use crate::formats::compose::Service;

/// Variables that an image also reads from a file, with what is appended to the name. `*` stands for any ending.
struct Files {
    image: &'static str,
    suffix: &'static str,
    variables: &'static [&'static str],
}

/// From the images' own documentation on Docker Hub. The list is per variable: a `_FILE` that the image does not know is an
/// empty password. Redis, RabbitMQ, Keycloak, Vault, Memcached and Ghost read none.
const FILES: &[Files] = &[
    Files { image: "postgres", suffix: "_FILE", variables: &["POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"] },
    Files {
        image: "mysql",
        suffix: "_FILE",
        variables: &["MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_HOST", "MYSQL_DATABASE", "MYSQL_USER", "MYSQL_PASSWORD"],
    },
    Files { image: "mariadb", suffix: "_FILE", variables: &["MARIADB_*", "MYSQL_*"] },
    Files { image: "mongo", suffix: "_FILE", variables: &["MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"] },
    Files {
        image: "wordpress",
        suffix: "_FILE",
        variables: &["WORDPRESS_DB_*", "WORDPRESS_AUTH_*", "WORDPRESS_SECURE_AUTH_*", "WORDPRESS_LOGGED_IN_*", "WORDPRESS_NONCE_*"],
    },
    Files {
        image: "nextcloud",
        suffix: "_FILE",
        variables: &[
            "NEXTCLOUD_ADMIN_USER",
            "NEXTCLOUD_ADMIN_PASSWORD",
            "MYSQL_DATABASE",
            "MYSQL_USER",
            "MYSQL_PASSWORD",
            "POSTGRES_DB",
            "POSTGRES_USER",
            "POSTGRES_PASSWORD",
            "REDIS_HOST_PASSWORD",
            "SMTP_PASSWORD",
            "OBJECTSTORE_S3_KEY",
            "OBJECTSTORE_S3_SECRET",
        ],
    },
    Files { image: "joomla", suffix: "_FILE", variables: &["JOOMLA_DB_*"] },
    Files { image: "redmine", suffix: "_FILE", variables: &["REDMINE_DB_*", "REDMINE_SECRET_KEY_BASE"] },
    Files { image: "elasticsearch", suffix: "_FILE", variables: &["ELASTIC_PASSWORD"] },
    Files { image: "grafana", suffix: "__FILE", variables: &["GF_*"] },
    Files { image: "gitea", suffix: "__FILE", variables: &["GITEA__*"] },
    Files { image: "influxdb", suffix: "_FILE", variables: &["DOCKER_INFLUXDB_INIT_*"] },
];

/// How the variables begin that set the password of the server in the image itself, not of one it connects to.
const SERVERS: &[(&str, &[&str])] = &[
    ("postgres", &["POSTGRES_"]),
    ("postgis", &["POSTGRES_"]),
    ("timescaledb", &["POSTGRES_"]),
    ("pgvector", &["POSTGRES_"]),
    ("mysql", &["MYSQL_"]),
    ("percona", &["MYSQL_"]),
    ("mariadb", &["MYSQL_", "MARIADB_"]),
    ("mongo", &["MONGO_INITDB_", "MONGODB_"]),
    ("mssql", &["SA_PASSWORD", "MSSQL_"]),
    ("sql-edge", &["SA_PASSWORD", "MSSQL_"]),
    ("rabbitmq", &["RABBITMQ_"]),
    ("minio", &["MINIO_"]),
    ("keycloak", &["KEYCLOAK_", "KC_"]),
    ("grafana", &["GF_SECURITY_"]),
    ("elasticsearch", &["ELASTIC_"]),
    ("opensearch", &["OPENSEARCH_INITIAL_"]),
    ("pgadmin", &["PGADMIN_"]),
    ("couchdb", &["COUCHDB_"]),
    ("neo4j", &["NEO4J_"]),
    ("influxdb", &["DOCKER_INFLUXDB_INIT_", "INFLUXDB_"]),
    ("redis", &["REDIS_"]),
    ("clickhouse", &["CLICKHOUSE_"]),
    ("nextcloud", &["NEXTCLOUD_ADMIN_"]),
    ("oracle", &["ORACLE_"]),
];

/// The variable under which the service's image reads the same from a file.
pub(super) fn file_variable(service: &Service<'_>, variable: &str) -> Option<String> {
    let image = service.image_name()?;
    let files = FILES.iter().find(|files| image == files.image)?;
    let known = files.variables.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => variable.starts_with(start),
        None => variable == *pattern,
    });
    known.then(|| format!("{variable}{}", files.suffix))
}

/// Whether the variable sets a password of the server that the service runs.
pub(super) fn is_of_server(service: &Service<'_>, variable: &str) -> bool {
    let Some(image) = service.image().map(str::to_ascii_lowercase) else { return false };
    SERVERS.iter().any(|(word, starts)| image.contains(word) && starts.iter().any(|start| variable.starts_with(start)))
}
