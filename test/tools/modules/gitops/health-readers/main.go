// Command health-readers says of objects what those who wait for them make of their status: kstatus, Flux with a custom
// health check, and Argo CD with a health check in Lua.
//
//	health-readers HEALTH.LUA CHECK.JSON < OBJECTS
//
// OBJECTS is a JSON object a line; CHECK.JSON is an entry of spec.healthCheckExprs of a Kustomization. For each object it
// prints a line {"kstatus": {status, message}, "flux": {status, message}, "argo": {status, message}}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// longestLine is more than the API server takes of an object, in bytes.
const longestLine = 8 << 20

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

type verdicts struct {
	Kstatus verdict `json:"kstatus"`
	Flux    verdict `json:"flux"`
	Argo    verdict `json:"argo"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: health-readers HEALTH.LUA CHECK.JSON < OBJECTS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(luaFile, checkFile string, in io.Reader, out io.Writer) error {
	script, err := os.ReadFile(luaFile)
	if err != nil {
		return err
	}
	evaluator, err := evaluatorFrom(checkFile)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(lines.Bytes()); err != nil {
			return err
		}
		said, err := read(object, evaluator, string(script))
		if err != nil {
			return fmt.Errorf("%s: %w", object.GetName(), err)
		}
		if err := encoder.Encode(said); err != nil {
			return err
		}
	}
	return lines.Err()
}

func evaluatorFrom(file string) (*cel.StatusEvaluator, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	check := &kustomize.CustomHealthCheck{}
	if err := json.Unmarshal(text, check); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cel.NewStatusEvaluator(&check.HealthCheckExpressions)
}

func read(object *unstructured.Unstructured, evaluator *cel.StatusEvaluator, script string) (*verdicts, error) {
	kstatus, err := status.Compute(object)
	if err != nil {
		return nil, err
	}
	flux, err := evaluator.Evaluate(context.Background(), object)
	if err != nil {
		return nil, err
	}
	argo, err := argoHealth(object, script)
	if err != nil {
		return nil, err
	}
	return &verdicts{
		Kstatus: verdict{kstatus.Status.String(), kstatus.Message},
		Flux:    verdict{flux.Status.String(), flux.Message},
		Argo:    argo,
	}, nil
}
