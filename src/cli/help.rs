//! Examples and exit status of each command, for its help and its man page.

/// A command line and what it does.
#[derive(Debug)]
pub struct Example {
    /// Its purpose, in a few words.
    pub does: &'static str,
    /// The command line, without the program's name.
    pub line: &'static str,
}

/// The end of a command's help.
#[derive(Debug)]
pub struct Ending {
    /// The command; empty for the program itself.
    pub command: &'static str,
    /// Examples, of which `-h` shows the first two.
    pub examples: &'static [Example],
    /// Each exit status and what it means.
    pub exit_status: &'static [(u8, &'static str)],
}

const fn example(does: &'static str, line: &'static str) -> Example {
    Example { does, line }
}

const OF_EDITS: &[(u8, &str)] = &[
    (0, "done; with --diff or --check: nothing would change"),
    (1, "with --diff or --check: something would change"),
    (2, "bad usage, an input that can't be read or edited, or a failed write: nothing was written"),
    (2, "nothing is selected: with --require-match, or with --check or --diff by the options of the command line"),
];

const OF_YAML: &[(u8, &str)] = &[(0, "done"), (2, "bad usage, or output that can't be written: nothing was printed")];

const OF_WORDS: &[(u8, &str)] = &[(0, "done"), (2, "bad usage, or output that can't be written")];

const OF_ARGOCD: &[(u8, &str)] =
    &[(0, "done"), (2, "bad usage, or an input that can't be read, built or edited: nothing was printed")];

/// The program's, and one for each command.
pub const ENDINGS: &[Ending] = &[
    Ending {
        command: "",
        examples: &[
            example("show what would change", "enable --backend jaeger --diff deploy/"),
            example("show what traces today", "status deploy/"),
        ],
        exit_status: &[
            (0, "done, and nothing found"),
            (1, "--diff or --check: something would change; lint: something was found"),
            (2, "bad usage, an input that can't be read or edited, or a failed write: nothing was written"),
        ],
    },
    Ending {
        command: "enable",
        examples: &[
            example("show the change, write nothing", "enable -b jaeger --diff deploy/"),
            example(
                "write it, with Datadog's library in stock images",
                "enable -b datadog --inject init --service iris -i iris.yaml",
            ),
            example(
                "DD_ENV, and one trace in two",
                "enable -b datadog --inject init --environment prod --sample-rate 0.5 -i deploy/",
            ),
            example("fail in CI if a manifest does not trace", "enable -b jaeger --check deploy/"),
            example(
                "an agent elsewhere, and one trace in ten",
                "enable -b jaeger --agent-host jaeger.tracing --agent-port 6831 --sampler-type probabilistic \
                 --sampler-param 0.1 -i deploy/",
            ),
            example("variables of Datadog's own libraries too", "enable -b datadog --names both -i deploy/"),
            example("one deployment of a stream", "enable -b jaeger --name iris -n prod < manifests.yaml"),
        ],
        exit_status: OF_EDITS,
    },
    Ending {
        command: "disable",
        examples: &[
            example("remove the tracing variables", "disable -i deploy/"),
            example("keep them, and switch tracing off", "disable --keep-config -i deploy/"),
            example("remove only Datadog's variables, and DD_ENV", "disable -b datadog --unset DD_ENV --diff deploy/"),
        ],
        exit_status: OF_EDITS,
    },
    Ending {
        command: "explain",
        examples: &[
            example("a variable", "explain JAEGER_SAMPLER_PARAM"),
            example("a rule of lint", "explain ST014"),
            example("what to check if no trace arrives", "explain no-traces"),
        ],
        exit_status: OF_WORDS,
    },
    Ending {
        command: "status",
        examples: &[example("a table", "status deploy/"), example("for a script", "status --format json deploy/")],
        exit_status: &[
            (0, "done"),
            (2, "bad usage, an input that can't be read, or with --require-match: nothing is selected"),
        ],
    },
    Ending {
        command: "lint",
        examples: &[
            example("show errors and warnings", "lint deploy/"),
            example("fix what has one right answer", "lint --fix -i deploy/"),
            example("for GitHub's code scanning", "lint --format sarif --fail-on never deploy/"),
        ],
        exit_status: &[
            (0, "nothing was found at or above --fail-on"),
            (1, "something was found"),
            (2, "bad usage, or an input that can't be read"),
            (2, "nothing is selected: with --require-match, or by the options of the command line"),
        ],
    },
    Ending {
        command: "config",
        examples: &[
            example("the settings of this folder", "config"),
            example("with a profile and an option", "config --profile staging -b jaeger --agent-port 6831"),
        ],
        exit_status: OF_WORDS,
    },
    Ending {
        command: "agent",
        examples: &[
            example(
                "a Collector on each node, for Jaeger",
                "agent collector --to jaeger.tracing:4317 | kubectl apply -f -",
            ),
            example("Jaeger and a model on this machine", "agent compose > compose.yaml"),
        ],
        exit_status: OF_YAML,
    },
    Ending {
        command: "agent collector",
        examples: &[
            example("to Jaeger", "agent collector -n tracing --to jaeger.tracing:4317 | kubectl apply -f -"),
            example(
                "traces of stock images to Datadog",
                "agent collector -n tracing --to datadog --api-key-secret datadog-secret | kubectl apply -f -",
            ),
            example("to another receiver", "agent collector --to otlp.example.com:443 --tls | kubectl apply -f -"),
        ],
        exit_status: OF_YAML,
    },
    Ending {
        command: "agent jaeger",
        examples: &[
            example("install it", "agent jaeger -n tracing | kubectl apply -f -"),
            example("as another of that kind", "agent jaeger -n tracing --name jaeger-test | kubectl apply -f -"),
        ],
        exit_status: OF_YAML,
    },
    Ending {
        command: "agent datadog-values",
        examples: &[
            example(
                "install the agent",
                "agent datadog-values --api-key-secret datadog-secret | helm install datadog datadog/datadog -f -",
            ),
            example(
                "on another site, for MLServer too",
                "agent datadog-values --api-key-secret datadog-secret --site datadoghq.eu --otlp > values.yaml",
            ),
        ],
        exit_status: OF_YAML,
    },
    Ending {
        command: "agent jaeger-config",
        examples: &[
            example(
                "name the service of each container",
                "agent jaeger-config --config-map jaeger --service '{name}-{container}' deploy/ | kubectl apply -f -",
            ),
            example(
                "one call in ten of containers without an orchestrator",
                "agent jaeger-config --config-map jaeger --sampler-type probabilistic --sampler-param 0.1 deploy/",
            ),
        ],
        exit_status: &[
            (0, "done"),
            (2, "bad usage, an input that can't be read, or no container is selected: nothing was printed"),
        ],
    },
    Ending {
        command: "agent compose",
        examples: &[
            example("write the file, then run docker compose up", "agent compose > compose.yaml"),
            example("another model", "agent compose --model-image registry.example.com/iris:1.0 > compose.yaml"),
        ],
        exit_status: OF_YAML,
    },
    Ending {
        command: "agent webhook",
        examples: &[
            example(
                "for namespaces with the label seldon-trace/inject=enabled",
                "agent webhook --image registry.example.com/seldon-trace:0.2.0 --config settings.yaml | kubectl apply -f -",
            ),
            example(
                "with a certificate of your own, for all namespaces",
                "agent webhook --image registry.example.com/seldon-trace:0.2.0 --tls-secret webhook-tls --ca-bundle ca.crt \
                 --scope all",
            ),
        ],
        exit_status: &[(0, "done"), (2, "bad usage, or a file that can't be read or is wrong: nothing was printed")],
    },
    Ending {
        command: "argocd",
        examples: &[
            example("what Argo CD deploys", "argocd generate"),
            example("the same of a kustomization or a chart", "argocd generate --build"),
        ],
        exit_status: OF_ARGOCD,
    },
    Ending {
        command: "argocd generate",
        examples: &[
            example("the manifests of the working folder", "argocd generate"),
            example("what kustomize or Helm builds of it", "argocd generate --build"),
        ],
        exit_status: OF_ARGOCD,
    },
    Ending {
        command: "argocd discover",
        examples: &[
            example("for the plugin of manifests", "argocd discover"),
            example("for the plugin of kustomize and Helm", "argocd discover --build"),
        ],
        exit_status: &[(0, "done; without output: the plugin does not match"), (2, "bad usage")],
    },
    #[cfg(feature = "webhook")]
    Ending {
        command: "webhook",
        examples: &[
            example("serve", "webhook --cert tls.crt --key tls.key --config settings.yaml"),
            example("deny what can't be edited", "webhook --cert tls.crt --key tls.key --on-error deny"),
        ],
        exit_status: &[
            (0, "stopped by SIGTERM or SIGINT"),
            (2, "bad usage, a file that can't be read or is wrong at the start, or an address that is taken"),
        ],
    },
    Ending {
        command: "completions",
        examples: &[
            example("bash", "completions bash > ~/.local/share/bash-completion/completions/seldon-trace"),
            example("fish", "completions fish > ~/.config/fish/completions/seldon-trace.fish"),
            example("zsh, in a folder of $fpath", "completions zsh > ~/.zfunc/_seldon-trace"),
        ],
        exit_status: OF_WORDS,
    },
    Ending {
        command: "man",
        examples: &[
            example("read a page", "man enable | man -l -"),
            example("install one", "man > ~/.local/share/man/man1/seldon-trace.1"),
        ],
        exit_status: OF_WORDS,
    },
];

/// The end of a command's help; `None` for `help` itself.
pub(crate) fn ending(command: &str) -> Option<&'static Ending> {
    ENDINGS.iter().find(|ending| ending.command == command)
}

/// The end of the `-h` output.
pub(super) fn short(command: &str) -> String {
    ending(command).map(|ending| examples(ending.examples.iter().take(2))).unwrap_or_default()
}

/// The end of the `--help` output.
pub(super) fn long(command: &str) -> String {
    let Some(Ending { examples: all, exit_status, .. }) = ending(command) else { return String::new() };
    let status: String = exit_status.iter().map(|(status, means)| format!("\n  {status}  {means}")).collect();
    format!("{}\n\nExit status:{status}", examples(*all))
}

fn examples<'a>(examples: impl IntoIterator<Item = &'a Example>) -> String {
    let line = |example: &Example| format!("\n  # {}\n{}", example.does, command_line(example.line));
    format!("Examples:{}", examples.into_iter().map(line).collect::<String>())
}

/// A command line that can be copied from a narrow terminal: clap would break it without a `\`.
fn command_line(words: &str) -> String {
    const WIDTH: usize = 78;
    let (mut lines, mut line) = (String::new(), "  seldon-trace".to_owned());
    for word in words.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            lines.push_str(&line);
            lines.push_str(" \\\n");
            line = "     ".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line
}
