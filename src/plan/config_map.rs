//! The config file of the Python wrapper, which a ConfigMap brings into containers.

use std::collections::HashSet;

use super::mounts::MountedPods;
use super::parts::is_shape;
use super::{Planner, Remark, RunNote};
use crate::diagnostic::Diagnostic;
use crate::knowledge::Profile;
use crate::knowledge::parts::{CONFIG_PATH, CONFIG_VOLUME, config_volume};
use crate::manifest::{ContainerPath, Env, Target, Variable, value_of};
use crate::yaml::NodeId;

impl<'t> Planner<'t, '_> {
    /// Returns true if a container has a config file as this program brings it.
    pub(super) fn has_config(&self, target: &Target<'t>) -> bool {
        let container = target.site.container().filter(|_| !target.site.is_orchestrator());
        container.is_some_and(|container| CONFIG_VOLUME.is_in(self.tree, container))
    }

    /// Returns true if JAEGER_CONFIG_PATH of a container is a file in the volume of this program.
    pub(super) fn is_our_config(&self, target: &Target<'t>, env: &Env<'t>) -> bool {
        let path = env.last(CONFIG_PATH).filter(|path| !path.is_reference());
        let is_inside = |path: &str| path.strip_prefix(CONFIG_VOLUME.folder).is_some_and(|rest| rest.starts_with('/'));
        self.has_config(target) && path.is_some_and(|path| is_inside(path.value))
    }

    /// Returns true if JAEGER_CONFIG_PATH keeps a file of this program, which then has to stay in the container.
    pub(super) fn keeps_config(&self, target: &Target<'t>, env: &Env<'t>, removed: &HashSet<&str>) -> bool {
        !removed.contains(CONFIG_PATH) && self.is_our_config(target, env)
    }

    /// Returns true if a container is to have a config file.
    ///
    /// # Errors
    /// It has another one, which is the author's and could not be restored.
    pub(super) fn wants_config(
        &self,
        profile: &Profile,
        target: &Target<'t>,
        env: &Env<'t>,
    ) -> Result<bool, Diagnostic> {
        if profile.backend().is_datadog() || target.site.is_orchestrator() {
            return Ok(false);
        }
        if profile.parts().config_map.is_none() {
            return Ok(!profile.reset() && self.has_config(target));
        }
        let is_other = |path: &&Variable<'_>| !path.is_gap() && !self.is_our_config(target, env);
        let other = env.last(CONFIG_PATH).filter(is_other).filter(|_| !self.treatment.keeps(CONFIG_PATH));
        match other {
            None => Ok(true),
            Some(path) => {
                let message = format!("{CONFIG_PATH} exists, and is not the file that --config-map adds");
                let help = "remove it: its file would no longer be read";
                Err(self.tree.diagnostic(path.node, message, help))
            }
        }
    }

    /// Plans the config file of a container, or its removal.
    pub(super) fn set_config(&mut self, is_wanted: bool, place: &ContainerPath) -> Result<(), Diagnostic> {
        let mut pods = std::mem::take(&mut self.current.config);
        let done = self.set_mount(&CONFIG_VOLUME, &mut pods, is_wanted, (place.container, place.spec));
        self.current.config = pods;
        done
    }

    /// Plans the volumes of config files, after the containers of a predictor.
    pub(super) fn settle_config(&mut self, config_map: Option<&str>) -> Result<Vec<Remark>, Diagnostic> {
        let MountedPods { with, without } = std::mem::take(&mut self.current.config);
        let tree = self.tree;
        let is_known = |volume: NodeId| is_shape(tree, volume, &config_volume(""));
        if let Some(name) = config_map {
            self.plan.notes.insert(if with.is_empty() { RunNote::NoConfigMap } else { RunNote::ConfigMap });
            for spec in with {
                match self.pod_item(spec, "volumes", CONFIG_VOLUME.name, is_known)? {
                    None => self.current.additions.pod(spec).volumes.push(config_volume(name)),
                    Some(volume) => {
                        let map = value_of(self.tree, volume, "configMap").unwrap_or(volume);
                        self.set_part_text(map, "name", name.to_owned());
                    }
                }
            }
        }
        let mut remarks = Vec::new();
        for spec in without {
            if ["containers", "initContainers"].iter().any(|key| self.is_mounted_in(spec, key, &CONFIG_VOLUME)) {
                continue;
            }
            remarks.extend(self.remove_pod_item(spec, "volumes", CONFIG_VOLUME.name, is_known));
        }
        Ok(remarks)
    }
}
