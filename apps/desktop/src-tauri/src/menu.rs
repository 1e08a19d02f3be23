//! The menu, as the server describes it: its words, and what each of its lines does.

use serde::{Deserialize, Serialize};
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu as NativeSubmenu};
use tauri::{AppHandle, Wry};

#[derive(Deserialize, PartialEq)]
pub struct Submenu {
    text: String,
    items: Vec<Item>,
}

#[derive(Deserialize, PartialEq)]
#[serde(untagged)]
enum Item {
    Line {
        text: String,
        key: Option<String>,
        #[serde(flatten)]
        act: Act,
    },
    Separator {},
}

/// What a line of the menu does.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Act {
    /// To a page of the app.
    Go { path: String },
    /// The same in a window of its own.
    Window { path: String },
    /// By this program.
    Do { does: Deed },
    /// By the page, which hears this name.
    Tell { name: String },
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    Print,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    FullScreen,
    Cut,
    Copy,
    Paste,
    SelectAll,
    CloseWindow,
    Quit,
}

impl Act {
    /// Lines are known by what they do.
    pub fn id(&self) -> String {
        serde_json::to_string(self).expect("it is plain data")
    }

    pub fn from_id(id: &str) -> Option<Self> {
        serde_json::from_str(id).ok()
    }
}

/// Builds the menu; each window needs one of its own.
pub fn build(app: &AppHandle, submenus: &[Submenu]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for Submenu { text, items } in submenus {
        let submenu = NativeSubmenu::new(app, text, true)?;
        for item in items {
            submenu.append(&*native_item(app, item)?)?;
        }
        menu.append(&submenu)?;
    }
    Ok(menu)
}

fn native_item(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match item {
        Item::Separator {} => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Line { text, key, act } => {
            Box::new(MenuItem::with_id(app, act.id(), text, true, key.as_deref())?)
        }
    })
}

/// The word for quitting, which the tray has, too.
pub fn quit_word(submenus: &[Submenu]) -> Option<&str> {
    submenus.iter().flat_map(|submenu| &submenu.items).find_map(|item| match item {
        Item::Line { text, act: Act::Do { does: Deed::Quit }, .. } => Some(text.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_menu_that_the_server_describes() {
        let menu: Vec<Submenu> = serde_json::from_str(
            r#"[{"text":"View","items":[
                {"kind":"do","text":"Bigger","key":"CmdOrCtrl+=","does":"zoom-in"},
                {"kind":"separator"},
                {"kind":"go","text":"Bikes","path":"/bikes"}]}]"#,
        )
        .unwrap();
        let acts: Vec<_> = menu[0]
            .items
            .iter()
            .map(|item| match item {
                Item::Line { act, .. } => Some(act),
                Item::Separator {} => None,
            })
            .collect();
        let bikes = Act::Go { path: "/bikes".into() };
        assert_eq!(acts, [Some(&Act::Do { does: Deed::ZoomIn }), None, Some(&bikes)]);
        assert_eq!(Act::from_id(&bikes.id()), Some(bikes));
    }
}
