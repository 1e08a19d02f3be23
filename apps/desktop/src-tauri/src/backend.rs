//! Which database this build may use. Everything else about the database is the server's business.

use crate::problem::Problem;

#[cfg(all(feature = "sqlite", feature = "postgres"))]
compile_error!(
    "The features `sqlite` and `postgres` exclude each other: a build for the cluster must not be able to fall back to \
     a file on this computer. Build for the cluster with: cargo build --release --no-default-features --features postgres"
);

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!(
    "Choose a database: `cargo build --release` for SQLite, or add --features postgres for the cluster only."
);

/// What the cluster-only build asks for, with an example of each.
const CLUSTER_SETTINGS: [(&str, &str); 3] =
    [("PG_HOST", "10.0.0.100"), ("PG_USER", "fleet_app"), ("PG_DATABASE", "bike_fleet")];

/// Says what to set when a cluster-only build was not told where the cluster is. The server then asks for it: this build
/// never takes a local file.
pub fn check_backend(setting: impl Fn(&str) -> Option<String>, has_settings: bool) -> Result<(), Problem> {
    if cfg!(feature = "postgres") && !has_settings { check_cluster_settings(setting) } else { Ok(()) }
}

fn check_cluster_settings(setting: impl Fn(&str) -> Option<String>) -> Result<(), Problem> {
    let is_set = |name: &str| setting(name).is_some_and(|value| !value.is_empty());
    if is_set("PG_HOST") {
        return Ok(());
    }
    let exports: Vec<String> = CLUSTER_SETTINGS
        .iter()
        .filter(|(name, _)| !is_set(name))
        .map(|(name, example)| format!("export {name}={example}"))
        .collect();
    Err(Problem::new(
        "This app works on the cluster only, and PG_HOST does not say where that is.",
        format!(
            "Set what is missing, with the values of your cluster, and start again:\n{}",
            exports.join("\n")
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_exactly_what_is_not_set() {
        let none = check_cluster_settings(|_| None).unwrap_err();
        assert!(none.fix.ends_with(
            "\nexport PG_HOST=10.0.0.100\nexport PG_USER=fleet_app\nexport PG_DATABASE=bike_fleet"
        ));
        let some = check_cluster_settings(|name| match name {
            "PG_HOST" => Some(String::new()),
            "PG_USER" => Some("eva".into()),
            _ => None,
        });
        assert!(
            some.unwrap_err().fix.ends_with("\nexport PG_HOST=10.0.0.100\nexport PG_DATABASE=bike_fleet")
        );
    }

    #[test]
    fn leaves_the_rest_to_the_server_once_the_cluster_is_named() {
        let named = |name: &str| (name == "PG_HOST").then(|| "10.0.0.100".to_owned());
        assert_eq!(check_cluster_settings(named), Ok(()));
    }

    #[test]
    fn asks_for_nothing_unless_it_is_built_for_the_cluster_only() {
        assert_eq!(check_backend(|_| None, false).is_ok(), cfg!(feature = "sqlite"));
        assert!(check_backend(|_| None, true).is_ok());
    }
}
