
use builtin;
use str;

set edit:completion:arg-completer[seldon-trace] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'seldon-trace'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'seldon-trace'= {
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand enable 'Switch tracing on, for one backend'
            cand disable 'Switch tracing off: take the tracing variables out, and what that leaves empty'
            cand explain 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why'
            cand status 'Show what traces today, where its traces go, and why others do not trace'
            cand lint 'Find what is wrong with the tracing of manifests'
            cand config 'Print the settings that are in force, and where each comes from'
            cand completions 'Print the completions of a shell'
            cand man 'Print a man page, of the program or of one of its commands'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'seldon-trace;enable'= {
            cand -b 'Where the traces go'
            cand --backend 'Where the traces go'
            cand -f 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand --filename 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand -o 'Write the result into this file, replaced whole'
            cand --output 'Write the result into this file, replaced whole'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --agent-host 'The agent''s host [default: the node''s address, by fieldRef status.hostIP]'
            cand --agent-port 'The agent''s port [default: 5775 for jaeger, 8126 for datadog]'
            cand --service 'The service''s name, in which {name}, {namespace}, {predictor} and {container} are filled in'
            cand --set 'Any other variable that a tracing client reads, put where one does; may be repeated'
            cand --sampler-type 'jaeger: const, probabilistic, ratelimiting or remote [default: const]'
            cand --sampler-param 'jaeger: the sampler''s param [default: 1]'
            cand --orchestrator-sampler-param 'jaeger: the sampler''s param for the orchestrator alone'
            cand --sample-rate 'datadog: the share of traces that is kept, 0 to 1 [default: 1]'
            cand --orchestrator-sample-rate 'datadog: the same for the orchestrator alone'
            cand --tag 'datadog: a tag, merged into DD_TAGS by its key; may be repeated'
            cand --tags 'datadog: all tags, in the place of those that stand'
            cand --names 'datadog: whose names the port and the rate get [default: seldon]'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace; one that says none is in default'
            cand --namespace 'Deployments in this namespace; one that says none is in default'
            cand -l 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --selector 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --container 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --only 'Only containers, or only orchestrators'
            cand --keep 'Never change or take out variables of this name; may be repeated'
            cand --config 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]'
            cand --profile 'Go by this profile of the settings file'
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand -i 'Write each result back into its file, all of them or none'
            cand --in-place 'Write each result back into its file, all of them or none'
            cand --diff 'Print a unified diff instead; exit 1 where it is not empty'
            cand --check 'Print the names of the files that would change instead; exit 1 where there is one'
            cand --allow-no-match 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
            cand -q 'Say nothing of what was done; errors are still shown'
            cand --quiet 'Say nothing of what was done; errors are still shown'
            cand -v 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --verbose 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --json-patch 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json'
            cand --reset 'Write the defaults over what stands in the manifest, too'
            cand --all-containers 'Containers that no graph node names, too'
            cand --require-match 'Fail where no deployment is selected'
            cand --no-config 'Go by no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;disable'= {
            cand -b 'Take only this backend''s variables out'
            cand --backend 'Take only this backend''s variables out'
            cand --unset 'Take this variable out, too; may be repeated'
            cand -f 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand --filename 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand -o 'Write the result into this file, replaced whole'
            cand --output 'Write the result into this file, replaced whole'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace; one that says none is in default'
            cand --namespace 'Deployments in this namespace; one that says none is in default'
            cand -l 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --selector 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --container 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --only 'Only containers, or only orchestrators'
            cand --keep 'Never change or take out variables of this name; may be repeated'
            cand --config 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]'
            cand --profile 'Go by this profile of the settings file'
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand --keep-config 'Leave the settings, and switch off: TRACING and DD_ENABLED 0, JAEGER_DISABLED true on the orchestrator'
            cand -i 'Write each result back into its file, all of them or none'
            cand --in-place 'Write each result back into its file, all of them or none'
            cand --diff 'Print a unified diff instead; exit 1 where it is not empty'
            cand --check 'Print the names of the files that would change instead; exit 1 where there is one'
            cand --allow-no-match 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
            cand -q 'Say nothing of what was done; errors are still shown'
            cand --quiet 'Say nothing of what was done; errors are still shown'
            cand -v 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --verbose 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --json-patch 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json'
            cand --all-containers 'Containers that no graph node names, too'
            cand --require-match 'Fail where no deployment is selected'
            cand --no-config 'Go by no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;explain'= {
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;status'= {
            cand --format 'How it is shown'
            cand -f 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand --filename 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace; one that says none is in default'
            cand --namespace 'Deployments in this namespace; one that says none is in default'
            cand -l 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --selector 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --container 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --only 'Only containers, or only orchestrators'
            cand --config 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]'
            cand --profile 'Go by this profile of the settings file'
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand --all-containers 'Containers that no graph node names, too'
            cand --require-match 'Fail where no deployment is selected'
            cand --no-config 'Go by no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;lint'= {
            cand --format 'How findings are shown'
            cand --show 'Show findings of this severity and above; --verbose and --fail-on info show all of them [default: warning]'
            cand --fail-on 'Exit 1 where something this bad is found [default: warning]'
            cand --allow 'Leave this rule out; may be repeated'
            cand --deny 'Count what this rule finds as an error; may be repeated'
            cand -f 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand --filename 'The same as PATH, for the hand that types kubectl; may be repeated'
            cand -o 'Write the result into this file, replaced whole'
            cand --output 'Write the result into this file, replaced whole'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace; one that says none is in default'
            cand --namespace 'Deployments in this namespace; one that says none is in default'
            cand -l 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --selector 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --container 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --only 'Only containers, or only orchestrators'
            cand --config 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]'
            cand --profile 'Go by this profile of the settings file'
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand --fix 'Mend what has one right answer, and print the manifests; what is left is said on standard error'
            cand -i 'Write each result back into its file, all of them or none'
            cand --in-place 'Write each result back into its file, all of them or none'
            cand --diff 'Print a unified diff instead; exit 1 where it is not empty'
            cand --check 'Print the names of the files that would change instead; exit 1 where there is one'
            cand --allow-no-match 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
            cand -q 'Say nothing of what was done; errors are still shown'
            cand --quiet 'Say nothing of what was done; errors are still shown'
            cand -v 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --verbose 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
            cand --all-containers 'Containers that no graph node names, too'
            cand --require-match 'Fail where no deployment is selected'
            cand --no-config 'Go by no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;config'= {
            cand -b 'Where the traces go'
            cand --backend 'Where the traces go'
            cand --config 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]'
            cand --profile 'Go by this profile of the settings file'
            cand --agent-host 'The agent''s host [default: the node''s address, by fieldRef status.hostIP]'
            cand --agent-port 'The agent''s port [default: 5775 for jaeger, 8126 for datadog]'
            cand --service 'The service''s name, in which {name}, {namespace}, {predictor} and {container} are filled in'
            cand --set 'Any other variable that a tracing client reads, put where one does; may be repeated'
            cand --sampler-type 'jaeger: const, probabilistic, ratelimiting or remote [default: const]'
            cand --sampler-param 'jaeger: the sampler''s param [default: 1]'
            cand --orchestrator-sampler-param 'jaeger: the sampler''s param for the orchestrator alone'
            cand --sample-rate 'datadog: the share of traces that is kept, 0 to 1 [default: 1]'
            cand --orchestrator-sample-rate 'datadog: the same for the orchestrator alone'
            cand --tag 'datadog: a tag, merged into DD_TAGS by its key; may be repeated'
            cand --tags 'datadog: all tags, in the place of those that stand'
            cand --names 'datadog: whose names the port and the rate get [default: seldon]'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace; one that says none is in default'
            cand --namespace 'Deployments in this namespace; one that says none is in default'
            cand -l 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --selector 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --container 'Containers of this name; the orchestrator''s is seldon-container-engine'
            cand --only 'Only containers, or only orchestrators'
            cand --keep 'Never change or take out variables of this name; may be repeated'
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand --schema 'Print the JSON Schema of a settings file, for editors; nothing is read'
            cand --no-config 'Go by no settings file'
            cand --reset 'Write the defaults over what stands in the manifest, too'
            cand --all-containers 'Containers that no graph node names, too'
            cand --require-match 'Fail where no deployment is selected'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;completions'= {
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;man'= {
            cand --color 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;help'= {
            cand enable 'Switch tracing on, for one backend'
            cand disable 'Switch tracing off: take the tracing variables out, and what that leaves empty'
            cand explain 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why'
            cand status 'Show what traces today, where its traces go, and why others do not trace'
            cand lint 'Find what is wrong with the tracing of manifests'
            cand config 'Print the settings that are in force, and where each comes from'
            cand completions 'Print the completions of a shell'
            cand man 'Print a man page, of the program or of one of its commands'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'seldon-trace;help;enable'= {
        }
        &'seldon-trace;help;disable'= {
        }
        &'seldon-trace;help;explain'= {
        }
        &'seldon-trace;help;status'= {
        }
        &'seldon-trace;help;lint'= {
        }
        &'seldon-trace;help;config'= {
        }
        &'seldon-trace;help;completions'= {
        }
        &'seldon-trace;help;man'= {
        }
        &'seldon-trace;help;help'= {
        }
    ]
    $completions[$command]
}
