package rak_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheReadmesProjectWorks makes the project that the README shows, and runs its tests.
func TestTheReadmesProjectWorks(t *testing.T) {
	sdk, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, block := range readmeBlocks(t) {
		switch {
		case strings.HasPrefix(block, "module "):
			write(t, folder, "go.mod", strings.ReplaceAll(block, "../rak/guest-sdk/go", sdk))
		case strings.Contains(block, `"testing"`):
			write(t, folder, "agent_test.go", block)
		case strings.Contains(block, "package main"):
			write(t, folder, "agent.go", block)
		}
	}
	test := exec.Command("go", "test", ".")
	test.Dir = folder
	if output, err := test.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

// TestTheReadmesFragmentsAreExamples finds every other piece of Go of the README in the examples.
func TestTheReadmesFragmentsAreExamples(t *testing.T) {
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range readmeBlocks(t) {
		if strings.Contains(block, "package main") || strings.HasPrefix(block, "module ") {
			continue
		}
		for line := range strings.Lines(block) {
			if !strings.Contains(string(examples), strings.TrimSpace(line)) {
				t.Errorf("no example has the line %q", line)
			}
		}
	}
}

// readmeBlocks are the pieces of Go in the README, and its go.mod.
func readmeBlocks(t *testing.T) []string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for i, piece := range strings.Split(string(readme), "\n```") {
		// Every other piece is outside of a block.
		if language, block, _ := strings.Cut(piece, "\n"); i%2 == 1 && (language == "go" || language == "") {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}
