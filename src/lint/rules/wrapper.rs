//! Rules on what stands around the Python wrapper's variables: the image that holds it, the volumes of its container.

use super::super::{Check, Found, Rule, Scene, Severity, plain_text};
use super::jaeger::sampler_but_const_1;
use super::{WRAPPER, is_server};
use crate::manifest::{Variable, value_of};
use crate::profile::python_integer;

/// Where the operator mounts a volume with the model, in the container of a node that has one.
const MODELS: &str = "/mnt/models";

/// The images of Seldon's own that hold the wrapper, by what their names begin with. Their tags are its versions.
const IMAGES: [&str; 6] =
    ["mlflowserver", "mock_classifier", "seldon-core-s2i-python", "sklearnserver", "tfserving-proxy", "xgboostserver"];

pub(super) const ST027: Rule = Rule {
    id: "ST027",
    severity: Severity::Warning,
    finds: "JAEGER_CONFIG_PATH without a volume, or beside a sampler",
    explanation: "JAEGER_CONFIG_PATH names a file in the container. Where no volume is mounted over it, it is not \
                  there, unless the image itself holds it: a comment allows that. The Python wrapper takes its \
                  sampler from the file and from nowhere else. A sampler of const 1, which Seldon's own example sets, \
                  is not found.",
    source: WRAPPER,
    wrong: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: JAEGER_CONFIG_PATH
            value: /etc/tracing/config.yaml
          - name: JAEGER_SAMPLER_PARAM
            value: '0.1'",
    right: "\
spec:
  predictors:
  - name: main
    graph:
      name: classifier
    componentSpecs:
    - spec:
        containers:
        - name: classifier
          env:
          - name: JAEGER_CONFIG_PATH
            value: /etc/tracing/config.yaml
          volumeMounts:
          - name: tracing
            mountPath: /etc/tracing
        volumes:
        - name: tracing
          configMap:
            name: tracing",
    fix: None,
    check: Check::Unit(|scene| {
        let path = scene.env().last("JAEGER_CONFIG_PATH").filter(|path| is_server(scene) && !path.is_gap());
        let Some(path) = path else { return Vec::new() };
        let lost = plain_text(path).filter(|text| text.starts_with('/') && !is_mounted(scene, text)).map(|text| {
            let words = format!("JAEGER_CONFIG_PATH is `{text}`, and no volume is mounted there");
            scene.at(path, words, "mount the ConfigMap that holds the file, unless the image does")
        });
        let said = scene.counting().filter_map(|variable| Some((variable, sampler_but_const_1(variable)?)));
        let samplers = said.map(|(variable, text)| {
            let words = format!("{} is `{text}`, and the file of JAEGER_CONFIG_PATH decides", variable.name);
            scene.at(variable, words, "take it out, and say it in the file")
        });
        lost.into_iter().chain(samplers).collect()
    }),
};

/// That a wrapper of 1.5 to 1.8 goes on with TRACING 0.
pub(super) fn traces_although_off(scene: &Scene<'_, '_, '_>) -> Option<Found> {
    let variable = scene.last("TRACING").filter(is_off).filter(|_| is_server(scene))?;
    let image = value_of(scene.tree, scene.unit().node, "image").and_then(|image| scene.tree.scalar_text(image))?;
    let version = wrapper_version(image).filter(|(major, minor)| *major == 1 && (5..=8).contains(minor));
    let words = format!("TRACING is `{}`, and the wrapper in {image} traces REST calls all the same", variable.value);
    version.map(|_| scene.at(&variable, words, "take an image of 1.9.0 or later"))
}

/// Whether TRACING is off to the wrapper.
pub(super) fn is_off(variable: &Variable<'_>) -> bool {
    plain_text(variable).and_then(python_integer) == Some(false)
}

/// The version of the wrapper that an image of a release of Seldon Core holds: its first two numbers.
fn wrapper_version(image: &str) -> Option<(u32, u32)> {
    let image = image.strip_prefix("docker.io/").unwrap_or(image).strip_prefix("seldonio/")?;
    let (name, tag) = image.split('@').next()?.split_once(':')?;
    let numbers: Vec<u32> = tag.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    match numbers[..] {
        [major, minor, _] if IMAGES.iter().any(|image| name.starts_with(image)) => Some((major, minor)),
        _ => None,
    }
}

/// Whether a volume is mounted over a path, or may be.
fn is_mounted(scene: &Scene<'_, '_, '_>, path: &str) -> bool {
    let (tree, container) = (scene.tree, scene.unit().node);
    let is_over = |mount: &str| {
        let below = path.strip_prefix(mount.trim_end_matches('/'));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    let mounts = value_of(tree, container, "volumeMounts");
    let mut paths = mounts.iter().flat_map(|list| tree.items(*list)).filter_map(|item| {
        let path = value_of(tree, *item, "mountPath")?;
        tree.scalar_text(path)
    });
    // What `<<` brings is not looked into.
    let takes_in_more = tree.entries(container).any(|(key, _)| tree.is_merge_key(key));
    takes_in_more || is_over(MODELS) || paths.any(is_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_an_image_of_seldon_s_own_is_the_wrapper_s_version() {
        for (image, version) in [
            ("seldonio/sklearnserver:1.8.0", Some((1, 8))),
            ("docker.io/seldonio/mock_classifier_rest:1.5.0", Some((1, 5))),
            ("seldonio/seldon-core-s2i-python37:1.5.1@sha256:00", Some((1, 5))),
            ("seldonio/mock_classifier:1.3", None),
            ("seldonio/mock_classifier:1.9.0-dev", None),
            ("seldonio/mlserver:1.5.0", None),
            ("seldonio/sklearnserver", None),
            ("example.com/seldonio/sklearnserver:1.5.0", None),
            ("iris:1.5.0", None),
        ] {
            assert_eq!(wrapper_version(image), version, "{image}");
        }
    }
}
