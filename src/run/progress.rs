//! A count of files on the terminal during a long run.

use std::io::{self, IsTerminal, Write};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// A shorter run shows nothing.
const DELAY: Duration = Duration::from_secs(2);

/// The time between two counts.
const INTERVAL: Duration = Duration::from_millis(100);

/// The start of the run: the first work that may have a progress.
static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Moves to the start of the line and clears it.
const CLEAR: &str = "\r\u{1b}[2K";

/// The files of a run, and how many of them are done.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// 0 until the files are found and read.
    total: AtomicUsize,
    done: AtomicUsize,
}

impl Progress {
    pub(super) fn set_total(&self, total: usize) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn advance(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn line(&self) -> String {
        match (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed)) {
            (_, 0) => "reading files".to_owned(),
            (done, total) => format!("{done} of {total} files"),
        }
    }
}

/// Does some work, with its progress on standard error if it takes long, `is_wanted` is true and that is a terminal.
pub(super) fn show_during<T>(work: impl FnOnce(&Progress) -> T, is_wanted: bool) -> T {
    let progress = Progress::default();
    let is_dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    if !is_wanted || is_dumb || !io::stderr().is_terminal() {
        return work(&progress);
    }
    // Reading the files and working on them are one run.
    show_on(&mut io::stderr(), &progress, work, DELAY.saturating_sub(STARTED.elapsed()))
}

/// The line is cleared before this returns, so that nothing is printed after it.
fn show_on<T>(
    out: &mut (impl Write + Send),
    progress: &Progress,
    work: impl FnOnce(&Progress) -> T,
    delay: Duration,
) -> T {
    thread::scope(|scope| {
        let (stop, stopped) = mpsc::channel::<()>();
        let is_over = move |time| stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
        scope.spawn(move || {
            if is_over(delay) {
                return;
            }
            loop {
                // A closed terminal is no reason to stop the work.
                let _ = write!(out, "{CLEAR}{}", progress.line()).and_then(|()| out.flush());
                if is_over(INTERVAL) {
                    break;
                }
            }
            let _ = write!(out, "{CLEAR}").and_then(|()| out.flush());
        });
        let result = work(progress);
        drop(stop);
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The progress that is shown during this work.
    fn shown(work: impl FnOnce(&Progress), delay: Duration) -> String {
        let mut out = Vec::new();
        show_on(&mut out, &Progress::default(), work, delay);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_short_run_shows_nothing() {
        assert_eq!(shown(|progress| progress.set_total(3), Duration::from_secs(60)), "");
    }

    #[test]
    fn a_long_run_shows_a_count_and_clears_it() {
        let work = |progress: &Progress| {
            // Long enough for a busy machine to start the thread.
            thread::sleep(INTERVAL * 10);
            progress.set_total(3);
            progress.advance();
            thread::sleep(INTERVAL * 10);
        };
        let shown = shown(work, Duration::ZERO);
        assert!(shown.starts_with(&format!("{CLEAR}reading files{CLEAR}")), "{shown:?}");
        assert!(shown.ends_with(&format!("{CLEAR}1 of 3 files{CLEAR}")), "{shown:?}");
    }
}
