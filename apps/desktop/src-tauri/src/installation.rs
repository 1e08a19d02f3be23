//! Where the server and its Node are: beside the installed program, or in the repository that it was built in.

use std::path::{Path, PathBuf};

#[derive(Debug, PartialEq)]
pub struct Installation {
    pub node: PathBuf,
    pub server: PathBuf,
}

/// As scripts/desktop-tree.mjs packs it, and as it is in the repository.
const SERVERS: [&str; 2] = ["server/main.mjs", "apps/fleet/src/main.ts"];

/// Looks in each folder above the program, the nearest first, and in its `Resources`, which macOS has beside programs.
pub fn find_installation(program: &Path) -> Option<Installation> {
    program.ancestors().skip(1).flat_map(|folder| [folder.to_owned(), folder.join("Resources")]).find_map(
        |folder| {
            let node = folder.join("node_modules").join(node_package()).join("bin").join(if cfg!(windows) {
                "node.exe"
            } else {
                "node"
            });
            let server = SERVERS.iter().map(|place| folder.join(place)).find(|place| place.is_file())?;
            node.is_file().then_some(Installation { node, server })
        },
    )
}

/// The package that holds the pinned Node, by the names that npm gives systems and processors.
fn node_package() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node-{system}-{processor}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn finds_the_nearest_folder_above_that_has_both() {
        let root = std::env::temp_dir().join(format!("fleet-installation-{}", std::process::id()));
        let put = |path: PathBuf| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let program = root.join("apps/desktop/src-tauri/target/release/amsterdam-bike-fleet");
        assert_eq!(find_installation(&program), None);
        // Without a Node it is no installation.
        put(root.join("apps/desktop/apps/fleet/src/main.ts"));
        let server = put(root.join("apps/fleet/src/main.ts"));
        assert_eq!(find_installation(&program), None);
        let name = if cfg!(windows) { "node.exe" } else { "node" };
        let node_in =
            |folder: &Path| put(folder.join("node_modules").join(node_package()).join("bin").join(name));
        let node = node_in(&root);
        assert_eq!(find_installation(&program), Some(Installation { node: node.clone(), server }));
        // The packed one first.
        let server = put(root.join("server/main.mjs"));
        assert_eq!(find_installation(&program), Some(Installation { node, server }));
        let bundle = root.join("Amsterdam Bike Fleet.app/Contents");
        let (server, node) =
            (put(bundle.join("Resources/server/main.mjs")), node_in(&bundle.join("Resources")));
        assert_eq!(
            find_installation(&bundle.join("MacOS/amsterdam-bike-fleet")),
            Some(Installation { node, server })
        );
        fs::remove_dir_all(root).unwrap();
    }
}
