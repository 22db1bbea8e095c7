// Argo CD's config management plugin server, and the calls that its repo server makes.
//
//	argocd server [ARGUMENT...]      argocd-cmp-server: it serves the plugin in the folder of --config-dir-path
//	argocd generate ROOT APP PLUGIN [NAME=VALUE...]
//	                                 prints the manifests of the folder APP of the repository ROOT; PLUGIN may be empty
//
// The sockets of the servers are in the folder ARGOCD_PLUGINSOCKFILEPATH. The second is runConfigManagementPluginSidecars
// of reposerver/repository/repository.go without what needs an Application.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	"github.com/argoproj/argo-cd/v3/util/app/discovery"
	"github.com/argoproj/argo-cd/v3/util/cmp"
	log "github.com/sirupsen/logrus"
)

const timeout = 90 * time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) > 0 && arguments[0] == "server":
		server := commands.NewCommand()
		server.SetArgs(arguments[1:])
		return server.Execute()
	case len(arguments) >= 4 && arguments[0] == "generate":
		return generate(arguments[1], arguments[2], arguments[3], arguments[4:])
	default:
		return fmt.Errorf("usage: argocd server [ARGUMENT...] | argocd generate ROOT APP PLUGIN [NAME=VALUE...]")
	}
}

func generate(root, app, plugin string, env []string) error {
	// The repo server logs a failed discovery; the user of the UI does not see that.
	log.SetOutput(io.Discard)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	connection, client, err := discovery.DetectConfigManagementPlugin(ctx, app, root, plugin, env, nil)
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := client.GenerateManifest(ctx)
	if err != nil {
		return fmt.Errorf("error getting generateManifestStream: %w", err)
	}
	if err := cmp.SendRepoStream(stream.Context(), app, root, stream, env, nil); err != nil {
		return fmt.Errorf("error sending file to cmp-server: %w", err)
	}
	response, err := stream.CloseAndRecv()
	if err != nil {
		return fmt.Errorf("error generating manifests in cmp: %w", err)
	}
	for _, manifest := range response.Manifests {
		fmt.Print(manifest)
	}
	return nil
}
