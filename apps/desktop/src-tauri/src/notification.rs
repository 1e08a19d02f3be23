//! Notifications of the system, whose click leads to a page.

#[cfg(target_os = "linux")]
use std::time::Duration;

use serde::Deserialize;

#[derive(Deserialize, PartialEq)]
pub struct Notice {
    pub title: String,
    pub body: String,
    /// The page of the app that it is about.
    pub path: String,
}

/// What shows notifications may start after us, or anew: it is asked again after these.
#[cfg(target_os = "linux")]
const PAUSES_S: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// Shows it, and calls back when somebody clicks it. A desktop without notifications shows none.
#[cfg(target_os = "linux")]
pub fn show(notice: Notice, clicked: impl FnOnce(String) + Send + 'static) {
    std::thread::spawn(move || {
        let mut pauses = PAUSES_S.into_iter().map(Duration::from_secs);
        let shown = loop {
            match (try_to_show(&notice), pauses.next()) {
                (Ok(shown), _) => break shown,
                (Err(_), Some(pause)) => std::thread::sleep(pause),
                (Err(error), None) => return eprintln!("A notification could not be shown: {error}"),
            }
        };
        // Ends when the notification goes.
        shown.wait_for_action(|action| {
            if action == "default" {
                clicked(notice.path);
            }
        });
    });
}

#[cfg(target_os = "linux")]
fn try_to_show(notice: &Notice) -> notify_rust::error::Result<notify_rust::NotificationHandle> {
    use notify_rust::{Hint, Notification};

    // Most desktops read the text as markup: a `<` of ours must not become any.
    let reads_markup = notify_rust::get_capabilities()?.iter().any(|each| each == "body-markup");
    let body = if reads_markup { escape(&notice.body) } else { notice.body.clone() };
    Notification::new()
        .appname("Amsterdam Bike Fleet")
        .icon("amsterdam-bike-fleet")
        .hint(Hint::DesktopEntry("amsterdam-bike-fleet".into()))
        .summary(&notice.title)
        .body(&body)
        .action("default", "")
        .show()
}

#[cfg(not(target_os = "linux"))]
pub fn show(_notice: Notice, _clicked: impl FnOnce(String) + Send + 'static) {}

#[cfg(target_os = "linux")]
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn text_stays_text_where_markup_is_read() {
        assert_eq!(super::escape("<b>A & B</b>"), "&lt;b&gt;A &amp; B&lt;/b&gt;");
    }
}
