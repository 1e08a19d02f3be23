//! The packages for systems that nobody builds on here: their configuration is read as Tauri's own tools read it.

use std::path::Path;

use tauri_utils::config::{Config, parse::read_from};
use tauri_utils::platform::Target;

#[test]
fn configuration_for_windows_and_macos_is_valid_and_names_files_that_are_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in [Target::Windows, Target::MacOS] {
        let (merged, files) = read_from(target, folder).unwrap();
        assert_eq!(files.len(), 2, "{files:?}");
        // An unknown word is refused.
        let config: Config = serde_json::from_value(merged).unwrap();
        assert!(config.bundle.active);
        let entitlements = config.bundle.macos.entitlements.clone();
        assert_eq!(entitlements.is_some(), matches!(target, Target::MacOS));
        let license = config.bundle.license_file.clone().map(|file| file.display().to_string());
        for file in config.bundle.icon.iter().chain(&entitlements).chain(&license) {
            assert!(folder.join(file).is_file(), "{file}");
        }
    }
}
