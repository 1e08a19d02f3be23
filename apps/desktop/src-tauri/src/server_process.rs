//! The server as a child process: how it is started, what it says, how it is stopped.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Sender;

use crate::channel::Answers;
use crate::environment::Settings;
use crate::installation::Installation;
use crate::supervisor::Signal;

/// What it takes to start the server, again and again.
pub struct Launcher {
    pub installation: Installation,
    pub settings: Settings,
    /// The secret that the window proves itself with, good for this launch of the app.
    pub token: String,
    pub log_file: PathBuf,
    /// Compiled code is kept here: half of the start is compiling.
    pub cache_folder: PathBuf,
    /// Where the server keeps what the person chose.
    pub settings_file: PathBuf,
    /// Keeps the port of last time: what the window stores belongs to its address.
    pub port_file: PathBuf,
}

pub struct ServerProcess {
    child: Child,
    pub answers: Answers,
}

impl Launcher {
    /// Starts the server and sends what it says, and that it ended.
    pub fn start(&self, signals: Sender<Signal>) -> std::io::Result<ServerProcess> {
        let mut command = Command::new(&self.installation.node);
        command
            // Room for 2 MB of young objects instead of 16: measured with the demonstration, a quarter of its memory less.
            .arg("--max-semi-space-size=2")
            .arg(&self.installation.server)
            .args(["serve", "--json", "--launched"])
            .envs(self.settings.iter())
            .env("NODE_COMPILE_CACHE", &self.cache_folder)
            .env("FLEET_SETTINGS", &self.settings_file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&self.log_file)?);
        if self.settings.get("FLEET_PORT").is_none() {
            command.env("FLEET_PORT", self.port().to_string());
        }
        if self.settings.get("FLEET_LOG").is_none() {
            command.env("FLEET_LOG", "text");
        }
        die_with_this_thread(&mut command);
        let mut child = command.spawn()?;
        let answers = Answers::new(child.stdin.take());
        answers.write(&self.launch_line());
        let stdout = child.stdout.take().expect("standard output is piped");
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Ok(line) = serde_json::from_str(&line) {
                    let _ = signals.send(Signal::Said(line));
                }
            }
            let _ = signals.send(Signal::Ended);
        });
        Ok(ServerProcess { child, answers })
    }

    /// The first line that the server hears: who started it.
    fn launch_line(&self) -> serde_json::Value {
        let versions = serde_json::json!({
            "program": env!("CARGO_PKG_VERSION"),
            "tauri": tauri::VERSION,
            "webView": tauri::webview_version().unwrap_or_default(),
        });
        let build = if cfg!(feature = "postgres") { "postgres" } else { "sqlite" };
        let (token, log_file) = (&self.token, &self.log_file);
        serde_json::json!({
            "launch": { "token": token, "build": build, "logFile": log_file, "versions": versions },
        })
    }

    /// The port of last time if it is free, else 0: the system chooses.
    fn port(&self) -> u16 {
        let last = std::fs::read_to_string(&self.port_file).ok().and_then(|text| text.trim().parse().ok());
        last.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap_or(0)
    }

    /// Keeps the port of this address for the next start.
    pub fn remember_port(&self, url: &str) {
        if let Some((_, port)) = url.rsplit_once(':') {
            // Without it the window forgets its settings, no more.
            let _ = std::fs::write(&self.port_file, port);
        }
    }
}

impl ServerProcess {
    /// Asks it to stop in good order.
    pub fn ask_to_stop(&mut self) {
        self.answers.close();
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
    }

    /// Takes note of its end, so that the system forgets it. How it ended is in words.
    pub fn wait(&mut self) -> String {
        self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

/// However this program ends, the system ends the server: also one that is too busy to notice that its standard input
/// did. It is the thread that starts it which counts; the supervisor's lives as long as any server. What was
/// acknowledged is on disk by then.
#[cfg(target_os = "linux")]
fn die_with_this_thread(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    let parent = std::process::id();
    let prepare = move || {
        // SAFETY: two calls to the system, in the child, that touch no memory.
        let is_bound = unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) } == 0;
        // It may have died before that.
        if is_bound && std::os::unix::process::parent_id() == parent {
            Ok(())
        } else {
            Err(std::io::Error::last_os_error())
        }
    };
    // SAFETY: it allocates nothing and takes no lock.
    unsafe { command.pre_exec(prepare) };
}

#[cfg(not(target_os = "linux"))]
fn die_with_this_thread(_command: &mut Command) {}
