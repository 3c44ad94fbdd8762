// Command ignored-differences removes from objects what an ignoreDifferences of Argo CD ignores, with the jq of Argo CD.
//
//	ignored-differences < REQUEST.json
//
// REQUEST is {expressions: [...], objects: [...]}; it prints the objects without what the jqPathExpressions select.
// Source: util/argo/normalizers/diff_normalizer.go of https://github.com/argoproj/argo-cd
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/itchyny/gojq"
)

type request struct {
	Expressions []string `json:"expressions"`
	Objects     []any    `json:"objects"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	for _, expression := range asked.Expressions {
		query, err := gojq.Parse(fmt.Sprintf("del(%s)", expression))
		if err != nil {
			return err
		}
		for index, object := range asked.Objects {
			result, ok := query.Run(object).Next()
			if err, isError := result.(error); isError || !ok {
				return fmt.Errorf("%s: %w", expression, err)
			}
			asked.Objects[index] = result
		}
	}
	return json.NewEncoder(os.Stdout).Encode(asked.Objects)
}
