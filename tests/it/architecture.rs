//! Who may import whom. A boundary that nothing checks erodes.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module with what it may import besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("oci", &[]),
    ("source", &["oci"]),
    ("yaml", &[]),
    ("registry", &["oci", "source"]),
    ("store", &["oci", "source"]),
    ("rootfs", &["oci", "source"]),
    ("model", &["oci", "source", "yaml"]),
    ("server", &["oci", "source", "store"]),
    ("pipe", &["oci"]),
    ("container", &["oci", "source", "store", "rootfs", "pipe"]),
    ("engine", &["oci", "source", "registry", "store", "rootfs", "model", "container"]),
    ("template", &["oci"]),
    ("docker", &["oci", "source", "engine", "container", "template", "pipe"]),
    ("pack", &["oci", "source", "yaml", "model", "engine"]),
    ("lesson", &["oci", "source", "yaml", "model", "container", "engine", "docker", "pipe", "pack"]),
    ("tutor", &["oci", "source", "container", "engine", "docker", "pipe", "pack", "lesson"]),
    ("author", &["oci", "source", "yaml", "engine", "docker", "pack", "lesson", "store", "tutor"]),
    (
        "shell",
        &[
            "author", "oci", "source", "yaml", "registry", "store", "model", "server", "engine", "docker", "pipe",
            "pack", "lesson", "tutor",
        ],
    ),
];

/// Crates that only these modules may name.
const CRATES: &[(&str, &[&str])] = &[
    ("rustyline", &["shell"]),
    ("owo_colors", &["shell"]),
    ("serde_yaml", &["yaml"]),
    ("reqwest", &["registry"]),
    ("hyper", &["server"]),
];

#[test]
fn each_module_imports_only_what_lies_below_it() {
    let mut breaches = Vec::new();
    for (module, allowed) in MAY_IMPORT {
        for (path, line, number) in lines_of(module) {
            for name in imports(&line) {
                if name != *module && !allowed.contains(&name.as_str()) && MAY_IMPORT.iter().any(|(m, _)| *m == name) {
                    breaches.push(format!("{}:{number}: `{module}` imports `{name}`", path.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn each_outside_thing_has_one_home() {
    let mut breaches = Vec::new();
    for (module, _) in MAY_IMPORT {
        for (path, line, number) in lines_of(module) {
            for (name, homes) in CRATES {
                if line.contains(&format!("{name}::")) && !homes.contains(module) {
                    breaches.push(format!("{}:{number}: `{module}` names the crate `{name}`", path.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_module_is_in_the_table() {
    let map = fs::read_to_string("src/lib.rs").expect("the crate has a lib.rs");
    for line in map.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        assert!(MAY_IMPORT.iter().any(|(module, _)| *module == name), "`{name}` is not in the table");
    }
}

fn imports(line: &str) -> Vec<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    line.match_indices("crate::").map(|(at, found)| word(&line[at + found.len()..])).collect()
}

/// Every line of code of a module, comments left out.
fn lines_of(module: &str) -> Vec<(PathBuf, String, usize)> {
    let mut lines = Vec::new();
    for path in files(&Path::new("src").join(module)) {
        let text = fs::read_to_string(&path).expect("sources are readable");
        let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        lines.extend(code.map(|(number, line)| (path.clone(), line.to_owned(), number + 1)));
    }
    lines
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("every module is a folder") {
        let path = entry.expect("folders are readable").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}
