//! The database's password in the system's keyring. A keyring that is locked asks a person first, who may be away, and one
//! that hangs never answers: no answer waits for longer than `PATIENCE`. Never call it where the window is drawn.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// After this the window says what is waited for.
const SOON: Duration = Duration::from_secs(2);
/// Enough to type the password of the keyring. Then the app goes on without.
const PATIENCE: Duration = Duration::from_secs(30);

/// `None` when none is kept, or this computer has no keyring that can be used, or it did not answer in time.
///
/// `waits` is called when somebody may have to unlock it.
pub fn read_password(waits: impl FnOnce()) -> Option<String> {
    within(SOON, PATIENCE, waits, || system::entry()?.get_password().ok()).flatten()
}

/// Whether it is kept, or, for `None`, forgotten.
pub fn keep_password(password: Option<String>) -> bool {
    let keep = move || {
        let Some(entry) = system::entry() else { return false };
        match password {
            Some(password) => entry.set_password(&password).is_ok(),
            None => matches!(entry.delete_credential(), Ok(()) | Err(keyring_core::Error::NoEntry)),
        }
    };
    within(SOON, PATIENCE, || (), keep).unwrap_or(false)
}

/// What `ask` answers; `None` when that takes too long. It is left behind then: nothing can call it off.
fn within<T: Send + 'static>(
    soon: Duration,
    patience: Duration,
    waits: impl FnOnce(),
    ask: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, answer) = channel();
    std::thread::spawn(move || {
        let _ = sender.send(ask());
    });
    match answer.recv_timeout(soon) {
        Ok(value) => return Some(value),
        Err(RecvTimeoutError::Disconnected) => return None,
        Err(RecvTimeoutError::Timeout) => waits(),
    }
    let value = answer.recv_timeout(patience.saturating_sub(soon)).ok();
    if value.is_none() {
        eprintln!("The keyring of this system did not answer within {} s.", patience.as_secs());
    }
    value
}

#[cfg(target_os = "linux")]
mod system {
    use zbus_secret_service_keyring_store::Store;

    /// The Secret Service of the desktop: GNOME's keyring, KWallet, KeePassXC.
    pub fn entry() -> Option<keyring_core::Entry> {
        let store: std::sync::Arc<keyring_core::CredentialStore> = Store::new().ok()?;
        store.build("amsterdam-bike-fleet", "database", None).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// Not tried on other systems yet: there the password is asked for at each start.
    pub fn entry() -> Option<keyring_core::Entry> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn answers_at_once_when_the_keyring_does() {
        assert_eq!(within(LONG, LONG, || panic!("nobody waits"), || 7), Some(7));
    }

    #[test]
    fn says_that_it_waits_and_takes_an_answer_that_comes_then() {
        let (unlock, locked) = channel();
        let waits = move || unlock.send(7).unwrap();
        assert_eq!(within(Duration::ZERO, LONG, waits, move || locked.recv().unwrap()), Some(7));
    }

    #[test]
    fn goes_on_without_a_keyring_that_never_answers() {
        let (_never, locked) = channel::<u8>();
        let moment = Duration::from_millis(1);
        assert_eq!(within(Duration::ZERO, moment, || (), move || locked.recv()), None);
    }
}
