//! Keeps the server running: starts it, starts it again with growing pauses, gives up with a reason, stops it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::channel::{Answers, Line, Message};
use crate::problem::Problem;
use crate::server_process::{Launcher, ServerProcess};

/// What the supervisor acts on.
pub enum Signal {
    Said(Line),
    Ended,
    /// The person asked to try once more.
    TryAgain,
    Stop,
}

/// What the shell is told.
pub enum News {
    Ready {
        url: String,
    },
    /// It was ready and is gone; it comes back, or `Failed` says why not.
    Away,
    Failed(Problem),
    /// The server wants something of the shell.
    Asked(Message, Answers),
}

/// Longer than the server's own orderly stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(12);

pub struct Supervisor {
    signals: Sender<Signal>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    pub fn start(launcher: Launcher, tell: impl Fn(News) + Send + 'static) -> Self {
        let (signals, inbox) = channel();
        let outbox = signals.clone();
        let thread = std::thread::spawn(move || supervise(&launcher, &inbox, &outbox, &tell));
        Self { signals, thread: Some(thread) }
    }

    pub fn try_again(&self) {
        let _ = self.signals.send(Signal::TryAgain);
    }

    /// Stops the server in good order, or by force when that takes too long; returns when it is gone.
    pub fn stop(&mut self) {
        let _ = self.signals.send(Signal::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn supervise(launcher: &Launcher, inbox: &Receiver<Signal>, outbox: &Sender<Signal>, tell: &impl Fn(News)) {
    let mut patience = Patience::default();
    loop {
        let pause = match run_once(launcher, inbox, outbox, tell) {
            Outcome::Stopped => return,
            Outcome::CannotRun(problem) if !patience.has_run => Err(problem),
            Outcome::CannotRun(problem) => patience.pause_after(Duration::ZERO).ok_or(problem),
            Outcome::Died { after, problem } => {
                patience.has_run = true;
                patience.pause_after(after).ok_or(problem)
            }
        };
        let is_stopped = match pause {
            Ok(pause) => wait_to_start_again(inbox, Some(pause)),
            Err(problem) => {
                tell(News::Failed(problem));
                patience = Patience::default();
                wait_to_start_again(inbox, None)
            }
        };
        if is_stopped {
            return;
        }
    }
}

enum Outcome {
    Stopped,
    /// It ended before it was ready.
    CannotRun(Problem),
    Died {
        after: Duration,
        problem: Problem,
    },
}

/// One life of the server.
fn run_once(
    launcher: &Launcher,
    inbox: &Receiver<Signal>,
    outbox: &Sender<Signal>,
    tell: &impl Fn(News),
) -> Outcome {
    let mut server = match launcher.start(outbox.clone()) {
        Ok(server) => server,
        Err(error) => {
            return Outcome::CannotRun(Problem::new(
                format!("The server could not be started: {error}."),
                "Check that the disk has room and that the folder of the log can be written, or install the app again.",
            ));
        }
    };
    let mut ready_since = None;
    let mut reason = None;
    loop {
        match inbox.recv() {
            Ok(Signal::Said(Line::Said(Message::Ready { url }))) => {
                ready_since = Some(Instant::now());
                launcher.remember_port(&url);
                tell(News::Ready { url });
            }
            Ok(Signal::Said(Line::Said(message))) => tell(News::Asked(message, server.answers.clone())),
            Ok(Signal::Said(Line::Failed { error })) => reason = Some(error),
            Ok(Signal::TryAgain) => {}
            Ok(Signal::Ended) => {
                let how = server.wait();
                return match ready_since {
                    Some(since) => {
                        tell(News::Away);
                        let problem = reason.unwrap_or_else(|| died_too_often(&how));
                        Outcome::Died { after: since.elapsed(), problem }
                    }
                    None => Outcome::CannotRun(reason.unwrap_or_else(|| ended_early(&how))),
                };
            }
            Ok(Signal::Stop) | Err(_) => {
                stop(&mut server, inbox);
                return Outcome::Stopped;
            }
        }
    }
}

fn stop(server: &mut ServerProcess, inbox: &Receiver<Signal>) {
    server.ask_to_stop();
    let deadline = Instant::now() + STOP_TIMEOUT;
    loop {
        match inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Signal::Ended) | Err(RecvTimeoutError::Disconnected) => break,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => {
                server.kill();
                break;
            }
        }
    }
    server.wait();
}

/// Waits for the pause, or until the person asks; true when the app ends meanwhile.
fn wait_to_start_again(inbox: &Receiver<Signal>, pause: Option<Duration>) -> bool {
    let deadline = pause.map(|pause| Instant::now() + pause);
    loop {
        let signal = match deadline {
            Some(deadline) => inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match signal {
            Ok(Signal::TryAgain) | Err(RecvTimeoutError::Timeout) => return false,
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return true,
            Ok(_) => {}
        }
    }
}

fn ended_early(how: &str) -> Problem {
    Problem::new(format!("The server ended before it was ready ({how})."), "The end of the log says why.")
}

fn died_too_often(how: &str) -> Problem {
    Problem::new(
        format!("The server stopped again and again, the last time with \"{how}\"."),
        "The end of the log says why. Nothing that was saved is lost.",
    )
}

/// How long to wait before the server is started again, and when that is no use.
#[derive(Default)]
struct Patience {
    has_run: bool,
    failures: u32,
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const MOST_FAILURES: u32 = 6;
/// Who ran for so long did not die of how it was started.
const RAN_WELL: Duration = Duration::from_secs(60);

impl Patience {
    /// The pause after a life of this length; `None` when it is time to tell somebody.
    fn pause_after(&mut self, life: Duration) -> Option<Duration> {
        if life >= RAN_WELL {
            self.failures = 0;
        }
        self.failures += 1;
        (self.failures < MOST_FAILURES).then(|| FIRST_PAUSE * 2u32.pow(self.failures - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Settings;
    use crate::installation::Installation;

    #[test]
    fn pauses_double_until_it_gives_up() {
        let mut patience = Patience::default();
        let pauses: Vec<_> = (0..6).map(|_| patience.pause_after(Duration::ZERO)).collect();
        let ms = |value| Some(Duration::from_millis(value));
        assert_eq!(pauses, [ms(250), ms(500), ms(1000), ms(2000), ms(4000), None]);
    }

    #[test]
    fn a_long_life_makes_good_for_earlier_deaths() {
        let mut patience = Patience::default();
        for _ in 0..4 {
            patience.pause_after(Duration::from_secs(59));
        }
        assert_eq!(patience.pause_after(Duration::from_secs(60)), Some(FIRST_PAUSE));
    }

    /// The first that the shell is told of a server that is this shell script.
    #[cfg(unix)]
    fn news_of(name: &str, script: &str, count: usize) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt;

        let folder = std::env::temp_dir().join(format!("fleet-supervisor-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let node = folder.join("node");
        std::fs::write(&node, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&node, PermissionsExt::from_mode(0o700)).unwrap();
        let launcher = Launcher {
            installation: Installation { node, server: folder.join("main.mjs") },
            settings: Settings::among(std::iter::empty()),
            token: String::new(),
            log_file: folder.join("log"),
            cache_folder: folder.clone(),
            settings_file: folder.join("settings.json"),
            port_file: folder.join("port"),
        };
        let (sender, told) = channel();
        let mut supervisor = Supervisor::start(launcher, move |news| {
            let said = match news {
                News::Ready { .. } => "ready".to_owned(),
                News::Away => "away".to_owned(),
                News::Asked(..) => "asked".to_owned(),
                News::Failed(problem) => problem.message,
            };
            let _ = sender.send(said);
        });
        let soon = Duration::from_secs(60);
        let all = (0..count).map(|_| told.recv_timeout(soon).expect("there is news in time")).collect();
        supervisor.stop();
        std::fs::remove_dir_all(folder).unwrap();
        all
    }

    #[cfg(unix)]
    const READY: &str = r#"echo '{"event":"ready","url":"http://127.0.0.1:1"}'"#;
    #[cfg(unix)]
    const FAULT: &str = r#"echo '{"error":{"code":"x","message":"The disk is full.","fix":"Make room."}}'"#;

    #[cfg(unix)]
    #[test]
    fn tells_at_once_what_kept_it_from_starting_and_starts_again_what_failed_later() {
        assert_eq!(news_of("early", FAULT, 1), ["The disk is full."]);
        let late = format!("{READY}\n{FAULT}\nexit 1");
        assert_eq!(news_of("late", &late, 3), ["ready", "away", "ready"]);
    }
}
