//! What `build.rs` took in: the SDKs, and the templates of new projects, by their paths.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
