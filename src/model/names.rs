//! What Debian and Alpine call a platform: `%debian-arch%`, `%alpine-arch%` and `%triplet%` in recipes; and where glibc
//! has its loader there: `/%loader-dir%/%loader%`.

use crate::oci::Platform;

/// Fills in the platform's names.
pub(super) fn fill_in(text: &str, platform: &Platform) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let [debian, alpine, triplet] = names(platform);
    let [directory, loader] = loader(platform);
    text.replace("%debian-arch%", debian)
        .replace("%alpine-arch%", alpine)
        .replace("%triplet%", triplet)
        .replace("%loader-dir%", directory)
        .replace("%loader%", loader)
}

fn loader(platform: &Platform) -> [&'static str; 2] {
    match (platform.architecture.as_str(), platform.variant.as_str()) {
        ("amd64", _) => ["lib64", "ld-linux-x86-64.so.2"],
        ("386", _) => ["lib", "ld-linux.so.2"],
        ("arm64", _) => ["lib", "ld-linux-aarch64.so.1"],
        ("arm", "v5") => ["lib", "ld-linux.so.3"],
        ("arm", _) => ["lib", "ld-linux-armhf.so.3"],
        ("ppc64le", _) => ["lib64", "ld64.so.2"],
        ("riscv64", _) => ["lib", "ld-linux-riscv64-lp64d.so.1"],
        ("s390x", _) => ["lib", "ld64.so.1"],
        (_, _) => ["lib", "ld.so.1"],
    }
}

fn names(platform: &Platform) -> [&str; 3] {
    match (platform.architecture.as_str(), platform.variant.as_str()) {
        ("amd64", _) => ["amd64", "x86_64", "x86_64-linux-gnu"],
        ("386", _) => ["i386", "x86", "i386-linux-gnu"],
        ("arm64", _) => ["arm64", "aarch64", "aarch64-linux-gnu"],
        ("arm", "v5") => ["armel", "armel", "arm-linux-gnueabi"],
        ("arm", "v6") => ["armhf", "armhf", "arm-linux-gnueabihf"],
        ("arm", _) => ["armhf", "armv7", "arm-linux-gnueabihf"],
        ("ppc64le", _) => ["ppc64el", "ppc64le", "powerpc64le-linux-gnu"],
        ("mips64le", _) => ["mips64el", "mips64le", "mips64el-linux-gnuabi64"],
        ("riscv64", _) => ["riscv64", "riscv64", "riscv64-linux-gnu"],
        ("s390x", _) => ["s390x", "s390x", "s390x-linux-gnu"],
        (other, _) => [other, other, other],
    }
}
