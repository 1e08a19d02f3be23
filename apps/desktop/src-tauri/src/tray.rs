//! The icon in the system's tray: how the fleet is, at a glance.

use serde::Deserialize;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use crate::menu::{Act, Deed};

#[derive(Clone, Deserialize, PartialEq)]
pub struct FleetState {
    pub text: String,
    pub urgent: bool,
}

pub struct Tray {
    icon: TrayIcon,
    line: MenuItem<Wry>,
    shown: FleetState,
}

/// What a click on the first line does: the window comes forward as it is.
pub const OPEN: &str = "open";

const CALM: Image<'_> = tauri::include_image!("icons/32x32.png");
const URGENT: Image<'_> = tauri::include_image!("icons/tray-urgent.png");

impl Tray {
    /// `None` where the system has no tray that this program could use.
    pub fn new(app: &AppHandle, state: FleetState, quit: &str) -> Option<Self> {
        if !has_tray() {
            return None;
        }
        let build = || {
            let line = MenuItem::with_id(app, OPEN, &state.text, true, None::<&str>)?;
            let quit = MenuItem::with_id(app, Act::Do { does: Deed::Quit }.id(), quit, true, None::<&str>)?;
            let menu = Menu::with_items(app, &[&line, &quit])?;
            let icon =
                TrayIconBuilder::new().icon(icon_of(&state)).tooltip(&state.text).menu(&menu).build(app)?;
            tauri::Result::Ok((icon, line))
        };
        let (icon, line) = build().ok()?;
        Some(Self { icon, line, shown: state })
    }

    pub fn into_state(self) -> FleetState {
        self.shown
    }

    pub fn show(&mut self, state: FleetState) {
        if state.text != self.shown.text {
            let _ = self.line.set_text(&state.text);
            let _ = self.icon.set_tooltip(Some(&state.text));
        }
        if state.urgent != self.shown.urgent {
            let _ = self.icon.set_icon(Some(icon_of(&state)));
        }
        self.shown = state;
    }
}

fn icon_of(state: &FleetState) -> Image<'static> {
    if state.urgent { URGENT } else { CALM }
}

/// On Linux the tray is a library of the system, and asking for one that is not installed would end the program.
fn has_tray() -> bool {
    #[cfg(target_os = "linux")]
    return ["libayatana-appindicator3.so.1", "libappindicator3.so.1"]
        .iter()
        // SAFETY: it has no initialization of its own, and it is the library that is loaded next anyway.
        .any(|name| unsafe { libloading::Library::new(name) }.is_ok());
    #[cfg(not(target_os = "linux"))]
    true
}
