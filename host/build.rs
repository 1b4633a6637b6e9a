//! Tells cargo which folders are embedded in the program: `include_dir!` tells it of their files, but not of new ones.

fn main() {
    for folder in ["wit", "guest-sdk/rust/src", "guest-sdk/rust/macros/src"] {
        println!("cargo::rerun-if-changed=../{folder}");
    }
}
