//! The struct behind `docker image inspect`: `image.InspectResponse` of Docker's API.

use super::shape::{Field, Place, Record, SET, Shape, TEXTS, always, omit};

/// The shape of one element of `docker image inspect`'s array.
pub const IMAGE: Shape = Shape::Struct(&IMAGE_RECORD);

const LABELS: Shape = Shape::Map(&Shape::Text);

const fn named(name: &'static str, key: &'static str, shape: Shape, place: Place) -> Field {
    Field { name, key, shape, place }
}

const fn embedded(name: &'static str, record: &'static Record) -> Field {
    Field { name, key: "", shape: Shape::Struct(record), place: Place::Embedded }
}

const IMAGE_RECORD: Record = Record {
    name: "image.InspectResponse",
    fields: &[
        named("ID", "Id", Shape::Text, Place::Always),
        always("RepoTags", TEXTS),
        always("RepoDigests", TEXTS),
        omit("Comment", Shape::Text),
        omit("Created", Shape::Text),
        omit("Author", Shape::Text),
        always("Config", Shape::Pointer(&CONFIG)),
        always("Architecture", Shape::Text),
        omit("Variant", Shape::Text),
        always("Os", Shape::Text),
        omit("OsVersion", Shape::Text),
        always("Size", Shape::Integer("int64")),
        omit("GraphDriver", Shape::Pointer(&DRIVER)),
        always("RootFS", Shape::Struct(&ROOT_FS)),
        always("Metadata", Shape::Struct(&METADATA)),
        omit("Descriptor", Shape::Pointer(&DESCRIPTOR)),
        omit("Manifests", Shape::List(&Shape::Any)),
        omit("Identity", Shape::Pointer(&IDENTITY)),
    ],
};

const CONFIG: Record = Record {
    name: "v1.DockerOCIImageConfig",
    fields: &[embedded("ImageConfig", &OCI_CONFIG), embedded("DockerOCIImageConfigExt", &DOCKER_CONFIG)],
};

const OCI_CONFIG: Record = Record {
    name: "v1.ImageConfig",
    fields: &[
        omit("User", Shape::Text),
        omit("ExposedPorts", SET),
        omit("Env", TEXTS),
        omit("Entrypoint", TEXTS),
        omit("Cmd", TEXTS),
        omit("Volumes", SET),
        omit("WorkingDir", Shape::Text),
        omit("Labels", LABELS),
        omit("StopSignal", Shape::Text),
        omit("ArgsEscaped", Shape::Bool),
    ],
};

const DOCKER_CONFIG: Record = Record {
    name: "v1.DockerOCIImageConfigExt",
    fields: &[omit("Healthcheck", Shape::Pointer(&HEALTHCHECK)), omit("OnBuild", TEXTS), omit("Shell", TEXTS)],
};

const HEALTHCHECK: Record = Record {
    name: "v1.HealthcheckConfig",
    fields: &[
        omit("Test", TEXTS),
        omit("Interval", Shape::Duration),
        omit("Timeout", Shape::Duration),
        omit("StartPeriod", Shape::Duration),
        omit("StartInterval", Shape::Duration),
        omit("Retries", Shape::Integer("int")),
    ],
};

const DRIVER: Record =
    Record { name: "storage.DriverData", fields: &[always("Data", LABELS), always("Name", Shape::Text)] };

const ROOT_FS: Record = Record { name: "image.RootFS", fields: &[omit("Type", Shape::Text), omit("Layers", TEXTS)] };

const METADATA: Record = Record { name: "image.Metadata", fields: &[always("LastTagTime", Shape::Time)] };

const DESCRIPTOR: Record = Record {
    name: "v1.Descriptor",
    fields: &[
        named("MediaType", "mediaType", Shape::Text, Place::Always),
        named("Digest", "digest", Shape::Digest, Place::Always),
        named("Size", "size", Shape::Integer("int64"), Place::Always),
        named("URLs", "urls", TEXTS, Place::OmitEmpty),
        named("Annotations", "annotations", LABELS, Place::OmitEmpty),
        named("Data", "data", Shape::List(&Shape::Integer("uint8")), Place::OmitEmpty),
        named("Platform", "platform", Shape::Pointer(&PLATFORM), Place::OmitEmpty),
        named("ArtifactType", "artifactType", Shape::Text, Place::OmitEmpty),
    ],
};

const PLATFORM: Record = Record {
    name: "v1.Platform",
    fields: &[
        named("Architecture", "architecture", Shape::Text, Place::Always),
        named("OS", "os", Shape::Text, Place::Always),
        named("OSVersion", "os.version", Shape::Text, Place::OmitEmpty),
        named("OSFeatures", "os.features", TEXTS, Place::OmitEmpty),
        named("Variant", "variant", Shape::Text, Place::OmitEmpty),
    ],
};

const IDENTITY: Record = Record {
    name: "image.Identity",
    fields: &[
        omit("Signature", Shape::List(&Shape::Any)),
        omit("Pull", Shape::List(&Shape::Struct(&PULL))),
        omit("Build", Shape::List(&Shape::Any)),
    ],
};

const PULL: Record = Record { name: "image.PullIdentity", fields: &[omit("Repository", Shape::Text)] };
