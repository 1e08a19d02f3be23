//! The desktop app: windows, and the fleet server behind them.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod backend;
mod channel;
mod environment;
mod installation;
mod keyring;
mod menu;
mod navigation;
mod notification;
mod problem;
mod server_process;
mod shell;
mod supervisor;
mod tray;
mod windows;
mod zoom;

use environment::Settings;
use shell::Shell;
use tauri::{Manager, RunEvent};

fn main() {
    // SAFETY: nothing has run before.
    let settings = unsafe { Settings::take() };
    tauri::Builder::default()
        // First: a second start ends here, before it has done anything.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            // It is told on a thread of its own, and may be told before there is a shell.
            let started = app.clone();
            let _ = app.run_on_main_thread(move || {
                if let Some(shell) = started.try_state::<Shell>() {
                    shell.start_again(&arguments);
                }
            });
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .on_menu_event(|app, event| app.state::<Shell>().act(event.id().as_ref()))
        .setup(|app| {
            app.manage(Shell::new(app.handle(), settings)?);
            app.state::<Shell>().open(&std::env::args().collect::<Vec<_>>())?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .expect("the window system is there")
        .run(|app, event| {
            if let RunEvent::Exit = event {
                app.state::<Shell>().close();
            }
        });
}
