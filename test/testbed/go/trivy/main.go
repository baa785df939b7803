// What `trivy config` asks of manifests and of Dockerfiles: trivy's own checks, by its own engine, without
// the rest of the program (images, clouds, data bases), which takes many minutes to build.
//
//	trivy-config FILE ...     Dockerfiles are known by their names; any other file has manifests
//
// Prints a line of JSON for each object and each Dockerfile: what it is, how many checks it passed, what
// was found. What the engine itself has to say goes to standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/scan"
	dockerfile "github.com/aquasecurity/trivy/pkg/iac/scanners/dockerfile/parser"
	kubernetes "github.com/aquasecurity/trivy/pkg/iac/scanners/kubernetes/parser"
	"github.com/aquasecurity/trivy/pkg/iac/types"
)

// The oldest that is promised; one check about sysctls reads it.
const kubernetesVersion = "1.25"

type finding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

type verdict struct {
	Object   string    `json:"object"` // Kind/name, or the name of a Dockerfile
	Passed   int       `json:"passed"`
	Findings []finding `json:"findings"`
}

type input struct {
	object   string
	source   types.Source
	contents any
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(files []string) error {
	if len(files) == 0 {
		return errors.New("no file is named")
	}
	ctx := context.Background()
	scanner := rego.NewScanner(
		rego.WithEmbeddedPolicies(true),
		rego.WithEmbeddedLibraries(true),
		rego.WithDataDirs("."),
		rego.WithDataFilesystem(fstest.MapFS{
			"system/k8s-version.json": {Data: fmt.Appendf(nil, `{"k8s": {"version": %q}}`, kubernetesVersion)},
		}),
	)
	if err := scanner.LoadPolicies(nil); err != nil {
		return fmt.Errorf("the checks cannot be read: %w", err)
	}
	out := json.NewEncoder(os.Stdout)
	for _, file := range files {
		inputs, err := inputsOf(ctx, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, one := range inputs {
			// One at a time, so that what is found is known to be of this object.
			results, err := scanner.ScanInput(ctx, one.source, rego.Input{
				Path:     one.object,
				FS:       fstest.MapFS{},
				Contents: one.contents,
			})
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file, one.object, err)
			}
			if err := out.Encode(verdictOn(one.object, results)); err != nil {
				return err
			}
		}
	}
	return nil
}

func inputsOf(ctx context.Context, file string) ([]input, error) {
	text, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	if name := filepath.Base(file); strings.HasSuffix(name, "Dockerfile") {
		parsed, err := dockerfile.NewParser(dockerfile.WithStrict()).Parse(ctx, text, file)
		if err != nil {
			return nil, err
		}
		var inputs []input
		for _, one := range parsed {
			inputs = append(inputs, input{name, types.SourceDockerfile, one.ToRego()})
		}
		return inputs, nil
	}
	manifests, err := kubernetes.Parse(ctx, text, file)
	if err != nil {
		return nil, err
	}
	var inputs []input
	for _, manifest := range manifests {
		contents := manifest.ToRego()
		object, err := nameOf(contents)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, input{object, types.SourceKubernetes, contents})
	}
	return inputs, nil
}

func nameOf(contents any) (string, error) {
	object, _ := contents.(map[string]any)
	metadata, _ := object["metadata"].(map[string]any)
	kind, _ := object["kind"].(string)
	name, _ := metadata["name"].(string)
	if kind == "" || name == "" {
		return "", errors.New("a document has no kind, or no name")
	}
	return kind + "/" + name, nil
}

func verdictOn(object string, results scan.Results) verdict {
	findings := []finding{}
	for _, result := range results.GetFailed() {
		findings = append(findings, finding{
			Rule:     result.Rule().ID,
			Severity: string(result.Severity()),
			Message:  result.Description(),
		})
	}
	slices.SortFunc(findings, func(a, b finding) int {
		return strings.Compare(a.Rule+a.Message, b.Rule+b.Message)
	})
	return verdict{Object: object, Passed: len(results.GetPassed()), Findings: findings}
}
