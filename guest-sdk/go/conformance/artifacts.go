package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"rak"
)

var artifacts = map[string]behaviour{
	"artifact":          answer(saveText),
	"artifact-load":     answer(load),
	"artifact-version":  answer(loadVersion),
	"artifact-bytes":    answer(rawBytes),
	"artifact-pieces":   answer(piecesOf),
	"artifacts":         answer(artifactNames),
	"artifact-versions": answer(versionsOf),
	"artifact-remove":   answer(removeArtifact),
	"artifact-fails":    answer(saveFails),
}

// plain is a text of the type that the specification wants.
func plain(text string) rak.Blob {
	return rak.Blob{MIMEType: "text/plain", Data: []byte(text)}
}

func saveText(cx *rak.Context, text string) (string, error) {
	version, err := cx.Artifacts().Save("notes/today.txt", plain(text))
	return fmt.Sprint(version), err
}

func load(cx *rak.Context, name string) (string, error) {
	return typeAndText(cx.Artifacts().Load(name))
}

func loadVersion(cx *rak.Context, argument string) (string, error) {
	name, version, _ := strings.Cut(argument, " ")
	number, err := strconv.ParseUint(version, 10, 32)
	if err != nil {
		return "", err
	}
	return typeAndText(cx.Artifacts().LoadVersion(name, uint32(number)))
}

func rawBytes(cx *rak.Context, _ string) (string, error) {
	raw := rak.Blob{MIMEType: "application/octet-stream", Data: []byte{0x00, 0x01, 0xFE, 0xFF}}
	if _, err := cx.Artifacts().Save("user:raw.bin", raw); err != nil {
		return "", err
	}
	loaded, err := cx.Artifacts().Load("user:raw.bin")
	if loaded == nil {
		return "none", err
	}
	return hex.EncodeToString(loaded.Data), err
}

func piecesOf(cx *rak.Context, _ string) (string, error) {
	if _, err := cx.Artifacts().Save("long.txt", plain("one two three")); err != nil {
		return "", err
	}
	file, err := cx.Artifacts().Open("long.txt")
	if err != nil {
		return "", err
	}
	var pieces []string
	for into := make([]byte, 5); ; {
		read, err := file.Read(into)
		if read > 0 {
			pieces = append(pieces, string(into[:read]))
		}
		if errors.Is(err, io.EOF) {
			return strings.Join(pieces, "|"), nil
		}
		if err != nil {
			return "", err
		}
	}
}

func artifactNames(cx *rak.Context, prefix string) (string, error) {
	infos, err := cx.Artifacts().List(prefix)
	var names []string
	for _, info := range infos {
		names = append(names, fmt.Sprintf("%s@%d:%d", info.Name, info.Version, info.Size))
	}
	return strings.Join(names, ","), err
}

func versionsOf(cx *rak.Context, name string) (string, error) {
	infos, err := cx.Artifacts().Versions(name)
	var versions []string
	for _, info := range infos {
		versions = append(versions, fmt.Sprint(info.Version))
	}
	return strings.Join(versions, ","), err
}

func removeArtifact(cx *rak.Context, name string) (string, error) {
	removed, err := cx.Artifacts().Remove(name)
	return fmt.Sprint(removed), err
}

func saveFails(cx *rak.Context, name string) (string, error) {
	version, err := cx.Artifacts().Save(name, plain("x"))
	if err == nil {
		return fmt.Sprintf("saved %d", version), nil
	}
	return kindAndCode(err), nil
}

// typeAndText is what was loaded.
func typeAndText(blob *rak.Blob, err error) (string, error) {
	if blob == nil {
		return "none", err
	}
	return blob.MIMEType + " " + blob.Text(), err
}
