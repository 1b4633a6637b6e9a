//! Finds the sources of the two compilers, which Cargo has unpacked but does not compile.

use std::path::PathBuf;

fn main() {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).expect("a home of Cargo");
    for (variable, package) in [("PYTHON", "componentize-py-0.25.1"), ("QUICKJS", "componentize-qjs-0.4.5")] {
        let registries = std::fs::read_dir(home.join("registry/src")).expect("a registry");
        let mut places = registries.flatten().map(|registry| registry.path().join(package));
        let place = places.find(|place| place.is_dir()).unwrap_or_else(|| panic!("no {package}: `cargo fetch` first"));
        println!("cargo:rustc-env={variable}={}", place.display());
    }
}
