# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_seldon_trace_global_optspecs
    string join \n color= h/help V/version
end

function __fish_seldon_trace_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_seldon_trace_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_seldon_trace_using_subcommand
    set -l cmd (__fish_seldon_trace_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -s V -l version -d 'Print version'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "enable" -d 'Switch tracing on, for one backend'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "disable" -d 'Switch tracing off: take the tracing variables out, and what that leaves empty'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "explain" -d 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "status" -d 'Show what traces today, where its traces go, and why others do not trace'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "lint" -d 'Find what is wrong with the tracing of manifests'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "config" -d 'Print the settings that are in force, and where each comes from'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "man" -d 'Print a man page, of the program or of one of its commands'
complete -c seldon-trace -n "__fish_seldon_trace_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s b -l backend -d 'Where the traces go' -r -f -a "jaeger\t'Jaeger\'s clients, the default of Seldon Core'
datadog\t'Datadog\'s, in images that hold them'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s f -l filename -d 'The same as PATH, for the hand that types kubectl; may be repeated' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s o -l output -d 'Write the result into this file, replaced whole' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s U -l unified -d 'Lines of context in a diff' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l agent-host -d 'The agent\'s host [default: the node\'s address, by fieldRef status.hostIP]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l agent-port -d 'The agent\'s port [default: 5775 for jaeger, 8126 for datadog]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l service -d 'The service\'s name, in which {name}, {namespace}, {predictor} and {container} are filled in' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l set -d 'Any other variable that a tracing client reads, put where one does; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l sampler-type -d 'jaeger: const, probabilistic, ratelimiting or remote [default: const]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l sampler-param -d 'jaeger: the sampler\'s param [default: 1]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l orchestrator-sampler-param -d 'jaeger: the sampler\'s param for the orchestrator alone' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l sample-rate -d 'datadog: the share of traces that is kept, 0 to 1 [default: 1]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l orchestrator-sample-rate -d 'datadog: the same for the orchestrator alone' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l tag -d 'datadog: a tag, merged into DD_TAGS by its key; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l tags -d 'datadog: all tags, in the place of those that stand' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l names -d 'datadog: whose names the port and the rate get [default: seldon]' -r -f -a "seldon\t'Those of Seldon\'s document: DATADOG_TRACE_AGENT_PORT, DD_SAMPLE_RATE'
standard\t'Those of Datadog\'s own libraries: DD_TRACE_AGENT_PORT, DD_TRACE_SAMPLING_RULES'
both\t'Each of Datadog\'s after Seldon\'s'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l name -d 'Deployments of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s n -l namespace -d 'Deployments in this namespace; one that says none is in default' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s l -l selector -d 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l predictor -d 'Predictors of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s c -l container -d 'Containers of this name; the orchestrator\'s is seldon-container-engine' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l only -d 'Only containers, or only orchestrators' -r -f -a "containers\t'Containers of graph nodes'
orchestrator\t'Orchestrators'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l keep -d 'Never change or take out variables of this name; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l config -d 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l profile -d 'Go by this profile of the settings file' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s i -l in-place -d 'Write each result back into its file, all of them or none'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l diff -d 'Print a unified diff instead; exit 1 where it is not empty'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l check -d 'Print the names of the files that would change instead; exit 1 where there is one'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l allow-no-match -d 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s q -l quiet -d 'Say nothing of what was done; errors are still shown'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s v -l verbose -d 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l json-patch -d 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l reset -d 'Write the defaults over what stands in the manifest, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l all-containers -d 'Containers that no graph node names, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l require-match -d 'Fail where no deployment is selected'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -l no-config -d 'Go by no settings file'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s b -l backend -d 'Take only this backend\'s variables out' -r -f -a "jaeger\t'Jaeger\'s clients, the default of Seldon Core'
datadog\t'Datadog\'s, in images that hold them'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l unset -d 'Take this variable out, too; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s f -l filename -d 'The same as PATH, for the hand that types kubectl; may be repeated' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s o -l output -d 'Write the result into this file, replaced whole' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s U -l unified -d 'Lines of context in a diff' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l name -d 'Deployments of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s n -l namespace -d 'Deployments in this namespace; one that says none is in default' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s l -l selector -d 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l predictor -d 'Predictors of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s c -l container -d 'Containers of this name; the orchestrator\'s is seldon-container-engine' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l only -d 'Only containers, or only orchestrators' -r -f -a "containers\t'Containers of graph nodes'
orchestrator\t'Orchestrators'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l keep -d 'Never change or take out variables of this name; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l config -d 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l profile -d 'Go by this profile of the settings file' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l keep-config -d 'Leave the settings, and switch off: TRACING and DD_ENABLED 0, JAEGER_DISABLED true on the orchestrator'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s i -l in-place -d 'Write each result back into its file, all of them or none'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l diff -d 'Print a unified diff instead; exit 1 where it is not empty'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l check -d 'Print the names of the files that would change instead; exit 1 where there is one'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l allow-no-match -d 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s q -l quiet -d 'Say nothing of what was done; errors are still shown'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s v -l verbose -d 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l json-patch -d 'Print a JSON Patch (RFC 6902) of the one resource that changes instead, for kubectl patch --type json'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l all-containers -d 'Containers that no graph node names, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l require-match -d 'Fail where no deployment is selected'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -l no-config -d 'Go by no settings file'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand explain" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l format -d 'How it is shown' -r -f -a "text\t'A table, fitted to the terminal'
markdown\t'The same table in Markdown, for $GITHUB_STEP_SUMMARY'
json\t'JSON'
yaml\t'The same in YAML'
json-schema\t'The JSON Schema of that JSON; nothing is read'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -s f -l filename -d 'The same as PATH, for the hand that types kubectl; may be repeated' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l name -d 'Deployments of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -s n -l namespace -d 'Deployments in this namespace; one that says none is in default' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -s l -l selector -d 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l predictor -d 'Predictors of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -s c -l container -d 'Containers of this name; the orchestrator\'s is seldon-container-engine' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l only -d 'Only containers, or only orchestrators' -r -f -a "containers\t'Containers of graph nodes'
orchestrator\t'Orchestrators'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l config -d 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l profile -d 'Go by this profile of the settings file' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l all-containers -d 'Containers that no graph node names, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l require-match -d 'Fail where no deployment is selected'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -l no-config -d 'Go by no settings file'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l format -d 'How findings are shown' -r -f -a "text\t'Each with its line, and what to write instead'
json\t'JSON'
json-schema\t'The JSON Schema of that JSON; nothing is read'
github\t'Workflow commands of GitHub, which show them beside the lines'
sarif\t'SARIF 2.1.0, which GitHub\'s code scanning and editors read'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l show -d 'Show findings of this severity and above; --verbose and --fail-on info show all of them [default: warning]' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
info\t'Everything'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l fail-on -d 'Exit 1 where something this bad is found [default: warning]' -r -f -a "error\t'An error'
warning\t'A warning or an error'
info\t'Anything'
never\t'Nothing'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l allow -d 'Leave this rule out; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l deny -d 'Count what this rule finds as an error; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s f -l filename -d 'The same as PATH, for the hand that types kubectl; may be repeated' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s o -l output -d 'Write the result into this file, replaced whole' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s U -l unified -d 'Lines of context in a diff' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l name -d 'Deployments of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s n -l namespace -d 'Deployments in this namespace; one that says none is in default' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s l -l selector -d 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l predictor -d 'Predictors of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s c -l container -d 'Containers of this name; the orchestrator\'s is seldon-container-engine' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l only -d 'Only containers, or only orchestrators' -r -f -a "containers\t'Containers of graph nodes'
orchestrator\t'Orchestrators'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l config -d 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l profile -d 'Go by this profile of the settings file' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l fix -d 'Mend what has one right answer, and print the manifests; what is left is said on standard error'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s i -l in-place -d 'Write each result back into its file, all of them or none'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l diff -d 'Print a unified diff instead; exit 1 where it is not empty'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l check -d 'Print the names of the files that would change instead; exit 1 where there is one'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l allow-no-match -d 'With --check: do not fail where --name, -n, -l, --predictor or -c matches no deployment'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s q -l quiet -d 'Say nothing of what was done; errors are still shown'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s v -l verbose -d 'Say more: the values of variables that change, unchanged deployments, what lint finds before and after'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l all-containers -d 'Containers that no graph node names, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l require-match -d 'Fail where no deployment is selected'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -l no-config -d 'Go by no settings file'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -s b -l backend -d 'Where the traces go' -r -f -a "jaeger\t'Jaeger\'s clients, the default of Seldon Core'
datadog\t'Datadog\'s, in images that hold them'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l config -d 'Go by this settings file [default: for each input the nearest .seldon-trace.yaml in its folder or above it, else that of the working folder]' -r -F
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l profile -d 'Go by this profile of the settings file' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l agent-host -d 'The agent\'s host [default: the node\'s address, by fieldRef status.hostIP]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l agent-port -d 'The agent\'s port [default: 5775 for jaeger, 8126 for datadog]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l service -d 'The service\'s name, in which {name}, {namespace}, {predictor} and {container} are filled in' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l set -d 'Any other variable that a tracing client reads, put where one does; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l sampler-type -d 'jaeger: const, probabilistic, ratelimiting or remote [default: const]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l sampler-param -d 'jaeger: the sampler\'s param [default: 1]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l orchestrator-sampler-param -d 'jaeger: the sampler\'s param for the orchestrator alone' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l sample-rate -d 'datadog: the share of traces that is kept, 0 to 1 [default: 1]' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l orchestrator-sample-rate -d 'datadog: the same for the orchestrator alone' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l tag -d 'datadog: a tag, merged into DD_TAGS by its key; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l tags -d 'datadog: all tags, in the place of those that stand' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l names -d 'datadog: whose names the port and the rate get [default: seldon]' -r -f -a "seldon\t'Those of Seldon\'s document: DATADOG_TRACE_AGENT_PORT, DD_SAMPLE_RATE'
standard\t'Those of Datadog\'s own libraries: DD_TRACE_AGENT_PORT, DD_TRACE_SAMPLING_RULES'
both\t'Each of Datadog\'s after Seldon\'s'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l name -d 'Deployments of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -s n -l namespace -d 'Deployments in this namespace; one that says none is in default' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -s l -l selector -d 'Deployments with these labels: k=v,k!=v,k in (v, …),k notin (v, …),k,!k' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l predictor -d 'Predictors of this name' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -s c -l container -d 'Containers of this name; the orchestrator\'s is seldon-container-engine' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l only -d 'Only containers, or only orchestrators' -r -f -a "containers\t'Containers of graph nodes'
orchestrator\t'Orchestrators'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l keep -d 'Never change or take out variables of this name; may be repeated' -r
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l schema -d 'Print the JSON Schema of a settings file, for editors; nothing is read'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l no-config -d 'Go by no settings file'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l reset -d 'Write the defaults over what stands in the manifest, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l all-containers -d 'Containers that no graph node names, too'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -l require-match -d 'Fail where no deployment is selected'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand completions" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand man" -l color -d 'When to use colours: by NO_COLOR and CLICOLOR_FORCE, then on a terminal, or always, or never' -r -f -a "auto\t'By NO_COLOR and CLICOLOR_FORCE, then on a terminal'
always\t'Always'
never\t'Never'"
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "enable" -d 'Switch tracing on, for one backend'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "disable" -d 'Switch tracing off: take the tracing variables out, and what that leaves empty'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "explain" -d 'Tell who reads a tracing variable, its values, and what becomes of it here; or what a rule of lint finds, and why'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "status" -d 'Show what traces today, where its traces go, and why others do not trace'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "lint" -d 'Find what is wrong with the tracing of manifests'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "config" -d 'Print the settings that are in force, and where each comes from'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "completions" -d 'Print the completions of a shell'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "man" -d 'Print a man page, of the program or of one of its commands'
complete -c seldon-trace -n "__fish_seldon_trace_using_subcommand help; and not __fish_seen_subcommand_from enable disable explain status lint config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
