package raktest

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"rak"
)

// Artifact is a version of a file under test.
type Artifact struct {
	// Name is what it is called, with user: where it is a file of the user.
	Name string
	// Version is its number. One of a [Host] that has none is one more than that of the same name before.
	Version uint32
	// Blob is what is in it. [rak.TextFile] makes one of a text.
	Blob rak.Blob
}

// What a host takes of a name and of a type, in bytes.
const maxNameBytes, maxTypeBytes = 255, 127

// files are the artifacts of one run.
type files struct {
	// kept is every version, sorted by name and number.
	kept []keptFile
	// newest is the newest version that each name ever had, as a number is not used again.
	newest map[string]uint32
}

type keptFile struct {
	Artifact
	// at is when it was saved.
	at uint64
}

func newFiles(artifacts []Artifact) files {
	made := files{newest: map[string]uint32{}}
	for _, artifact := range artifacts {
		if artifact.Version == 0 {
			artifact.Version = made.newest[artifact.Name] + 1
		}
		if err := made.keep(keptFile{Artifact: artifact}); err != nil {
			panic("raktest: " + err.Error())
		}
	}
	return made
}

func (f *files) keep(file keptFile) error {
	if err := checkName(file.Name); err != nil {
		return err
	}
	if err := checkType(file.Blob.MIMEType); err != nil {
		return err
	}
	file.Blob.Data = slices.Clone(file.Blob.Data)
	at, _ := slices.BinarySearchFunc(f.kept, file, func(a, b keptFile) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version))
	})
	f.kept = slices.Insert(f.kept, at, file)
	f.newest[file.Name] = max(f.newest[file.Name], file.Version)
	return nil
}

// versions are those of a name, newest first.
func (f *files) versions(name string) []keptFile {
	var versions []keptFile
	for _, file := range slices.Backward(f.kept) {
		if file.Name == name {
			versions = append(versions, file)
		}
	}
	return versions
}

// find is a version, the newest where none is named; nil where it is not there.
func (f *files) find(name string, version *uint32) *keptFile {
	for _, file := range f.versions(name) {
		if version == nil || *version == file.Version {
			return &file
		}
	}
	return nil
}

// enter is what every call that names an artifact does first.
func (i *invocation) enter(name string) error {
	if err := i.clock.check(); err != nil {
		return err
	}
	return checkName(name)
}

func (i *invocation) SaveArtifact(name string, blob rak.Blob) (uint32, error) {
	defer i.call()()
	if err := i.enter(name); err != nil {
		return 0, err
	}
	version := i.files.newest[name] + 1
	err := i.files.keep(keptFile{Artifact{name, version, blob}, i.clock.now})
	if err != nil {
		return 0, err
	}
	return version, nil
}

func (i *invocation) LoadArtifact(name string, version *uint32) (*rak.Blob, error) {
	defer i.call()()
	if err := i.enter(name); err != nil {
		return nil, err
	}
	file := i.files.find(name, version)
	if file == nil {
		return nil, nil
	}
	return &rak.Blob{MIMEType: file.Blob.MIMEType, Data: slices.Clone(file.Blob.Data)}, nil
}

func (i *invocation) ReadArtifact(name string, version uint32, offset uint64, max uint32) ([]byte, error) {
	defer i.call()()
	if err := i.enter(name); err != nil {
		return nil, err
	}
	file := i.files.find(name, &version)
	if file == nil {
		return nil, rak.Failf(rak.NotFound, "there is no version %d of the artifact %s", version, name)
	}
	data := file.Blob.Data[min(offset, uint64(len(file.Blob.Data))):]
	return slices.Clone(data[:min(uint64(max), uint64(len(data)))]), nil
}

func (i *invocation) AvailableArtifacts(prefix string) ([]rak.ArtifactInfo, error) {
	defer i.call()()
	if err := i.clock.check(); err != nil {
		return nil, err
	}
	var newest []rak.ArtifactInfo
	for _, file := range i.files.kept {
		if !strings.HasPrefix(file.Name, prefix) {
			continue
		}
		if last := len(newest) - 1; last >= 0 && newest[last].Name == file.Name {
			newest = newest[:last]
		}
		newest = append(newest, infoOf(file))
	}
	return newest, nil
}

func (i *invocation) ArtifactVersions(name string) ([]rak.ArtifactInfo, error) {
	defer i.call()()
	if err := i.enter(name); err != nil {
		return nil, err
	}
	var infos []rak.ArtifactInfo
	for _, file := range i.files.versions(name) {
		infos = append(infos, infoOf(file))
	}
	return infos, nil
}

func (i *invocation) RemoveArtifact(name string, version *uint32) (bool, error) {
	defer i.call()()
	if err := i.enter(name); err != nil {
		return false, err
	}
	before := len(i.files.kept)
	i.files.kept = slices.DeleteFunc(i.files.kept, func(file keptFile) bool {
		return file.Name == name && (version == nil || *version == file.Version)
	})
	return len(i.files.kept) < before, nil
}

func infoOf(file keptFile) rak.ArtifactInfo {
	return rak.ArtifactInfo{
		Name:      file.Name,
		Version:   file.Version,
		MIMEType:  file.Blob.MIMEType,
		Size:      uint64(len(file.Blob.Data)),
		CreatedAt: time.UnixMilli(int64(file.at)),
	}
}

// finish is all that is there after the run.
func (f *files) finish() []Artifact {
	artifacts := make([]Artifact, len(f.kept))
	for at, file := range f.kept {
		artifacts[at] = file.Artifact
	}
	return artifacts
}

// checkName fails where a host would not take the name.
func checkName(name string) error {
	rest := strings.TrimPrefix(name, "user:")
	switch {
	case len(name) > maxNameBytes:
		return rak.Failf(rak.InvalidArgument, "the name of an artifact has %d bytes; %d are allowed", len(name), maxNameBytes)
	case rest == "":
		return rak.Failf(rak.InvalidArgument, "an artifact needs a name")
	}
	unusable := strings.ContainsFunc(rest, func(character rune) bool { return character == '\\' || unicode.IsControl(character) })
	for part := range strings.SplitSeq(rest, "/") {
		unusable = unusable || part == "" || part == "." || part == ".."
	}
	if unusable {
		return rak.Failf(rak.InvalidArgument, "%q cannot be the name of an artifact: it has no control characters and no \\, "+
			"and its parts are neither empty nor . nor ..", name)
	}
	return nil
}

// checkType fails where a host would not take the type.
func checkType(mimeType string) error {
	kind, rest, _ := strings.Cut(mimeType, "/")
	unusable := strings.ContainsFunc(mimeType, func(character rune) bool { return character < ' ' || character > '~' })
	if kind != "" && rest != "" && !unusable && len(mimeType) <= maxTypeBytes {
		return nil
	}
	return rak.Failf(rak.InvalidArgument, "%q is not the type of a file: write one as text/plain or image/png", mimeType)
}
