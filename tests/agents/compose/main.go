// Reads a compose.yaml on standard input by the library of Compose, with its schema and checks.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	content, err := io.ReadAll(os.Stdin)
	if err == nil {
		files := []types.ConfigFile{{Filename: "compose.yaml", Content: content}}
		_, err = loader.LoadWithContext(context.Background(), types.ConfigDetails{WorkingDir: ".", ConfigFiles: files})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
