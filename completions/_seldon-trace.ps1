
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
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Switch tracing on')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Switch tracing off: remove the tracing variables, and what that leaves empty')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a variable, a rule of lint, or a part that an option adds')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what traces today, where its traces go, and why others do not trace')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Find what is wrong with the tracing of manifests')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the settings that are in force, and where each comes from')
            [CompletionResult]::new('agent', 'agent', [CompletionResultType]::ParameterValue, 'Print what receives the traces, or changes manifests in a cluster, as YAML for kubectl, Helm or Compose')
            [CompletionResult]::new('argocd', 'argocd', [CompletionResultType]::ParameterValue, 'The commands of the plugins for Argo CD')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a man page, of the program or of one of its commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'seldon-trace;enable' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Where the traces go: jaeger or datadog')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Where the traces go: jaeger or datadog')
            [CompletionResult]::new('--agent-host', '--agent-host', [CompletionResultType]::ParameterName, 'Agent''s host [default: the node''s address]')
            [CompletionResult]::new('--agent-port', '--agent-port', [CompletionResultType]::ParameterName, 'Agent''s port [default: jaeger 5775, datadog 8126]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another tracing variable; may be repeated')
            [CompletionResult]::new('--sampler-type', '--sampler-type', [CompletionResultType]::ParameterName, 'jaeger: such as probabilistic [default: const]')
            [CompletionResult]::new('--sampler-param', '--sampler-param', [CompletionResultType]::ParameterName, 'jaeger: e.g. 0.1 with probabilistic [default: 1]')
            [CompletionResult]::new('--orchestrator-sampler-param', '--orchestrator-sampler-param', [CompletionResultType]::ParameterName, 'jaeger: JAEGER_SAMPLER_PARAM of the orchestrator alone')
            [CompletionResult]::new('--sample-rate', '--sample-rate', [CompletionResultType]::ParameterName, 'datadog: DD_SAMPLE_RATE, from 0 to 1 [default: 1]')
            [CompletionResult]::new('--orchestrator-sample-rate', '--orchestrator-sample-rate', [CompletionResultType]::ParameterName, 'datadog: DD_SAMPLE_RATE of the orchestrator alone')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'datadog: a tag in DD_TAGS; may be repeated')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'datadog: all of DD_TAGS; other tags are removed')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'datadog: seldon, standard or both [default: seldon]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'datadog: DD_ENV, such as prod')
            [CompletionResult]::new('--service-version', '--service-version', [CompletionResultType]::ParameterName, 'datadog: DD_VERSION, the version of the service')
            [CompletionResult]::new('--tagging', '--tagging', [CompletionResultType]::ParameterName, 'datadog: labels: write the tags of unified service tagging as labels')
            [CompletionResult]::new('--inject', '--inject', [CompletionResultType]::ParameterName, 'datadog: add its library by init or admission')
            [CompletionResult]::new('--library-version', '--library-version', [CompletionResultType]::ParameterName, 'datadog: version of the library that --inject brings in [default: v2]')
            [CompletionResult]::new('--library-image', '--library-image', [CompletionResultType]::ParameterName, 'datadog: image of --inject init, without a tag [default: Datadog''s own]')
            [CompletionResult]::new('--config-map', '--config-map', [CompletionResultType]::ParameterName, 'jaeger: mount config files of the Python wrapper, from this ConfigMap')
            [CompletionResult]::new('--propagation', '--propagation', [CompletionResultType]::ParameterName, 'jaeger: headers that pass a trace on: b3; it needs --config-map')
            [CompletionResult]::new('--orchestrator-agent-host', '--orchestrator-agent-host', [CompletionResultType]::ParameterName, 'The agent''s host for the orchestrator alone')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'The agent: node, or sidecar in each pod [default: node]')
            [CompletionResult]::new('--agent-image', '--agent-image', [CompletionResultType]::ParameterName, 'Image of the sidecar [default: the official image]')
            [CompletionResult]::new('--collector', '--collector', [CompletionResultType]::ParameterName, 'jaeger: where the sidecar sends traces, by OTLP over gRPC')
            [CompletionResult]::new('--api-key-secret', '--api-key-secret', [CompletionResultType]::ParameterName, 'datadog: the Secret with the API key of the sidecar [default: datadog-secret/api-key]')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'datadog: Datadog''s site, to which the sidecar sends [default: datadoghq.com]')
            [CompletionResult]::new('--otlp', '--otlp', [CompletionResultType]::ParameterName, 'MLServer''s spans to a collector of OpenTelemetry, by --otlp or --otlp=HOST:PORT')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or remove variables of this name; may be repeated')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--max-depth', '--max-depth', [CompletionResultType]::ParameterName, 'In folders, take at most this many levels; 1 is the files of the folder itself')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--native-sidecar', '--native-sidecar', [CompletionResultType]::ParameterName, 'The sidecar as an init container that keeps running')
            [CompletionResult]::new('--collector-tls', '--collector-tls', [CompletionResultType]::ParameterName, 'jaeger: use TLS to --collector')
            [CompletionResult]::new('--fargate', '--fargate', [CompletionResultType]::ParameterName, 'datadog: the sidecar runs on AWS Fargate')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Write the defaults over existing values too')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'In folders, take files and folders that ignore files exclude too')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'In folders, take hidden files and folders too')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff; exit 1 if something would change')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print files that would change; exit 1 if there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check, --diff or lint, accept a selection that matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--json-patch', '--json-patch', [CompletionResultType]::ParameterName, 'Print a JSON Patch of the one resource that changes')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;disable' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Remove only this backend''s variables')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Remove only this backend''s variables')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or remove variables of this name; may be repeated')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Remove this variable too; may be repeated')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--max-depth', '--max-depth', [CompletionResultType]::ParameterName, 'In folders, take at most this many levels; 1 is the files of the folder itself')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--keep-config', '--keep-config', [CompletionResultType]::ParameterName, 'Keep the variables and switch tracing off')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'In folders, take files and folders that ignore files exclude too')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'In folders, take hidden files and folders too')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff; exit 1 if something would change')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print files that would change; exit 1 if there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check, --diff or lint, accept a selection that matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--json-patch', '--json-patch', [CompletionResultType]::ParameterName, 'Print a JSON Patch of the one resource that changes')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;status' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format of what is printed')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--max-depth', '--max-depth', [CompletionResultType]::ParameterName, 'In folders, take at most this many levels; 1 is the files of the folder itself')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'In folders, take files and folders that ignore files exclude too')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'In folders, take hidden files and folders too')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;lint' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit 1 if something at least this bad is found [default: warning]')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Skip this rule; may be repeated')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Report what this rule finds as an error; may be repeated')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The format of what is printed')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Show findings of this severity and above [default: warning]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--max-depth', '--max-depth', [CompletionResultType]::ParameterName, 'In folders, take at most this many levels; 1 is the files of the folder itself')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the result into this file')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--unified', '--unified', [CompletionResultType]::ParameterName, 'Lines of context in a diff')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Fix what has one right answer, and print the manifests')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'In folders, take files and folders that ignore files exclude too')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'In folders, take hidden files and folders too')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write each result into its file: all files, or none')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a unified diff; exit 1 if something would change')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Print files that would change; exit 1 if there is one')
            [CompletionResult]::new('--allow-no-match', '--allow-no-match', [CompletionResultType]::ParameterName, 'With --check, --diff or lint, accept a selection that matches no deployment')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no report, but errors and what lint finds')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print more: unchanged deployments, values, findings')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;config' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Where the traces go: jaeger or datadog')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'Where the traces go: jaeger or datadog')
            [CompletionResult]::new('--agent-host', '--agent-host', [CompletionResultType]::ParameterName, 'Agent''s host [default: the node''s address]')
            [CompletionResult]::new('--agent-port', '--agent-port', [CompletionResultType]::ParameterName, 'Agent''s port [default: jaeger 5775, datadog 8126]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Another tracing variable; may be repeated')
            [CompletionResult]::new('--sampler-type', '--sampler-type', [CompletionResultType]::ParameterName, 'jaeger: such as probabilistic [default: const]')
            [CompletionResult]::new('--sampler-param', '--sampler-param', [CompletionResultType]::ParameterName, 'jaeger: e.g. 0.1 with probabilistic [default: 1]')
            [CompletionResult]::new('--orchestrator-sampler-param', '--orchestrator-sampler-param', [CompletionResultType]::ParameterName, 'jaeger: JAEGER_SAMPLER_PARAM of the orchestrator alone')
            [CompletionResult]::new('--sample-rate', '--sample-rate', [CompletionResultType]::ParameterName, 'datadog: DD_SAMPLE_RATE, from 0 to 1 [default: 1]')
            [CompletionResult]::new('--orchestrator-sample-rate', '--orchestrator-sample-rate', [CompletionResultType]::ParameterName, 'datadog: DD_SAMPLE_RATE of the orchestrator alone')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'datadog: a tag in DD_TAGS; may be repeated')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'datadog: all of DD_TAGS; other tags are removed')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'datadog: seldon, standard or both [default: seldon]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'datadog: DD_ENV, such as prod')
            [CompletionResult]::new('--service-version', '--service-version', [CompletionResultType]::ParameterName, 'datadog: DD_VERSION, the version of the service')
            [CompletionResult]::new('--tagging', '--tagging', [CompletionResultType]::ParameterName, 'datadog: labels: write the tags of unified service tagging as labels')
            [CompletionResult]::new('--inject', '--inject', [CompletionResultType]::ParameterName, 'datadog: add its library by init or admission')
            [CompletionResult]::new('--library-version', '--library-version', [CompletionResultType]::ParameterName, 'datadog: version of the library that --inject brings in [default: v2]')
            [CompletionResult]::new('--library-image', '--library-image', [CompletionResultType]::ParameterName, 'datadog: image of --inject init, without a tag [default: Datadog''s own]')
            [CompletionResult]::new('--config-map', '--config-map', [CompletionResultType]::ParameterName, 'jaeger: mount config files of the Python wrapper, from this ConfigMap')
            [CompletionResult]::new('--propagation', '--propagation', [CompletionResultType]::ParameterName, 'jaeger: headers that pass a trace on: b3; it needs --config-map')
            [CompletionResult]::new('--orchestrator-agent-host', '--orchestrator-agent-host', [CompletionResultType]::ParameterName, 'The agent''s host for the orchestrator alone')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'The agent: node, or sidecar in each pod [default: node]')
            [CompletionResult]::new('--agent-image', '--agent-image', [CompletionResultType]::ParameterName, 'Image of the sidecar [default: the official image]')
            [CompletionResult]::new('--collector', '--collector', [CompletionResultType]::ParameterName, 'jaeger: where the sidecar sends traces, by OTLP over gRPC')
            [CompletionResult]::new('--api-key-secret', '--api-key-secret', [CompletionResultType]::ParameterName, 'datadog: the Secret with the API key of the sidecar [default: datadog-secret/api-key]')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'datadog: Datadog''s site, to which the sidecar sends [default: datadoghq.com]')
            [CompletionResult]::new('--otlp', '--otlp', [CompletionResultType]::ParameterName, 'MLServer''s spans to a collector of OpenTelemetry, by --otlp or --otlp=HOST:PORT')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Never change or remove variables of this name; may be repeated')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--native-sidecar', '--native-sidecar', [CompletionResultType]::ParameterName, 'The sidecar as an init container that keeps running')
            [CompletionResult]::new('--collector-tls', '--collector-tls', [CompletionResultType]::ParameterName, 'jaeger: use TLS to --collector')
            [CompletionResult]::new('--fargate', '--fargate', [CompletionResultType]::ParameterName, 'datadog: the sidecar runs on AWS Fargate')
            [CompletionResult]::new('--reset', '--reset', [CompletionResultType]::ParameterName, 'Write the defaults over existing values too')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Print the JSON Schema of a settings file, for editors; nothing is read')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('collector', 'collector', [CompletionResultType]::ParameterValue, 'An OpenTelemetry Collector on each node, which sends to Jaeger, Datadog or another receiver')
            [CompletionResult]::new('jaeger', 'jaeger', [CompletionResultType]::ParameterValue, 'Jaeger 2 in one pod, with its user interface; it keeps traces in memory')
            [CompletionResult]::new('datadog-values', 'datadog-values', [CompletionResultType]::ParameterValue, 'Values for Datadog''s Helm chart, with its agent on port 8126 of each node')
            [CompletionResult]::new('jaeger-config', 'jaeger-config', [CompletionResultType]::ParameterValue, 'The ConfigMap of enable --config-map: a config file of the Python wrapper for each container')
            [CompletionResult]::new('compose', 'compose', [CompletionResultType]::ParameterValue, 'A compose.yaml for one machine: Jaeger 2 and a model that traces')
            [CompletionResult]::new('webhook', 'webhook', [CompletionResultType]::ParameterValue, 'What runs the admission webhook in a cluster, which changes each SeldonDeployment as enable does')
            break
        }
        'seldon-trace;agent;collector' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The receiver of its traces: HOST:PORT, by OTLP over gRPC, or datadog')
            [CompletionResult]::new('--api-key-secret', '--api-key-secret', [CompletionResultType]::ParameterName, 'The Secret with Datadog''s API key [default key: api-key]')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'Datadog''s site [default: datadoghq.com]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the objects')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Their namespace [default: that of kubectl]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Their namespace [default: that of kubectl]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image, of OpenTelemetry Collector Contrib')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Use TLS to HOST:PORT')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent;jaeger' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the objects, and the host that clients use')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Their namespace [default: that of kubectl]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Their namespace [default: that of kubectl]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image, of Jaeger 2')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent;datadog-values' {
            [CompletionResult]::new('--api-key-secret', '--api-key-secret', [CompletionResultType]::ParameterName, 'The Secret with the API key, under the key api-key')
            [CompletionResult]::new('--site', '--site', [CompletionResultType]::ParameterName, 'The site')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--otlp', '--otlp', [CompletionResultType]::ParameterName, 'Receive OTLP too, on ports 4317 and 4318 of each node')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent;jaeger-config' {
            [CompletionResult]::new('--config-map', '--config-map', [CompletionResultType]::ParameterName, 'The ConfigMap''s name')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}')
            [CompletionResult]::new('--sampler-type', '--sampler-type', [CompletionResultType]::ParameterName, 'jaeger: such as probabilistic [default: const]')
            [CompletionResult]::new('--sampler-param', '--sampler-param', [CompletionResultType]::ParameterName, 'jaeger: e.g. 0.1 with probabilistic [default: 1]')
            [CompletionResult]::new('--propagation', '--propagation', [CompletionResultType]::ParameterName, 'jaeger: headers that pass a trace on: b3; it needs --config-map')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Deployments of this name')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Deployments in this namespace')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Deployments with these labels, as in kubectl')
            [CompletionResult]::new('--predictor', '--predictor', [CompletionResultType]::ParameterName, 'Predictors of this name')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Containers, or seldon-container-engine')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only these: containers or orchestrator')
            [CompletionResult]::new('--exclude', '--exclude', [CompletionResultType]::ParameterName, 'Skip files and folders that match, in folders that are walked; may be repeated')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'The same as PATH, as in kubectl; may be repeated')
            [CompletionResult]::new('--max-depth', '--max-depth', [CompletionResultType]::ParameterName, 'In folders, take at most this many levels; 1 is the files of the folder itself')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--all-containers', '--all-containers', [CompletionResultType]::ParameterName, 'Also containers that no graph node names')
            [CompletionResult]::new('--require-match', '--require-match', [CompletionResultType]::ParameterName, 'Fail if no deployment is selected')
            [CompletionResult]::new('--no-ignore', '--no-ignore', [CompletionResultType]::ParameterName, 'In folders, take files and folders that ignore files exclude too')
            [CompletionResult]::new('--hidden', '--hidden', [CompletionResultType]::ParameterName, 'In folders, take hidden files and folders too')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent;compose' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the project')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image of Jaeger 2')
            [CompletionResult]::new('--model-image', '--model-image', [CompletionResultType]::ParameterName, 'The image of a model in Seldon''s Python wrapper')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;agent;webhook' {
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'The image of seldon-trace with the webhook')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The namespace of the objects, which is printed too')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'The namespace of the objects, which is printed too')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'The namespaces whose SeldonDeployments it changes')
            [CompletionResult]::new('--tls-secret', '--tls-secret', [CompletionResultType]::ParameterName, 'The Secret of type kubernetes.io/tls with its certificate, instead of cert-manager''s')
            [CompletionResult]::new('--ca-bundle', '--ca-bundle', [CompletionResultType]::ParameterName, 'The certificate of the authority that has signed that of --tls-secret, in PEM')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The settings file, which is checked and printed as a ConfigMap [default: the nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;argocd' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Print the manifests of the working folder, with tracing switched on')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'Print one file that mentions a SeldonDeployment, or nothing if the plugin does not match')
            break
        }
        'seldon-trace;argocd;generate' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Settings file [default: nearest .seldon-trace.yaml]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the settings file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--build', '--build', [CompletionResultType]::ParameterName, 'Build the folder by kustomize or Helm, which have to be on the PATH')
            [CompletionResult]::new('--no-config', '--no-config', [CompletionResultType]::ParameterName, 'Use no settings file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;argocd;discover' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('--build', '--build', [CompletionResultType]::ParameterName, 'For a folder that has a kustomization file or a Chart.yaml, and for no other')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;man' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'seldon-trace;help' {
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Switch tracing on')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Switch tracing off: remove the tracing variables, and what that leaves empty')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a variable, a rule of lint, or a part that an option adds')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what traces today, where its traces go, and why others do not trace')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Find what is wrong with the tracing of manifests')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the settings that are in force, and where each comes from')
            [CompletionResult]::new('agent', 'agent', [CompletionResultType]::ParameterValue, 'Print what receives the traces, or changes manifests in a cluster, as YAML for kubectl, Helm or Compose')
            [CompletionResult]::new('argocd', 'argocd', [CompletionResultType]::ParameterValue, 'The commands of the plugins for Argo CD')
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
        'seldon-trace;help;agent' {
            [CompletionResult]::new('collector', 'collector', [CompletionResultType]::ParameterValue, 'An OpenTelemetry Collector on each node, which sends to Jaeger, Datadog or another receiver')
            [CompletionResult]::new('jaeger', 'jaeger', [CompletionResultType]::ParameterValue, 'Jaeger 2 in one pod, with its user interface; it keeps traces in memory')
            [CompletionResult]::new('datadog-values', 'datadog-values', [CompletionResultType]::ParameterValue, 'Values for Datadog''s Helm chart, with its agent on port 8126 of each node')
            [CompletionResult]::new('jaeger-config', 'jaeger-config', [CompletionResultType]::ParameterValue, 'The ConfigMap of enable --config-map: a config file of the Python wrapper for each container')
            [CompletionResult]::new('compose', 'compose', [CompletionResultType]::ParameterValue, 'A compose.yaml for one machine: Jaeger 2 and a model that traces')
            [CompletionResult]::new('webhook', 'webhook', [CompletionResultType]::ParameterValue, 'What runs the admission webhook in a cluster, which changes each SeldonDeployment as enable does')
            break
        }
        'seldon-trace;help;agent;collector' {
            break
        }
        'seldon-trace;help;agent;jaeger' {
            break
        }
        'seldon-trace;help;agent;datadog-values' {
            break
        }
        'seldon-trace;help;agent;jaeger-config' {
            break
        }
        'seldon-trace;help;agent;compose' {
            break
        }
        'seldon-trace;help;agent;webhook' {
            break
        }
        'seldon-trace;help;argocd' {
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Print the manifests of the working folder, with tracing switched on')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'Print one file that mentions a SeldonDeployment, or nothing if the plugin does not match')
            break
        }
        'seldon-trace;help;argocd;generate' {
            break
        }
        'seldon-trace;help;argocd;discover' {
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
