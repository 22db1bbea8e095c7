//! `argocd` and its commands.

use clap::{Args, Subcommand};

use super::{SettingsFile, help};

/// `argocd`
#[derive(Debug, Args)]
pub struct ArgocdArgs {
    /// The command of the plugin
    #[command(subcommand)]
    pub command: ArgocdCommand,
}

/// The commands of a plugin for Argo CD.
#[derive(Debug, Subcommand)]
pub enum ArgocdCommand {
    /// Print the manifests of the working folder, with tracing switched on
    ///
    /// Without --build it takes the files that Argo CD takes of a folder of manifests. Argo CD gives the parameters
    /// `backend` and `recurse` and, with --build, `backend`, `release-name` and `value-files`, as variables PARAM_NAME. An
    /// error has its reason and its place, without lines of the manifest.
    #[command(after_help = help::short("argocd generate"), after_long_help = help::long("argocd generate"))]
    Generate(Box<GenerateArgs>),
    /// Print one file that mentions a SeldonDeployment, or nothing if the plugin does not match
    ///
    /// It always exits 0. Errors in manifests are reported by `generate`.
    #[command(after_help = help::short("argocd discover"), after_long_help = help::long("argocd discover"))]
    Discover {
        /// For a folder that has a kustomization file or a Chart.yaml, and for no other
        #[arg(long)]
        build: bool,
    },
}

/// `argocd generate`
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// Build the folder by kustomize or Helm, which have to be on the PATH
    #[arg(long)]
    pub build: bool,

    #[command(flatten)]
    #[allow(missing_docs)]
    pub settings_file: SettingsFile,
}
