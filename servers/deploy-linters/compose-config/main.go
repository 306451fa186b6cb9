// Prints a compose file as compose itself understands it, as JSON: `docker compose config` without Docker, by the
// library that it reads files with. Variables come from the environment; one that is missing is an error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: compose-config FILE"))
	}
	details := types.ConfigDetails{
		WorkingDir:  filepath.Dir(os.Args[1]),
		ConfigFiles: []types.ConfigFile{{Filename: os.Args[1]}},
		Environment: types.NewMapping(os.Environ()),
	}
	project, err := loader.LoadWithContext(context.Background(), details)
	if err != nil {
		fail(err)
	}
	text, err := json.MarshalIndent(project, "", "  ")
	if err != nil {
		fail(err)
	}
	fmt.Println(string(text))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
