//! The fuzz targets for cargo-fuzz, which are in [`targets`].

#[path = "../support/mod.rs"]
pub mod support;
pub mod targets;

/// Makes a target of a function that returns what is wrong.
#[macro_export]
macro_rules! fuzz {
    ($target:path) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
            if let Err(words) = $target(bytes) {
                panic!("{words}");
            }
        });
    };
}
