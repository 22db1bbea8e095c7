// Reads what `agent` prints on standard input as those do who get it: `compose` by the library of Compose, with its schema
// and checks, `kubernetes` by the types of Kubernetes, which have each field.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func compose(content []byte) error {
	files := []types.ConfigFile{{Filename: "compose.yaml", Content: content}}
	details := types.ConfigDetails{WorkingDir: ".", ConfigFiles: files}
	_, err := loader.LoadWithContext(context.Background(), details)
	return err
}

func kubernetes(content []byte) error {
	for _, document := range bytes.Split(content, []byte("---\n")) {
		var resource struct{ Kind string }
		if err := yaml.Unmarshal(document, &resource); err != nil {
			return err
		}
		objects := map[string]any{
			"ConfigMap":  &core.ConfigMap{},
			"DaemonSet":  &apps.DaemonSet{},
			"Deployment": &apps.Deployment{},
			"Service":    &core.Service{},
		}
		object, known := objects[resource.Kind]
		if !known {
			return fmt.Errorf("a resource of kind %q", resource.Kind)
		}
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	checks := map[string]func([]byte) error{"compose": compose, "kubernetes": kubernetes}
	content, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = checks[os.Args[1]](content)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
