package rak

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"
)

// Artifacts are named files that outlive the run: what it wrote for its user, and what its user gave it. Each save makes a
// version, which never changes.
//
// A name that begins with user: is a file of the user, in all sessions with this agent; any other one is the session's. What
// follows may have slashes: reports/2026.md.
//
// An error is [Denied] (not granted), [InvalidArgument] (the name or the type), or [LimitExceeded] (the file is too large, or
// the user has too much). The run goes on after each of them, unless [Context.Err] says otherwise.
type Artifacts struct {
	cx *Context
}

// Artifacts are named files that outlive the run.
func (cx *Context) Artifacts() Artifacts {
	return Artifacts{cx}
}

// ArtifactInfo is a version of an artifact, without what is in it.
type ArtifactInfo struct {
	// Name begins with user: where it is a file of the user.
	Name string
	// Version counts from 1 for each name.
	Version uint32
	// MIMEType is what the bytes are, for example text/plain.
	MIMEType string
	// Size is in bytes.
	Size uint64
	// CreatedAt is when it was saved.
	CreatedAt time.Time
	// Extra is anything else that the host says; nil where that is nothing.
	Extra json.RawMessage
}

// TextFile is a text as a file: UTF-8 of the type text/plain.
func TextFile(text string) Blob {
	return Blob{MIMEType: "text/plain; charset=utf-8", Data: []byte(text)}
}

// Save keeps a new version, tells the client, and returns its number. What was saved stays where the run fails. [TextFile]
// makes a blob of a text.
func (a Artifacts) Save(name string, blob Blob) (uint32, error) {
	version, err := a.cx.host.SaveArtifact(name, blob)
	return version, a.cx.noticed(err)
}

// Load is the whole of the newest version; nil where there is none.
func (a Artifacts) Load(name string) (*Blob, error) {
	return a.load(name, nil)
}

// LoadVersion is the whole of a version; nil where it is not there.
func (a Artifacts) LoadVersion(name string, version uint32) (*Blob, error) {
	return a.load(name, &version)
}

func (a Artifacts) load(name string, version *uint32) (*Blob, error) {
	blob, err := a.cx.host.LoadArtifact(name, version)
	return blob, a.cx.noticed(err)
}

// Open is the newest version as a file to read, a part at a time, so that it may be larger than memory. It fails with
// [NotFound] where there is none.
func (a Artifacts) Open(name string) (*io.SectionReader, error) {
	return a.open(name, nil)
}

// OpenVersion is a version as a file to read, likewise.
func (a Artifacts) OpenVersion(name string, version uint32) (*io.SectionReader, error) {
	return a.open(name, &version)
}

func (a Artifacts) open(name string, version *uint32) (*io.SectionReader, error) {
	versions, err := a.Versions(name)
	if err != nil {
		return nil, err
	}
	for _, info := range versions {
		if version == nil || *version == info.Version {
			return io.NewSectionReader(artifactReader{a, info}, 0, int64(info.Size)), nil
		}
	}
	what := name
	if version != nil {
		what = fmt.Sprintf("%s of version %d", name, *version)
	}
	return nil, Failf(NotFound, "there is no artifact %s", what)
}

// ReadPart is a part of a version: max bytes at most from offset, empty at the end. It fails with [NotFound] where the version
// is not there (any more). Open is for who reads one from its beginning to its end.
func (a Artifacts) ReadPart(name string, version uint32, offset uint64, max uint32) ([]byte, error) {
	part, err := a.cx.host.ReadArtifact(name, version, offset, max)
	return part, a.cx.noticed(err)
}

// List is the newest version of each name that begins with this, sorted by name.
func (a Artifacts) List(prefix string) ([]ArtifactInfo, error) {
	infos, err := a.cx.host.AvailableArtifacts(prefix)
	return infos, a.cx.noticed(err)
}

// Versions are the versions of a name, newest first; none where there is none.
func (a Artifacts) Versions(name string) ([]ArtifactInfo, error) {
	infos, err := a.cx.host.ArtifactVersions(name)
	return infos, a.cx.noticed(err)
}

// Remove removes all versions of a name. It is false where there was none.
func (a Artifacts) Remove(name string) (bool, error) {
	return a.remove(name, nil)
}

// RemoveVersion removes a version. It is false where it was not there.
func (a Artifacts) RemoveVersion(name string, version uint32) (bool, error) {
	return a.remove(name, &version)
}

func (a Artifacts) remove(name string, version *uint32) (bool, error) {
	removed, err := a.cx.host.RemoveArtifact(name, version)
	return removed, a.cx.noticed(err)
}

// artifactReader is a version as the io package reads it.
type artifactReader struct {
	artifacts Artifacts
	info      ArtifactInfo
}

func (r artifactReader) ReadAt(into []byte, offset int64) (int, error) {
	read := 0
	for read < len(into) {
		most := uint32(min(uint64(len(into)-read), math.MaxUint32))
		part, err := r.artifacts.ReadPart(r.info.Name, r.info.Version, uint64(offset)+uint64(read), most)
		switch {
		case err != nil:
			return read, err
		case len(part) == 0:
			return read, io.EOF
		}
		read += copy(into[read:], part)
	}
	return read, nil
}
