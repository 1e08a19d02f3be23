//! What the server asks of this program by lines of JSON, and how it is answered.

use std::io::Write;
use std::process::ChildStdin;
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use crate::menu::Submenu;
use crate::notification::Notice;
use crate::problem::Problem;
use crate::tray::FleetState;

/// One line of the server's standard output.
#[derive(Deserialize, PartialEq)]
#[serde(untagged)]
pub enum Line {
    Said(Message),
    Failed { error: Problem },
}

#[derive(Deserialize, PartialEq)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Message {
    Ready { url: String },
    ReadPassword { id: u64 },
    KeepPassword { id: u64, password: Option<String> },
    Notify(Notice),
    ShowState(FleetState),
    ShowMenu { menu: Vec<Submenu> },
}

/// The server's standard input. Its end tells the server to stop; the system closes it for us if we die.
#[derive(Clone)]
pub struct Answers(Arc<Mutex<Option<ChildStdin>>>);

impl Answers {
    pub fn new(stdin: Option<ChildStdin>) -> Self {
        Self(Arc::new(Mutex::new(stdin)))
    }

    pub fn write(&self, line: &serde_json::Value) {
        if let Some(stdin) = &mut *self.0.lock().expect("no holder panics") {
            // A server that died has closed it; that it ended is told by its standard output.
            let _ = writeln!(stdin, "{line}");
        }
    }

    pub fn close(&self) {
        *self.0.lock().expect("no holder panics") = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Line> {
        serde_json::from_str(line).ok()
    }

    #[test]
    fn understands_what_the_server_says() {
        let ready = r#"{"event":"ready","url":"http://127.0.0.1:8484","osmandUrl":null,"signInLink":"x"}"#;
        assert!(read(ready) == Some(Line::Said(Message::Ready { url: "http://127.0.0.1:8484".into() })));
        let failed = r#"{"error":{"code":"address_in_use","message":"Taken.","fix":"Free it."}}"#;
        assert!(read(failed) == Some(Line::Failed { error: Problem::new("Taken.", "Free it.") }));
        let forget = r#"{"event":"keep-password","id":2,"password":null}"#;
        assert!(read(forget) == Some(Line::Said(Message::KeepPassword { id: 2, password: None })));
        let state = r#"{"event":"show-state","text":"12 out","urgent":true}"#;
        let shown = FleetState { text: "12 out".into(), urgent: true };
        assert!(read(state) == Some(Line::Said(Message::ShowState(shown))));
    }

    #[test]
    fn passes_over_what_it_does_not_know() {
        for line in ["", "warning: no JSON", r#"{"event":"later"}"#, r#"{"event":"show-state"}"#] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
