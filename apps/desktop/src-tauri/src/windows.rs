//! The windows: how each is made, and what a page in it may do.

use std::path::{Path, PathBuf};

use tauri::webview::{DownloadEvent, NewWindowFeatures, NewWindowResponse};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry};

use crate::shell::Shell;

pub const MAIN: &str = "main";
pub const NAME: &str = "Amsterdam Bike Fleet";

/// Opens a window; `opened_by` is what is known of the page that asked for it.
pub fn open(
    app: &AppHandle,
    label: &str,
    url: WebviewUrl,
    opened_by: Option<NewWindowFeatures>,
) -> tauri::Result<WebviewWindow> {
    let (navigating, opening, loaded) = (app.clone(), app.clone(), app.clone());
    let mut builder = WebviewWindowBuilder::new(app, label, url)
        .title(NAME)
        .inner_size(1360.0, 860.0)
        .min_inner_size(640.0, 480.0)
        // By this the page knows where it is. It can ask nothing of this program.
        .initialization_script(format!(
            "Object.defineProperty(window, 'fleetDesktop', {{ value: Object.freeze({{ version: '{}' }}) }})",
            env!("CARGO_PKG_VERSION")
        ))
        // Files that are dropped are the page's business.
        .disable_drag_drop_handler()
        .on_document_title_changed(|window, title| {
            let _ = window.set_title(&title);
        })
        .on_navigation(move |url| navigating.state::<Shell>().follow(url))
        .on_new_window(move |url, features| open_for_page(&opening, url, features))
        .on_page_load(move |window, page| loaded.state::<Shell>().page_loaded(&window, page.event()))
        .on_download(|webview, event| {
            match event {
                DownloadEvent::Requested { destination, .. } => {
                    save_at_home(webview.app_handle(), destination)
                }
                DownloadEvent::Finished { path, success, .. } => {
                    let about = serde_json::json!({ "file": path, "isWhole": success });
                    tell_page(webview.app_handle(), webview.window().label(), "download", &about);
                }
                _ => {}
            }
            true
        });
    if let Some(features) = opened_by {
        builder = builder.window_features(features);
    }
    let window = builder.build()?;
    let zoom = app.state::<Shell>().zoom_of(label);
    if zoom != 1.0 {
        window.set_zoom(zoom)?;
    }
    #[cfg(target_os = "linux")]
    window.with_webview(|view| keep_no_other_page(&view.inner()))?;
    Ok(window)
}

/// The splash, and any page that was left, would stay in memory with a process of its own, for a way back that no window
/// of ours has.
#[cfg(target_os = "linux")]
fn keep_no_other_page(view: &webkit2gtk::WebView) {
    use webkit2gtk::{CacheModel, SettingsExt, WebContextExt, WebViewExt};
    if let Some(context) = WebViewExt::context(view) {
        context.set_cache_model(CacheModel::DocumentViewer);
    }
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_page_cache(false);
    }
}

/// Does what a menu's "Edit" means, where the focus is in this window.
pub fn edit(window: &WebviewWindow, command: &'static str) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    return window.with_webview(move |view| {
        webkit2gtk::WebViewExt::execute_editing_command(&view.inner(), command);
    });
    #[cfg(not(target_os = "linux"))]
    window.eval(format!("document.execCommand('{command}')"))
}

/// The folder for downloads, and a name that is free there, are chosen already, unless this account has named no folder:
/// then the usual one.
fn save_at_home(app: &AppHandle, destination: &mut PathBuf) {
    let (Err(_), Ok(home)) = (app.path().download_dir(), app.path().home_dir()) else { return };
    let Some(name) = destination.file_name().map(PathBuf::from) else { return };
    let folder = home.join("Downloads");
    let _ = std::fs::create_dir_all(&folder);
    *destination = free_path(&folder, &name);
}

fn free_path(folder: &Path, name: &Path) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let dot = name.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    std::iter::once(folder.join(name))
        .chain((1..).map(|number| folder.join(format!("{stem} ({number}){dot}"))))
        .find(|path| !path.exists())
        .expect("numbers do not end")
}

/// A page that asks for a window gets a real one for the app itself; the browser shows everything else.
fn open_for_page(app: &AppHandle, url: Url, features: NewWindowFeatures) -> NewWindowResponse<Wry> {
    let shell = app.state::<Shell>();
    if !shell.follow(&url) {
        return NewWindowResponse::Deny;
    }
    match open(app, &free_label(app), WebviewUrl::External(url), Some(features)) {
        Ok(window) => {
            shell.dress(&window);
            NewWindowResponse::Create { window }
        }
        Err(_) => NewWindowResponse::Deny,
    }
}

/// The first that no window has: the second window of today opens where that of yesterday was.
pub fn free_label(app: &AppHandle) -> String {
    (2..)
        .map(|number| format!("window-{number}"))
        .find(|label| app.get_webview_window(label).is_none())
        .expect("numbers do not end")
}

/// The page hears an event `fleet-desktop` with this name and what there is to know.
pub fn tell_page(app: &AppHandle, label: &str, name: &str, detail: &serde_json::Value) {
    if let Some(window) = app.get_webview_window(label) {
        let event = serde_json::json!({ "detail": { "name": name, "about": detail } });
        let _ = window.eval(format!("window.dispatchEvent(new CustomEvent('fleet-desktop', {event}))"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_takes_the_name_of_a_file_that_is_there() {
        let folder = std::env::temp_dir().join(format!("fleet-downloads-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["a.tar.gz", "a.tar (1).gz", "a.tar (2).gz", "plain", "plain (1)"] {
            let wanted = if name.starts_with('a') { Path::new("a.tar.gz") } else { Path::new("plain") };
            let free = free_path(&folder, wanted);
            assert_eq!(free, folder.join(name));
            std::fs::write(free, "").unwrap();
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
