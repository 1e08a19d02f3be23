//! How large each window shows its pages, from one start to the next.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::menu::Deed;

const SMALLEST: f64 = 0.25;
const LARGEST: f64 = 4.0;

#[derive(Default)]
pub struct Zooms {
    file: Option<PathBuf>,
    /// By the label of the window; none for one of normal size.
    factors: BTreeMap<String, f64>,
}

impl Zooms {
    /// A file that is missing or damaged means that all is of normal size.
    pub fn open(file: Option<PathBuf>) -> Self {
        let text = file.as_deref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
        let factors: BTreeMap<String, f64> = serde_json::from_str(&text).unwrap_or_default();
        let factors = factors.into_iter().map(|(label, factor)| (label, factor.clamp(SMALLEST, LARGEST)));
        Self { file, factors: factors.collect() }
    }

    pub fn of(&self, label: &str) -> f64 {
        self.factors.get(label).copied().unwrap_or(1.0)
    }

    /// The factor after one more step.
    pub fn step(&mut self, label: &str, deed: Deed) -> f64 {
        let factor = after(self.of(label), deed);
        if (factor - 1.0).abs() < 1e-6 {
            self.factors.remove(label);
        } else {
            self.factors.insert(label.to_owned(), factor);
        }
        if let Some(file) = &self.file {
            // Without it the next start shows all at normal size, no more.
            let _ = replace(file, &serde_json::json!(self.factors).to_string());
        }
        self.of(label)
    }
}

/// The file has what it had or all of the new text, whenever the program dies.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, text)?;
    std::fs::rename(fresh, file)
}

fn after(factor: f64, deed: Deed) -> f64 {
    let step = match deed {
        Deed::ZoomIn => 1.1,
        Deed::ZoomOut => 1.0 / 1.1,
        _ => return 1.0,
    };
    (factor * step).clamp(SMALLEST, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooms_in_steps_within_bounds_and_back() {
        let mut zooms = Zooms::default();
        let mut step = |deed, times| (0..times).fold(1.0, |_, _| zooms.step("main", deed));
        assert_eq!(step(Deed::ZoomIn, 100), LARGEST);
        assert_eq!(step(Deed::ZoomOut, 100), SMALLEST);
        assert_eq!(step(Deed::ZoomReset, 1), 1.0);
        assert!(step(Deed::ZoomIn, 1) > 1.0);
        assert_eq!(step(Deed::ZoomOut, 1), 1.0);
    }

    #[test]
    fn is_remembered_for_each_window() {
        let file = std::env::temp_dir().join(format!("fleet-zoom-{}.json", std::process::id()));
        let open = || Zooms::open(Some(file.clone()));
        let factor = open().step("main", Deed::ZoomIn);
        assert_eq!((open().of("main"), open().of("window-2")), (factor, 1.0));
        open().step("main", Deed::ZoomReset);
        assert_eq!(open().of("main"), 1.0);
        for damaged in ["", "[]", r#"{"main":"big"}"#, r#"{"main":1000}"#] {
            std::fs::write(&file, damaged).unwrap();
            assert!(open().of("main") <= LARGEST, "{damaged}");
        }
        std::fs::remove_file(file).unwrap();
    }
}
