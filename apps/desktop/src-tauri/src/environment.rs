//! Settings of the environment are for the server alone. The browser, the viewer of the log and WebKit's own processes need
//! none of them, least of all the database's password.

use std::ffi::OsString;

#[derive(Clone, Debug, PartialEq)]
pub struct Settings(Vec<(OsString, OsString)>);

impl Settings {
    /// Takes them out of this program's environment, which everything that it starts inherits.
    ///
    /// # Safety
    ///
    /// No other thread may run yet.
    pub unsafe fn take() -> Self {
        let taken = Self::among(std::env::vars_os());
        for (name, _) in &taken.0 {
            // SAFETY: as our caller promises.
            unsafe { std::env::remove_var(name) };
        }
        taken
    }

    pub fn among(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        Self(variables.filter(|(name, _)| is_setting(&name.to_string_lossy())).collect())
    }

    /// `None` also for one that is no text.
    pub fn get(&self, name: &str) -> Option<String> {
        self.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.clone().into_string().ok())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

fn is_setting(name: &str) -> bool {
    name.starts_with("PG") || name.starts_with("FLEET_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_for_the_server_and_nothing_else() {
        let all = ["PATH", "PG_PASSWORD", "PGSSLMODE", "FLEET_DB", "FLEETING", "DISPLAY"];
        let settings = Settings::among(all.into_iter().map(|name| (name.into(), "value".into())));
        let names: Vec<_> = settings.iter().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(names, ["PG_PASSWORD", "PGSSLMODE", "FLEET_DB"]);
        assert_eq!(settings.get("FLEET_DB"), Some("value".into()));
        assert_eq!(settings.get("PATH"), None);
    }
}
