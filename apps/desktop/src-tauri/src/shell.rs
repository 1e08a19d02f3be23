//! The windows and the server behind them: what is shown when, and what ends with what.

use std::path::PathBuf;
use std::sync::Mutex;

use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow};

use crate::backend::check_backend;
use crate::channel::{Answers, Message};
use crate::environment::Settings;
use crate::installation::find_installation;
use crate::menu::{Act, Deed, Submenu};
use crate::navigation::{Target, deep_link, own_page, target_of};
use crate::problem::Problem;
use crate::server_process::Launcher;
use crate::supervisor::{News, Supervisor};
use crate::tray::{FleetState, OPEN, Tray};
use crate::windows::{self, MAIN, NAME};
use crate::zoom::Zooms;
use crate::{keyring, menu, notification};

/// A log that is longer is set aside at the next start.
const LONG_LOG_BYTES: u64 = 8 * 1024 * 1024;

/// What the person chose, in the folder for the app's configuration.
const SETTINGS: &str = "settings.json";

/// How large each window shows its pages, in the folder for the app's data.
const ZOOMS: &str = "zoom.json";

/// Everything but the keyring is done on the main thread, which alone may touch windows.
pub struct Shell {
    app: AppHandle,
    settings: Settings,
    token: String,
    supervisor: Mutex<Option<Supervisor>>,
    view: Mutex<View>,
    menu: Mutex<Vec<Submenu>>,
    tray: Mutex<Option<Tray>>,
    zooms: Mutex<Zooms>,
}

#[derive(Default)]
struct View {
    /// Where the server is; it keeps this address when it is started again, if it can.
    server: Option<Url>,
    shown: Shown,
    /// Nothing answers at that address at the moment.
    is_away: bool,
    /// The page that was asked for before there was any.
    wanted: Option<String>,
}

/// What the main window shows, or would if it were open.
#[derive(Default)]
enum Shown {
    #[default]
    Splash,
    App,
    /// The page that says why the app cannot run.
    Failure(Url),
}

impl View {
    /// Whether one of the app's pages can be opened there: not while it asks where the data is.
    fn is_app(&self, url: &Url) -> bool {
        let asks = url.fragment().is_some_and(|page| page.starts_with("/start"));
        !asks && self.server.as_ref().is_some_and(|server| server.origin() == url.origin())
    }
}

impl Shell {
    pub fn new(app: &AppHandle, settings: Settings) -> Result<Self, String> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
        Ok(Self {
            app: app.clone(),
            settings,
            token: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
            supervisor: Mutex::default(),
            view: Mutex::default(),
            menu: Mutex::default(),
            tray: Mutex::default(),
            zooms: Mutex::new(Zooms::open(app.path().app_data_dir().ok().map(|folder| folder.join(ZOOMS)))),
        })
    }

    /// Opens the window on the splash and starts the server.
    pub fn open(&self, arguments: &[String]) -> tauri::Result<()> {
        self.view.lock().expect("no holder panics").wanted =
            arguments.iter().find_map(|each| deep_link(each));
        windows::open(&self.app, MAIN, WebviewUrl::App("index.html".into()), None)?;
        let settings = self.app.path().app_config_dir()?.join(SETTINGS);
        if let Err(problem) = check_backend(|name| self.settings.get(name), settings.exists()) {
            // For whoever started it on a terminal. In the window, the server asks the same.
            eprintln!("{}\n{}", problem.message, problem.fix);
        }
        self.start_server();
        Ok(())
    }

    /// For somebody who started the app once more, with a link or without.
    pub fn start_again(&self, arguments: &[String]) {
        match arguments.iter().find_map(|each| deep_link(each)) {
            Some(path) => self.show_page(&path),
            None => self.focus(),
        }
    }

    /// Brings the main window to the front; opens it again when only others are left.
    fn focus(&self) {
        if self.main_window().is_none() {
            self.open_main();
        }
        if let Some(window) = self.main_window() {
            let _ = window.unminimize();
            let _ = window.show();
            let _ = window.set_focus();
        }
    }

    fn open_main(&self) {
        let mut view = self.view.lock().expect("no holder panics");
        // An address where nothing answers would show WebKit's own page, for good.
        if view.is_away && matches!(view.shown, Shown::App) {
            view.shown = Shown::Splash;
        }
        let (url, failure) = match (&view.shown, &view.server) {
            (Shown::App, Some(server)) => (WebviewUrl::External(server.clone()), None),
            (Shown::Failure(page), _) => (WebviewUrl::App("index.html".into()), Some(page.clone())),
            _ => (WebviewUrl::App("index.html".into()), None),
        };
        drop(view);
        let Ok(window) = windows::open(&self.app, MAIN, url, None) else { return };
        self.dress(&window);
        if let Some(page) = failure {
            let _ = window.navigate(page);
        }
    }

    /// Brings the main window forward at this page of the app.
    fn show_page(&self, path: &str) {
        let is_open = self.main_window().is_some();
        self.focus();
        let mut view = self.view.lock().expect("no holder panics");
        match self.main_window() {
            Some(window) if is_open && window.url().is_ok_and(|url| view.is_app(&url)) => go(&window, path),
            _ => view.wanted = Some(path.to_owned()),
        }
    }

    /// Once the app is shown: the page that was asked for before.
    pub fn page_loaded(&self, window: &WebviewWindow, event: PageLoadEvent) {
        if window.label() != MAIN {
            return;
        }
        if event == PageLoadEvent::Started {
            return self.calm_tray();
        }
        let mut view = self.view.lock().expect("no holder panics");
        if window.url().is_ok_and(|url| view.is_app(&url)) {
            if let Some(path) = view.wanted.take() {
                go(window, &path);
            }
        }
    }

    /// Returns when the server is gone.
    pub fn close(&self) {
        if let Some(mut supervisor) = self.supervisor.lock().expect("no holder panics").take() {
            supervisor.stop();
        }
    }

    fn start_server(&self) {
        match self.launcher() {
            Ok(launcher) => {
                let app = self.app.clone();
                let supervisor = Supervisor::start(launcher, move |news| {
                    let shown = app.clone();
                    // When the main thread is gone, there is nobody left to tell.
                    let _ = app.run_on_main_thread(move || shown.state::<Shell>().show(news));
                });
                *self.supervisor.lock().expect("no holder panics") = Some(supervisor);
            }
            Err(problem) => self.show(News::Failed(problem)),
        }
    }

    fn launcher(&self) -> Result<Launcher, Problem> {
        let installation = std::env::current_exe()
            .ok()
            .and_then(|program| find_installation(&program))
            .ok_or_else(|| {
                Problem::new(
                    "The server that belongs to this program is not there.",
                    "Install the app again.",
                )
            })?;
        let paths = self.app.path();
        let folder = |found: tauri::Result<PathBuf>| {
            found.map_err(|error| error.to_string()).and_then(|path| {
                std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                Ok(path)
            })
        };
        let unwritable = |error: String| {
            Problem::new(
                format!("A folder of the app cannot be written: {error}."),
                "Make room on the disk, or make the folder writable, and try again.",
            )
        };
        let log_file = folder(paths.app_log_dir()).map_err(unwritable)?.join("server.log");
        if log_file.metadata().is_ok_and(|log| log.len() > LONG_LOG_BYTES) {
            let _ = std::fs::rename(&log_file, log_file.with_extension("log.1"));
        }
        Ok(Launcher {
            installation,
            settings: self.settings.clone(),
            token: self.token.clone(),
            log_file,
            cache_folder: folder(paths.app_cache_dir()).map_err(unwritable)?.join("compiled"),
            settings_file: folder(paths.app_config_dir()).map_err(unwritable)?.join(SETTINGS),
            port_file: folder(paths.app_data_dir()).map_err(unwritable)?.join("port"),
        })
    }

    fn show(&self, news: News) {
        match news {
            News::Ready { url } => {
                let Ok(mut page) = Url::parse(&url) else { return };
                let mut view = self.view.lock().expect("no holder panics");
                view.is_away = false;
                // A page that is open finds the server again by itself, with what it has not sent yet.
                let has_moved = view.server.as_ref() != Some(&page);
                if !has_moved && matches!(view.shown, Shown::App) {
                    return;
                }
                view.server = Some(page.clone());
                view.shown = Shown::App;
                drop(view);
                for (label, window) in self.app.webview_windows() {
                    if label != MAIN && has_moved {
                        // The cookie of this launch holds at each port.
                        page.set_fragment(window.url().ok().as_ref().and_then(Url::fragment));
                        let _ = window.navigate(page.clone());
                    }
                }
                page.set_fragment(None);
                page.set_path(&format!("/launch/{}", self.token));
                self.navigate(page);
            }
            News::Away => self.view.lock().expect("no holder panics").is_away = true,
            News::Failed(problem) => {
                eprintln!("{}\n{}", problem.message, problem.fix);
                let log = self.log_file().filter(|file| file.exists());
                let shown = serde_json::json!({ "problem": problem, "log": log });
                let page = own_page("failure.html", &shown.to_string());
                self.view.lock().expect("no holder panics").shown = Shown::Failure(page.clone());
                match self.main_window() {
                    Some(window) => _ = window.navigate(page),
                    // Only others are left: they would wait without a word.
                    None => self.focus(),
                }
                self.calm_tray();
            }
            News::Asked(message, answers) => self.answer(message, answers),
        }
    }

    fn answer(&self, message: Message, answers: Answers) {
        match message {
            Message::ReadPassword { id } => {
                let app = self.app.clone();
                std::thread::spawn(move || {
                    let value = keyring::read_password(move || {
                        let waiting = app.clone();
                        let _ = app.run_on_main_thread(move || waiting.state::<Shell>().say_keyring());
                    });
                    answers.write(&serde_json::json!({ "answer": id, "value": value }));
                });
            }
            Message::KeepPassword { id, password } => {
                std::thread::spawn(move || {
                    let is_kept = keyring::keep_password(password);
                    answers.write(&serde_json::json!({ "answer": id, "value": is_kept }));
                });
            }
            Message::Notify(notice) => {
                let app = self.app.clone();
                notification::show(notice, move |path| {
                    let shown = app.clone();
                    let _ = app.run_on_main_thread(move || shown.state::<Shell>().show_page(&path));
                });
            }
            Message::ShowState(state) => self.show_state(state),
            Message::ShowMenu { menu } => {
                *self.menu.lock().expect("no holder panics") = menu;
                for window in self.app.webview_windows().values() {
                    self.dress(window);
                }
                // Its words may be in another language now.
                let shown = self.tray.lock().expect("no holder panics").take().map(Tray::into_state);
                if let Some(state) = shown {
                    self.show_state(state);
                }
            }
            // The supervisor's own business.
            Message::Ready { .. } => {}
        }
    }

    /// On the splash: what the start waits for.
    fn say_keyring(&self) {
        if matches!(self.view.lock().expect("no holder panics").shown, Shown::Splash) {
            self.navigate(own_page("index.html", "keyring"));
        }
    }

    /// What the tray said is not so any more; the next page says what is.
    fn calm_tray(&self) {
        if let Some(tray) = &mut *self.tray.lock().expect("no holder panics") {
            tray.show(FleetState { text: NAME.into(), urgent: false });
        }
    }

    fn show_state(&self, state: FleetState) {
        let mut tray = self.tray.lock().expect("no holder panics");
        match &mut *tray {
            Some(tray) => tray.show(state),
            None => {
                let menu = self.menu.lock().expect("no holder panics");
                *tray = menu::quit_word(&menu).and_then(|quit| Tray::new(&self.app, state, quit));
            }
        }
    }

    /// How large this window shows its pages.
    pub fn zoom_of(&self, label: &str) -> f64 {
        self.zooms.lock().expect("no holder panics").of(label)
    }

    /// Gives the window its menu.
    pub fn dress(&self, window: &WebviewWindow) {
        let submenus = self.menu.lock().expect("no holder panics");
        if !submenus.is_empty() {
            if let Ok(menu) = menu::build(&self.app, &submenus) {
                let _ = window.set_menu(menu);
            }
        }
    }

    /// Does what was chosen from a menu, in the window that it was chosen in.
    pub fn act(&self, id: &str) {
        if id == OPEN {
            return self.focus();
        }
        let focused =
            self.app.webview_windows().into_values().find(|each| each.is_focused().unwrap_or(false));
        let (Some(act), Some(window)) = (Act::from_id(id), focused.or_else(|| self.main_window())) else {
            return;
        };
        match act {
            Act::Go { path } => go(&window, &path),
            Act::Window { path } => self.open_window(&path),
            Act::Tell { name } => {
                windows::tell_page(&self.app, window.label(), &name, &serde_json::Value::Null)
            }
            Act::Do { does } => self.do_in(&window, does),
        }
    }

    fn do_in(&self, window: &WebviewWindow, deed: Deed) {
        let _ = match deed {
            Deed::Print => window.print(),
            Deed::FullScreen => window.set_fullscreen(!window.is_fullscreen().unwrap_or(false)),
            Deed::CloseWindow => window.close(),
            Deed::Quit => {
                self.app.exit(0);
                Ok(())
            }
            Deed::ZoomIn | Deed::ZoomOut | Deed::ZoomReset => {
                window.set_zoom(self.zooms.lock().expect("no holder panics").step(window.label(), deed))
            }
            Deed::Cut => windows::edit(window, "Cut"),
            Deed::Copy => windows::edit(window, "Copy"),
            Deed::Paste => windows::edit(window, "Paste"),
            Deed::SelectAll => windows::edit(window, "SelectAll"),
        };
    }

    fn open_window(&self, path: &str) {
        let view = self.view.lock().expect("no holder panics");
        let Some(mut url) = view.server.clone().filter(|_| !view.is_away) else { return };
        drop(view);
        url.set_fragment(Some(path));
        if let Ok(window) =
            windows::open(&self.app, &windows::free_label(&self.app), WebviewUrl::External(url), None)
        {
            self.dress(&window);
        }
    }

    /// Whether the window may open the address itself; everything else that it means is done.
    pub fn follow(&self, url: &Url) -> bool {
        let target = target_of(url, self.view.lock().expect("no holder panics").server.as_ref());
        match target {
            Target::Inside => return true,
            Target::TryAgain => self.try_again(),
            Target::ShowLog => {
                if let Some(file) = self.log_file() {
                    let _ = open::that_detached(file);
                }
            }
            Target::Outside => {
                let _ = open::that_detached(url.as_str());
            }
            Target::Nowhere => {}
        }
        false
    }

    fn try_again(&self) {
        let mut view = self.view.lock().expect("no holder panics");
        if !matches!(view.shown, Shown::Failure(_)) {
            return;
        }
        view.shown = Shown::Splash;
        drop(view);
        self.navigate(own_page("index.html", ""));
        let supervisor = self.supervisor.lock().expect("no holder panics");
        match &*supervisor {
            Some(supervisor) => supervisor.try_again(),
            None => {
                drop(supervisor);
                self.start_server();
            }
        }
    }

    fn log_file(&self) -> Option<PathBuf> {
        self.app.path().app_log_dir().ok().map(|folder| folder.join("server.log"))
    }

    fn navigate(&self, url: Url) {
        if let Some(window) = self.main_window() {
            let _ = window.navigate(url);
        }
    }

    fn main_window(&self) -> Option<WebviewWindow> {
        self.app.get_webview_window(MAIN)
    }
}

/// Leads the app in this window to one of its pages, once it has signed in.
fn go(window: &WebviewWindow, path: &str) {
    let hash = serde_json::json!(format!("#{path}"));
    let _ = window.eval(format!(
        "(function go() {{
           if (location.hash.startsWith('#/link/')) setTimeout(go, 50)
           else location.hash = {hash}
         }})()"
    ));
}
