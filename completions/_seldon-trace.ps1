
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'seldon-trace' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'seldon-trace'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'seldon-trace' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Switch tracing on, for one backend')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Switch tracing off: take the tracing variables out, and what that leaves empty')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what traces today, where its traces go, and why others do not trace')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Find what is wrong with the tracing of manifests')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the settings that are in force, and where each comes from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page, of the program or of one of its commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'seldon-trace;enable' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Where the traces go')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Where the traces go')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--agent-host', '--agent-host', [CompletionResultType]::ParameterName, 'The agent''s host [default: the node''s address, by fieldRef status.hostIP]')
            [CompletionResult]::new('--agent-port', '--agent-port', [CompletionResultType]::ParameterName, 'The agent''s port [default: 5775 for jaeger, 8126 for datadog]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The service''s name, in which {name}, {namespace}, {predictor} and {container} are filled in')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Any other variable that a tracing client reads, put where one does; may be repeated')
            [CompletionResult]::new('--sampler-type', '--sampler-type', [CompletionResultType]::ParameterName, 'jaeger: const, probabilistic, ratelimiting or remote [default: const]')
            [CompletionResult]::new('--sampler-param', '--sampler-param', [CompletionResultType]::ParameterName, 'jaeger: the sampler''s param [default: 1]')
            [CompletionResult]::new('--orchestrator-sampler-param', '--orchestrator-sampler-param', [CompletionResultType]::ParameterName, 'jaeger: the sampler''s param for the orchestrator alone')
            [CompletionResult]::new('--sample-rate', '--sample-rate', [CompletionResultType]::ParameterName, 'datadog: the share of traces that is kept, 0 to 1 [default: 1]')
            [CompletionResult]::new('--orchestrator-sample-rate', '--orchestrator-sample-rate', [CompletionResultType]::ParameterName, 'datadog: the same for the orchestrator alone')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'datadog: a tag, merged into DD_TAGS by its key; may be repeated')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'datadog: all tags, in the place of those that stand')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'datadog: whose names the port and the rate get [default: seldon]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only containers, or only orchestrators')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or take out variables of this name; may be repeated')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Go by this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff instead; exit 1 where it is not empty')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print the names of the files that would change instead; exit 1 where there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--json-patch', '--json-patch', [CompletionResultType]::ParameterName, 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Write the defaults over what stands in the manifest, too')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Containers that no graph node names, too')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail where no deployment is selected')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Go by no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;disable' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Take only this backend''s variables out')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Take only this backend''s variables out')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Take this variable out, too; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only containers, or only orchestrators')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or take out variables of this name; may be repeated')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Go by this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('--keep-config', '--keep-config', [CompletionResultType]::ParameterName, 'Leave the settings, and switch off: TRACING and DD_ENABLED 0, JAEGER_DISABLED true on the orchestrator')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff instead; exit 1 where it is not empty')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print the names of the files that would change instead; exit 1 where there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--json-patch', '--json-patch', [CompletionResultType]::ParameterName, 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Containers that no graph node names, too')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail where no deployment is selected')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Go by no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;status' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How it is shown')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only containers, or only orchestrators')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Go by this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Containers that no graph node names, too')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail where no deployment is selected')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Go by no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;lint' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How findings are shown')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show findings of this severity and above; --verbose and --fail-on info show all of them [default: warning]')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit 1 where something this bad is found [default: warning]')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Leave this rule out; may be repeated')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Count what this rule finds as an error; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, for the hand that types kubectl; may be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file, replaced whole')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only containers, or only orchestrators')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Go by this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Mend what has one right answer, and print the manifests; what is left is said on standard error')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result back into its file, all of them or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff instead; exit 1 where it is not empty')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print the names of the files that would change instead; exit 1 where there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing of what was done; errors are still shown')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Containers that no graph node names, too')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail where no deployment is selected')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Go by no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;config' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Where the traces go')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Where the traces go')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Go by this profile of the settings file')
            [CompletionResult]::new('--agent-host', '--agent-host', [CompletionResultType]::ParameterName, 'The agent''s host [default: the node''s address, by fieldRef status.hostIP]')
            [CompletionResult]::new('--agent-port', '--agent-port', [CompletionResultType]::ParameterName, 'The agent''s port [default: 5775 for jaeger, 8126 for datadog]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'The service''s name, in which {name}, {namespace}, {predictor} and {container} are filled in')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Any other variable that a tracing client reads, put where one does; may be repeated')
            [CompletionResult]::new('--sampler-type', '--sampler-type', [CompletionResultType]::ParameterName, 'jaeger: const, probabilistic, ratelimiting or remote [default: const]')
            [CompletionResult]::new('--sampler-param', '--sampler-param', [CompletionResultType]::ParameterName, 'jaeger: the sampler''s param [default: 1]')
            [CompletionResult]::new('--orchestrator-sampler-param', '--orchestrator-sampler-param', [CompletionResultType]::ParameterName, 'jaeger: the sampler''s param for the orchestrator alone')
            [CompletionResult]::new('--sample-rate', '--sample-rate', [CompletionResultType]::ParameterName, 'datadog: the share of traces that is kept, 0 to 1 [default: 1]')
            [CompletionResult]::new('--orchestrator-sample-rate', '--orchestrator-sample-rate', [CompletionResultType]::ParameterName, 'datadog: the same for the orchestrator alone')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'datadog: a tag, merged into DD_TAGS by its key; may be repeated')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'datadog: all tags, in the place of those that stand')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'datadog: whose names the port and the rate get [default: seldon]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace; one that says none is in default')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers of this name; the orchestrator''s is seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only containers, or only orchestrators')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or take out variables of this name; may be repeated')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Print the JSON Schema of a settings file, for editors; nothing is read')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Go by no settings file')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Write the defaults over what stands in the manifest, too')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Containers that no graph node names, too')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail where no deployment is selected')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;help' {
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Switch tracing on, for one backend')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Switch tracing off: take the tracing variables out, and what that leaves empty')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what traces today, where its traces go, and why others do not trace')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Find what is wrong with the tracing of manifests')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the settings that are in force, and where each comes from')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page, of the program or of one of its commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'seldon-trace;help;enable' {
            break
        }
        'seldon-trace;help;disable' {
            break
        }
        'seldon-trace;help;explain' {
            break
        }
        'seldon-trace;help;status' {
            break
        }
        'seldon-trace;help;lint' {
            break
        }
        'seldon-trace;help;config' {
            break
        }
        'seldon-trace;help;completions' {
            break
        }
        'seldon-trace;help;man' {
            break
        }
        'seldon-trace;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
