//! The texts of a pack, from the binary, from a folder or from an archive.

use std::borrow::Cow;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::archive;
use crate::yaml::{Finding, MAX_BYTES};

static LESSONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lessons");
static EXERCISES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/exercises");
const MANIFEST: &str = include_str!("../../pack.yaml");
const MAX_FILES: usize = 2000;

/// One text file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Name without folder and `.yaml`: `pull`.
    pub name: String,
    /// Path inside the pack: `lessons/pull.yaml`.
    pub path: String,
    /// Content; not copied out of the binary.
    pub text: Cow<'static, str>,
}

/// All texts of a pack, sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// `pack.yaml`.
    pub manifest: Option<File>,
    /// `lessons/*.yaml`.
    pub lessons: Vec<File>,
    /// `exercises/*.yaml`.
    pub exercises: Vec<File>,
    /// `lessons/images/*.yaml`.
    pub images: Vec<File>,
}

impl File {
    fn new(path: String, text: impl Into<Cow<'static, str>>) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml").to_owned();
        Self { name, path, text: text.into() }
    }
}

impl Files {
    /// Takes the texts that are part of the binary.
    pub fn embedded() -> Self {
        let images = LESSONS.get_dir("images").map(|dir| embedded(dir, "lessons/images")).unwrap_or_default();
        Self {
            manifest: Some(File::new("pack.yaml".to_owned(), MANIFEST)),
            lessons: embedded(&LESSONS, "lessons"),
            exercises: embedded(&EXERCISES, "exercises"),
            images,
        }
    }

    /// Reads the texts of a pack: a folder, or a file that ends in `.tar`.
    pub fn open(path: &Path) -> Result<Self, Finding> {
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar")) {
            return archive::read(path).map(Self::of_texts);
        }
        if path.is_dir() {
            return Self::in_folder(path);
        }
        let name = path.display().to_string();
        let what = if path.exists() { "this is no folder and no `.tar`" } else { "there is no such folder or file" };
        Err(Finding::about_file(&name, what))
    }

    /// Takes the texts that have a place in a pack.
    fn of_texts(texts: archive::Texts) -> Self {
        let mut files = Self::default();
        for (path, text) in texts {
            let file = File::new(path.clone(), text);
            match path.rsplit_once('/').map(|(folder, _)| folder) {
                None if path == "pack.yaml" => files.manifest = Some(file),
                Some("lessons") => files.lessons.push(file),
                Some("exercises") => files.exercises.push(file),
                Some("lessons/images") => files.images.push(file),
                Some(_) | None => {}
            }
        }
        files
    }

    /// Reads the texts in a folder.
    pub fn in_folder(folder: &Path) -> Result<Self, Finding> {
        let manifest = folder.join("pack.yaml");
        let manifest = if manifest.exists() { Some(read(&manifest, "pack.yaml".to_owned())?) } else { None };
        Ok(Self {
            manifest,
            lessons: in_folder(folder, "lessons")?,
            exercises: in_folder(folder, "exercises")?,
            images: in_folder(folder, "lessons/images")?,
        })
    }
}

fn embedded(dir: &'static Dir<'static>, folder: &str) -> Vec<File> {
    let named = dir.files().filter_map(|file| Some((file.path().file_name()?.to_str()?, file.contents_utf8()?)));
    let yaml = named.filter(|(name, _)| is_yaml(name));
    let mut files: Vec<File> = yaml.map(|(name, text)| File::new(format!("{folder}/{name}"), text)).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

fn is_yaml(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "yaml")
}

fn in_folder(root: &Path, folder: &str) -> Result<Vec<File>, Finding> {
    let path = root.join(folder);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(Finding::about_file(folder, "this is no folder; a pack follows no link")),
        Err(_) => return Ok(Vec::new()),
    }
    let unreadable = |error: std::io::Error| Finding::about_file(folder, format!("the folder cannot be read: {error}"));
    let mut files = Vec::new();
    for entry in fs::read_dir(&path).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| is_yaml(name)) else {
            continue;
        };
        if files.len() == MAX_FILES {
            return Err(Finding::about_file(folder, format!("the folder has more than {MAX_FILES} files")));
        }
        files.push(read(&path, format!("{folder}/{name}"))?);
    }
    files.sort_by(|one: &File, other| one.name.cmp(&other.name));
    Ok(files)
}

/// Reads a regular file up to the bound, so that a device or an endless file ends too.
fn read(path: &Path, name: String) -> Result<File, Finding> {
    let unreadable = |error: std::io::Error| Finding::about_file(&name, format!("the file cannot be read: {error}"));
    if !fs::symlink_metadata(path).map_err(unreadable)?.is_file() {
        return Err(Finding::about_file(&name, "this is no regular file"));
    }
    let mut bytes = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    fs::File::open(path).map_err(unreadable)?.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_BYTES {
        return Err(Finding::about_file(&name, format!("the file is larger than {MAX_BYTES} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|_| Finding::about_file(&name, "the file is not UTF-8"))?;
    Ok(File::new(name, text))
}
