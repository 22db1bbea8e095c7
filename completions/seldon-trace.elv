
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
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand enable 'Switch tracing on'
            cand disable 'Switch tracing off: remove the tracing variables, and what that leaves empty'
            cand explain 'Explain a variable, a rule of lint, or a part that an option adds'
            cand status 'Show what traces today, where its traces go, and why others do not trace'
            cand lint 'Find what is wrong with the tracing of manifests'
            cand config 'Print the settings that are in force, and where each comes from'
            cand agent 'Print what receives the traces, or changes manifests in a cluster, as YAML for kubectl, Helm or Compose'
            cand argocd 'The commands of the plugins for Argo CD'
            cand completions 'Print the completions of a shell'
            cand man 'Print a man page, of the program or of one of its commands'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'seldon-trace;enable'= {
            cand -b 'Where the traces go: jaeger or datadog'
            cand --backend 'Where the traces go: jaeger or datadog'
            cand --agent-host 'Agent''s host [default: the node''s address]'
            cand --agent-port 'Agent''s port [default: jaeger 5775, datadog 8126]'
            cand --service 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}'
            cand --set 'Another tracing variable; may be repeated'
            cand --sampler-type 'jaeger: such as probabilistic [default: const]'
            cand --sampler-param 'jaeger: e.g. 0.1 with probabilistic [default: 1]'
            cand --orchestrator-sampler-param 'jaeger: JAEGER_SAMPLER_PARAM of the orchestrator alone'
            cand --sample-rate 'datadog: DD_SAMPLE_RATE, from 0 to 1 [default: 1]'
            cand --orchestrator-sample-rate 'datadog: DD_SAMPLE_RATE of the orchestrator alone'
            cand --tag 'datadog: a tag in DD_TAGS; may be repeated'
            cand --tags 'datadog: all of DD_TAGS; other tags are removed'
            cand --names 'datadog: seldon, standard or both [default: seldon]'
            cand --environment 'datadog: DD_ENV, such as prod'
            cand --service-version 'datadog: DD_VERSION, the version of the service'
            cand --tagging 'datadog: labels: write the tags of unified service tagging as labels'
            cand --inject 'datadog: add its library by init or admission'
            cand --library-version 'datadog: version of the library that --inject brings in [default: v2]'
            cand --library-image 'datadog: image of --inject init, without a tag [default: Datadog''s own]'
            cand --config-map 'jaeger: mount config files of the Python wrapper, from this ConfigMap'
            cand --propagation 'jaeger: headers that pass a trace on: b3; it needs --config-map'
            cand --orchestrator-agent-host 'The agent''s host for the orchestrator alone'
            cand --agent 'The agent: node, or sidecar in each pod [default: node]'
            cand --agent-image 'Image of the sidecar [default: the official image]'
            cand --collector 'jaeger: where the sidecar sends traces, by OTLP over gRPC'
            cand --api-key-secret 'datadog: the Secret with the API key of the sidecar [default: datadog-secret/api-key]'
            cand --site 'datadog: Datadog''s site, to which the sidecar sends [default: datadoghq.com]'
            cand --otlp 'MLServer''s spans to a collector of OpenTelemetry, by --otlp or --otlp=HOST:PORT'
            cand --keep 'Never change or remove variables of this name; may be repeated'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand -f 'The same as PATH, as in kubectl; may be repeated'
            cand --filename 'The same as PATH, as in kubectl; may be repeated'
            cand --max-depth 'In folders, take at most this many levels; 1 is the files of the folder itself'
            cand -o 'Write the result into this file'
            cand --output 'Write the result into this file'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --native-sidecar 'The sidecar as an init container that keeps running'
            cand --collector-tls 'jaeger: use TLS to --collector'
            cand --fargate 'datadog: the sidecar runs on AWS Fargate'
            cand --reset 'Write the defaults over existing values too'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --no-ignore 'In folders, take files and folders that ignore files exclude too'
            cand --hidden 'In folders, take hidden files and folders too'
            cand -i 'Write each result into its file: all files, or none'
            cand --in-place 'Write each result into its file: all files, or none'
            cand --diff 'Print a unified diff; exit 1 if something would change'
            cand --check 'Print files that would change; exit 1 if there is one'
            cand --allow-no-match 'With --check, --diff or lint, accept a selection that matches no deployment'
            cand -q 'Print no report, but errors and what lint finds'
            cand --quiet 'Print no report, but errors and what lint finds'
            cand -v 'Print more: unchanged deployments, values, findings'
            cand --verbose 'Print more: unchanged deployments, values, findings'
            cand --json-patch 'Print a JSON Patch of the one resource that changes'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;disable'= {
            cand -b 'Remove only this backend''s variables'
            cand --backend 'Remove only this backend''s variables'
            cand --keep 'Never change or remove variables of this name; may be repeated'
            cand --unset 'Remove this variable too; may be repeated'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand -f 'The same as PATH, as in kubectl; may be repeated'
            cand --filename 'The same as PATH, as in kubectl; may be repeated'
            cand --max-depth 'In folders, take at most this many levels; 1 is the files of the folder itself'
            cand -o 'Write the result into this file'
            cand --output 'Write the result into this file'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --keep-config 'Keep the variables and switch tracing off'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --no-ignore 'In folders, take files and folders that ignore files exclude too'
            cand --hidden 'In folders, take hidden files and folders too'
            cand -i 'Write each result into its file: all files, or none'
            cand --in-place 'Write each result into its file: all files, or none'
            cand --diff 'Print a unified diff; exit 1 if something would change'
            cand --check 'Print files that would change; exit 1 if there is one'
            cand --allow-no-match 'With --check, --diff or lint, accept a selection that matches no deployment'
            cand -q 'Print no report, but errors and what lint finds'
            cand --quiet 'Print no report, but errors and what lint finds'
            cand -v 'Print more: unchanged deployments, values, findings'
            cand --verbose 'Print more: unchanged deployments, values, findings'
            cand --json-patch 'Print a JSON Patch of the one resource that changes'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;explain'= {
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;status'= {
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand --format 'The format of what is printed'
            cand -f 'The same as PATH, as in kubectl; may be repeated'
            cand --filename 'The same as PATH, as in kubectl; may be repeated'
            cand --max-depth 'In folders, take at most this many levels; 1 is the files of the folder itself'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --no-ignore 'In folders, take files and folders that ignore files exclude too'
            cand --hidden 'In folders, take hidden files and folders too'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;lint'= {
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand --fail-on 'Exit 1 if something at least this bad is found [default: warning]'
            cand --allow 'Skip this rule; may be repeated'
            cand --deny 'Report what this rule finds as an error; may be repeated'
            cand --format 'The format of what is printed'
            cand --show 'Show findings of this severity and above [default: warning]'
            cand -f 'The same as PATH, as in kubectl; may be repeated'
            cand --filename 'The same as PATH, as in kubectl; may be repeated'
            cand --max-depth 'In folders, take at most this many levels; 1 is the files of the folder itself'
            cand -o 'Write the result into this file'
            cand --output 'Write the result into this file'
            cand -U 'Lines of context in a diff'
            cand --unified 'Lines of context in a diff'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --fix 'Fix what has one right answer, and print the manifests'
            cand --no-ignore 'In folders, take files and folders that ignore files exclude too'
            cand --hidden 'In folders, take hidden files and folders too'
            cand -i 'Write each result into its file: all files, or none'
            cand --in-place 'Write each result into its file: all files, or none'
            cand --diff 'Print a unified diff; exit 1 if something would change'
            cand --check 'Print files that would change; exit 1 if there is one'
            cand --allow-no-match 'With --check, --diff or lint, accept a selection that matches no deployment'
            cand -q 'Print no report, but errors and what lint finds'
            cand --quiet 'Print no report, but errors and what lint finds'
            cand -v 'Print more: unchanged deployments, values, findings'
            cand --verbose 'Print more: unchanged deployments, values, findings'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;config'= {
            cand -b 'Where the traces go: jaeger or datadog'
            cand --backend 'Where the traces go: jaeger or datadog'
            cand --agent-host 'Agent''s host [default: the node''s address]'
            cand --agent-port 'Agent''s port [default: jaeger 5775, datadog 8126]'
            cand --service 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}'
            cand --set 'Another tracing variable; may be repeated'
            cand --sampler-type 'jaeger: such as probabilistic [default: const]'
            cand --sampler-param 'jaeger: e.g. 0.1 with probabilistic [default: 1]'
            cand --orchestrator-sampler-param 'jaeger: JAEGER_SAMPLER_PARAM of the orchestrator alone'
            cand --sample-rate 'datadog: DD_SAMPLE_RATE, from 0 to 1 [default: 1]'
            cand --orchestrator-sample-rate 'datadog: DD_SAMPLE_RATE of the orchestrator alone'
            cand --tag 'datadog: a tag in DD_TAGS; may be repeated'
            cand --tags 'datadog: all of DD_TAGS; other tags are removed'
            cand --names 'datadog: seldon, standard or both [default: seldon]'
            cand --environment 'datadog: DD_ENV, such as prod'
            cand --service-version 'datadog: DD_VERSION, the version of the service'
            cand --tagging 'datadog: labels: write the tags of unified service tagging as labels'
            cand --inject 'datadog: add its library by init or admission'
            cand --library-version 'datadog: version of the library that --inject brings in [default: v2]'
            cand --library-image 'datadog: image of --inject init, without a tag [default: Datadog''s own]'
            cand --config-map 'jaeger: mount config files of the Python wrapper, from this ConfigMap'
            cand --propagation 'jaeger: headers that pass a trace on: b3; it needs --config-map'
            cand --orchestrator-agent-host 'The agent''s host for the orchestrator alone'
            cand --agent 'The agent: node, or sidecar in each pod [default: node]'
            cand --agent-image 'Image of the sidecar [default: the official image]'
            cand --collector 'jaeger: where the sidecar sends traces, by OTLP over gRPC'
            cand --api-key-secret 'datadog: the Secret with the API key of the sidecar [default: datadog-secret/api-key]'
            cand --site 'datadog: Datadog''s site, to which the sidecar sends [default: datadoghq.com]'
            cand --otlp 'MLServer''s spans to a collector of OpenTelemetry, by --otlp or --otlp=HOST:PORT'
            cand --keep 'Never change or remove variables of this name; may be repeated'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --native-sidecar 'The sidecar as an init container that keeps running'
            cand --collector-tls 'jaeger: use TLS to --collector'
            cand --fargate 'datadog: the sidecar runs on AWS Fargate'
            cand --reset 'Write the defaults over existing values too'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --schema 'Print the JSON Schema of a settings file, for editors; nothing is read'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent'= {
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand collector 'An OpenTelemetry Collector on each node, which sends to Jaeger, Datadog or another receiver'
            cand jaeger 'Jaeger 2 in one pod, with its user interface; it keeps traces in memory'
            cand datadog-values 'Values for Datadog''s Helm chart, with its agent on port 8126 of each node'
            cand jaeger-config 'The ConfigMap of enable --config-map: a config file of the Python wrapper for each container'
            cand compose 'A compose.yaml for one machine: Jaeger 2 and a model that traces'
            cand webhook 'What runs the admission webhook in a cluster, which changes each SeldonDeployment as enable does'
        }
        &'seldon-trace;agent;collector'= {
            cand --to 'The receiver of its traces: HOST:PORT, by OTLP over gRPC, or datadog'
            cand --api-key-secret 'The Secret with Datadog''s API key [default key: api-key]'
            cand --site 'Datadog''s site [default: datadoghq.com]'
            cand --name 'The name of the objects'
            cand -n 'Their namespace [default: that of kubectl]'
            cand --namespace 'Their namespace [default: that of kubectl]'
            cand --image 'The image, of OpenTelemetry Collector Contrib'
            cand --color 'When to use colors'
            cand --tls 'Use TLS to HOST:PORT'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent;jaeger'= {
            cand --name 'The name of the objects, and the host that clients use'
            cand -n 'Their namespace [default: that of kubectl]'
            cand --namespace 'Their namespace [default: that of kubectl]'
            cand --image 'The image, of Jaeger 2'
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent;datadog-values'= {
            cand --api-key-secret 'The Secret with the API key, under the key api-key'
            cand --site 'The site'
            cand --color 'When to use colors'
            cand --otlp 'Receive OTLP too, on ports 4317 and 4318 of each node'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent;jaeger-config'= {
            cand --config-map 'The ConfigMap''s name'
            cand --service 'JAEGER_SERVICE_NAME or DD_SERVICE, e.g. {name}'
            cand --sampler-type 'jaeger: such as probabilistic [default: const]'
            cand --sampler-param 'jaeger: e.g. 0.1 with probabilistic [default: 1]'
            cand --propagation 'jaeger: headers that pass a trace on: b3; it needs --config-map'
            cand --name 'Deployments of this name'
            cand -n 'Deployments in this namespace'
            cand --namespace 'Deployments in this namespace'
            cand -l 'Deployments with these labels, as in kubectl'
            cand --selector 'Deployments with these labels, as in kubectl'
            cand --predictor 'Predictors of this name'
            cand -c 'Containers, or seldon-container-engine'
            cand --container 'Containers, or seldon-container-engine'
            cand --only 'Only these: containers or orchestrator'
            cand --exclude 'Skip files and folders that match, in folders that are walked; may be repeated'
            cand -f 'The same as PATH, as in kubectl; may be repeated'
            cand --filename 'The same as PATH, as in kubectl; may be repeated'
            cand --max-depth 'In folders, take at most this many levels; 1 is the files of the folder itself'
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --all-containers 'Also containers that no graph node names'
            cand --require-match 'Fail if no deployment is selected'
            cand --no-ignore 'In folders, take files and folders that ignore files exclude too'
            cand --hidden 'In folders, take hidden files and folders too'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent;compose'= {
            cand --name 'The name of the project'
            cand --image 'The image of Jaeger 2'
            cand --model-image 'The image of a model in Seldon''s Python wrapper'
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;agent;webhook'= {
            cand --image 'The image of seldon-trace with the webhook'
            cand -n 'The namespace of the objects, which is printed too'
            cand --namespace 'The namespace of the objects, which is printed too'
            cand --scope 'The namespaces whose SeldonDeployments it changes'
            cand --tls-secret 'The Secret of type kubernetes.io/tls with its certificate, instead of cert-manager''s'
            cand --ca-bundle 'The certificate of the authority that has signed that of --tls-secret, in PEM'
            cand --config 'The settings file, which is checked and printed as a ConfigMap [default: the nearest .seldon-trace.yaml]'
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;argocd'= {
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand generate 'Print the manifests of the working folder, with tracing switched on'
            cand discover 'Print one file that mentions a SeldonDeployment, or nothing if the plugin does not match'
        }
        &'seldon-trace;argocd;generate'= {
            cand --config 'Settings file [default: nearest .seldon-trace.yaml]'
            cand --profile 'Use this profile of the settings file'
            cand --color 'When to use colors'
            cand --build 'Build the folder by kustomize or Helm, which have to be on the PATH'
            cand --no-config 'Use no settings file'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;argocd;discover'= {
            cand --color 'When to use colors'
            cand --build 'For a folder that has a kustomization file or a Chart.yaml, and for no other'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;completions'= {
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;man'= {
            cand --color 'When to use colors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'seldon-trace;help'= {
            cand enable 'Switch tracing on'
            cand disable 'Switch tracing off: remove the tracing variables, and what that leaves empty'
            cand explain 'Explain a variable, a rule of lint, or a part that an option adds'
            cand status 'Show what traces today, where its traces go, and why others do not trace'
            cand lint 'Find what is wrong with the tracing of manifests'
            cand config 'Print the settings that are in force, and where each comes from'
            cand agent 'Print what receives the traces, or changes manifests in a cluster, as YAML for kubectl, Helm or Compose'
            cand argocd 'The commands of the plugins for Argo CD'
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
        &'seldon-trace;help;agent'= {
            cand collector 'An OpenTelemetry Collector on each node, which sends to Jaeger, Datadog or another receiver'
            cand jaeger 'Jaeger 2 in one pod, with its user interface; it keeps traces in memory'
            cand datadog-values 'Values for Datadog''s Helm chart, with its agent on port 8126 of each node'
            cand jaeger-config 'The ConfigMap of enable --config-map: a config file of the Python wrapper for each container'
            cand compose 'A compose.yaml for one machine: Jaeger 2 and a model that traces'
            cand webhook 'What runs the admission webhook in a cluster, which changes each SeldonDeployment as enable does'
        }
        &'seldon-trace;help;agent;collector'= {
        }
        &'seldon-trace;help;agent;jaeger'= {
        }
        &'seldon-trace;help;agent;datadog-values'= {
        }
        &'seldon-trace;help;agent;jaeger-config'= {
        }
        &'seldon-trace;help;agent;compose'= {
        }
        &'seldon-trace;help;agent;webhook'= {
        }
        &'seldon-trace;help;argocd'= {
            cand generate 'Print the manifests of the working folder, with tracing switched on'
            cand discover 'Print one file that mentions a SeldonDeployment, or nothing if the plugin does not match'
        }
        &'seldon-trace;help;argocd;generate'= {
        }
        &'seldon-trace;help;argocd;discover'= {
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
