//! Paths, folders and standard input, read into named byte strings. It knows no YAML.
