//! The Python wrapper's variables, its image and the volumes of its container.

use super::*;

#[test]
fn a_sampler_of_const_1_beside_a_file_is_not_found() {
    let env = format!("{TRACING}, {ALL}, {{name: JAEGER_CONFIG_PATH, value: /mnt/models/x}}");
    assert_eq!(found_by("ST027", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len(), 0);
}

#[test]
fn a_wrapper_that_still_traces_is_found_by_its_image() {
    let found = |image: &str, tracing: &str| {
        let env = format!("{{name: TRACING, value: '{tracing}'}}");
        let container = format!("{{name: c, image: '{image}', env: [{env}]}}");
        let silent = found_by("ST019", &predictor("name: c", &container));
        assert!(silent.is_empty(), "an executor that samples nothing keeps the wrapper from sending");
        let orchestrator = format!("svcOrchSpec: {{env: [{ALL}]}}, ");
        found_by("ST019", &(orchestrator + &predictor("name: c", &container))).len()
    };
    assert_eq!(found("seldonio/sklearnserver:1.7.0", "0"), 1);
    assert_eq!(found("seldonio/sklearnserver:1.7.0", "1"), 0);
    assert_eq!(found("seldonio/sklearnserver:1.9.0", "0"), 0);
    assert_eq!(found("seldonio/sklearnserver:1.4.0", "0"), 0);
    assert_eq!(found("iris:1.7.0", "0"), 0);
}

#[test]
fn a_file_exists_if_a_volume_is_mounted_over_it() {
    let found = |path: &str, mounts: &str| {
        let env = format!("{{name: JAEGER_CONFIG_PATH, value: '{path}'}}");
        let container = format!("{{name: c, env: [{env}], volumeMounts: [{mounts}]}}");
        let pod = format!("spec: {{containers: [{container}], volumes: [{{name: v, configMap: {{name: x}}}}]}}");
        found_by("ST027", &format!("graph: {{name: c}}, componentSpecs: [{{{pod}}}]")).len()
    };
    let path = "/etc/tracing/config.yaml";
    for mount in ["/etc/tracing", "/etc/tracing/", "/etc", "/", "/etc/tracing/config.yaml"] {
        assert_eq!(found(path, &format!("{{mountPath: {mount}}}")), 0, "{mount}");
        assert_eq!(found(path, &format!("{{mountPath: /x}}, {{name: v, mountPath: {mount}}}")), 0, "{mount}");
    }
    for mount in ["/etc/trac", "/etc/tracing/config", "/x"] {
        assert_eq!(found(path, &format!("{{mountPath: {mount}}}")), 1, "{mount}");
    }
    assert_eq!(found(path, ""), 1);
    assert_eq!(found(path, "{name: w, mountPath: /etc/tracing}"), 1, "no volume has that name");
    for elsewhere in ["config.yaml", "$(DIR)/x", "/$(DIR)/x", "", "/mnt/models/x.yaml"] {
        assert_eq!(found(elsewhere, ""), 0, "{elsewhere}");
    }
}

#[test]
fn an_empty_source_defines_nothing() {
    let sampler = "{name: JAEGER_SAMPLER_PARAM, value: '0.1'}";
    let found = |more: &str, env: &str| {
        found_by("ST016", &predictor("name: c", &format!("{{name: c, {more}env: [{env}{sampler}]}}"))).len()
    };
    assert_eq!(found("envFrom: [], ", ""), 1);
    assert_eq!(found("envFrom: [{configMapRef: {name: x}}], ", ""), 0);
    assert_eq!(found("", "{name: JAEGER_CONFIG_PATH, value: ''}, "), 1);
    assert_eq!(found("", "{name: JAEGER_CONFIG_PATH, value: /x}, "), 0);
}

#[test]
fn invalid_tags_crash_the_wrapper_only_if_it_reads_them() {
    let found = |env: &str, tags: &str| {
        let env = format!("{env}, {{name: JAEGER_TAGS, value: '{tags}'}}");
        found_by("ST003", &predictor("name: c", &format!("{{name: c, env: [{env}]}}"))).len()
    };
    for tags in ["a=b,", "a=b=c", "a"] {
        assert_eq!(found(TRACING, tags), 1, "{tags}");
        assert_eq!(found("{name: TRACING, value: '0'}", tags), 0, "{tags}");
        assert_eq!(found(DATADOG, tags), 0, "{tags}");
    }
    for tags in ["a=b", "a=b, c=d", "", "a=$(MY_PORT),"] {
        assert_eq!(found(TRACING, tags), 0, "{tags}");
    }
}
