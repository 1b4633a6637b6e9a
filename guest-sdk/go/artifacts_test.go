package rak_test

import (
	"bufio"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rak"
	"rak/raktest"
)

const plainText = "text/plain; charset=utf-8"

func TestEachSaveIsAVersion(t *testing.T) {
	picture := rak.Blob{MIMEType: "image/png", Data: []byte{1}}
	run := in(raktest.Host{}, func(cx *rak.Context) {
		artifacts := cx.Artifacts()
		for _, saved := range []struct {
			name string
			blob rak.Blob
			want uint32
		}{
			{"a.txt", rak.TextFile("ä"), 1}, {"a.txt", picture, 2}, {"user:a.txt", rak.TextFile(""), 1}, {"a.md", picture, 1},
		} {
			if version, err := artifacts.Save(saved.name, saved.blob); version != saved.want || err != nil {
				t.Errorf("%s: %d, %v", saved.name, version, err)
			}
			if err := cx.Sleep(time.Second); err != nil {
				t.Error(err)
			}
		}
		if blob, err := artifacts.Load("a.txt"); !reflect.DeepEqual(blob, &picture) || err != nil {
			t.Errorf("%+v, %v", blob, err)
		}
		if blob, err := artifacts.LoadVersion("a.txt", 1); blob.Text() != "ä" || blob.MIMEType != plainText || err != nil {
			t.Errorf("%+v, %v", blob, err)
		}
		for name, version := range map[string]uint32{"a.txt": 3, "b.txt": 1} {
			if blob, err := artifacts.LoadVersion(name, version); blob != nil || err != nil {
				t.Errorf("%+v, %v", blob, err)
			}
		}
		versions, err := artifacts.Versions("a.txt")
		want := []rak.ArtifactInfo{
			{Name: "a.txt", Version: 2, MIMEType: "image/png", Size: 1, CreatedAt: time.Unix(1, 0)},
			{Name: "a.txt", Version: 1, MIMEType: plainText, Size: 2, CreatedAt: time.Unix(0, 0)},
		}
		if !reflect.DeepEqual(versions, want) || err != nil {
			t.Errorf("%+v, %v", versions, err)
		}
		if versions, err := artifacts.Versions("b.txt"); len(versions) != 0 || err != nil {
			t.Errorf("%+v, %v", versions, err)
		}
		var names []string
		all, err := artifacts.List("")
		for _, info := range all {
			names = append(names, info.Name)
		}
		if !slices.Equal(names, []string{"a.md", "a.txt", "user:a.txt"}) || err != nil {
			t.Errorf("%v, %v", names, err)
		}
		if some, err := artifacts.List("a.t"); !reflect.DeepEqual(some, want[:1]) || err != nil {
			t.Errorf("%+v, %v", some, err)
		}
	})
	if len(run.Artifacts) != 4 || !reflect.DeepEqual(run.Artifact("a.txt"), &picture) || run.Artifact("b.txt") != nil {
		t.Errorf("%+v", run.Artifacts)
	}
}

func TestANumberIsNotUsedAgain(t *testing.T) {
	host := raktest.Host{Artifacts: []raktest.Artifact{
		{Name: "a.txt", Blob: rak.TextFile("one")}, {Name: "a.txt", Blob: rak.TextFile("two")},
	}}
	run := in(host, func(cx *rak.Context) {
		artifacts := cx.Artifacts()
		if version, err := artifacts.Save("a.txt", rak.TextFile("three")); version != 3 || err != nil {
			t.Errorf("%d, %v", version, err)
		}
		for _, want := range []bool{true, false} {
			if removed, err := artifacts.RemoveVersion("a.txt", 3); removed != want || err != nil {
				t.Errorf("%t, %v", removed, err)
			}
		}
		if blob, err := artifacts.Load("a.txt"); blob.Text() != "two" || err != nil {
			t.Errorf("%+v, %v", blob, err)
		}
		for _, want := range []bool{true, false} {
			if removed, err := artifacts.Remove("a.txt"); removed != want || err != nil {
				t.Errorf("%t, %v", removed, err)
			}
		}
		if version, err := artifacts.Save("a.txt", rak.TextFile("four")); version != 4 || err != nil {
			t.Errorf("%d, %v", version, err)
		}
	})
	want := []raktest.Artifact{{Name: "a.txt", Version: 4, Blob: rak.TextFile("four")}}
	if !reflect.DeepEqual(run.Artifacts, want) {
		t.Errorf("%+v", run.Artifacts)
	}
}

func TestAFileOutlivesTheRun(t *testing.T) {
	save := rak.RunText(func(cx *rak.Context, text string) (string, error) {
		if _, err := cx.Artifacts().Save("log.txt", rak.TextFile(text)); err != nil {
			return "", err
		}
		return "", rak.Failf(rak.Failed, "oh")
	})
	first := raktest.Host{}.Run(save, "a")
	second := raktest.Host{Artifacts: first.Artifacts}.Run(save, "b")
	if len(second.Artifacts) != 2 || second.Artifact("log.txt").Text() != "b" {
		t.Errorf("%+v", second.Artifacts)
	}
}

func TestAFileIsReadInParts(t *testing.T) {
	host := raktest.Host{Artifacts: []raktest.Artifact{{Name: "a.txt", Blob: rak.TextFile("one\ntwo\nthree")}}}
	in(host, func(cx *rak.Context) {
		artifacts := cx.Artifacts()
		for offset, want := range map[uint64]string{0: "one\nt", 5: "wo\nth", 10: "ree", 15: "", 99: ""} {
			if part, err := artifacts.ReadPart("a.txt", 1, offset, 5); string(part) != want || err != nil {
				t.Errorf("%d: %q, %v", offset, part, err)
			}
		}
		file, err := artifacts.Open("a.txt")
		if err != nil || file.Size() != 13 {
			t.Fatal(err)
		}
		var lines []string
		for scanner := bufio.NewScanner(file); scanner.Scan(); {
			lines = append(lines, scanner.Text())
		}
		if !slices.Equal(lines, []string{"one", "two", "three"}) {
			t.Errorf("%q", lines)
		}
		if _, err := file.Seek(-5, io.SeekEnd); err != nil {
			t.Error(err)
		}
		if end, err := io.ReadAll(file); string(end) != "three" || err != nil {
			t.Errorf("%q, %v", end, err)
		}
		if _, err := artifacts.Save("a.txt", rak.TextFile("four")); err != nil {
			t.Error(err)
		}
		old, err := artifacts.OpenVersion("a.txt", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := artifacts.Remove("a.txt"); err != nil {
			t.Error(err)
		}
		if _, err := old.Read(make([]byte, 1)); !errors.Is(err, rak.NotFound) {
			t.Errorf("%v", err)
		}
	})
}

func TestWhatIsNotThereCannotBeRead(t *testing.T) {
	host := raktest.Host{Artifacts: []raktest.Artifact{{Name: "a.txt", Blob: rak.TextFile("a")}}}
	in(host, func(cx *rak.Context) {
		for _, read := range []func() error{
			func() error { _, err := cx.Artifacts().ReadPart("b.txt", 1, 0, 1); return err },
			func() error { _, err := cx.Artifacts().ReadPart("a.txt", 2, 0, 1); return err },
			func() error { _, err := cx.Artifacts().Open("b.txt"); return err },
			func() error { _, err := cx.Artifacts().OpenVersion("a.txt", 2); return err },
		} {
			if err := read(); !errors.Is(err, rak.NotFound) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestNamesAndTypesAreThoseThatAHostTakes(t *testing.T) {
	in(raktest.Host{}, func(cx *rak.Context) {
		for name, want := range map[string]string{
			"":                       "an artifact needs a name",
			"user:":                  "an artifact needs a name",
			strings.Repeat("ä", 128): "the name of an artifact has 256 bytes; 255 are allowed",
		} {
			if _, err := cx.Artifacts().Save(name, rak.TextFile("")); !errors.Is(err, rak.InvalidArgument) || err.Error() != want {
				t.Errorf("%q: %v", name, err)
			}
		}
		for _, name := range []string{"/a", "a/", "a//b", "../a", "a/./b", `a\b`, "a\nb", "a\u0085b", "user:/a"} {
			_, err := cx.Artifacts().Load(name)
			if !errors.Is(err, rak.InvalidArgument) || !strings.Contains(err.Error(), "cannot be the name of an artifact") {
				t.Errorf("%q: %v", name, err)
			}
		}
		for _, mimeType := range []string{"", "text", "/plain", "text/", "text/pl\nain", "tëxt/plain", "a/" + strings.Repeat("b", 200)} {
			_, err := cx.Artifacts().Save("a.txt", rak.Blob{MIMEType: mimeType})
			if !errors.Is(err, rak.InvalidArgument) || !strings.Contains(err.Error(), "is not the type of a file") {
				t.Errorf("%q: %v", mimeType, err)
			}
		}
		for _, name := range []string{"report.md", "user:photos/a b.png", "app:x", strings.Repeat("ä", 127)} {
			if version, err := cx.Artifacts().Save(name, rak.Blob{MIMEType: "application/vnd.api+json"}); version != 1 || err != nil {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

func TestAHostHasNoFilesThatNoHostTakes(t *testing.T) {
	defer func() {
		if said := recover(); said != "raktest: an artifact needs a name" {
			t.Errorf("%v", said)
		}
	}()
	in(raktest.Host{Artifacts: []raktest.Artifact{{Blob: rak.TextFile("a")}}}, func(*rak.Context) {})
}

func TestEveryCallOfAnArtifactCounts(t *testing.T) {
	for _, use := range []func(artifacts rak.Artifacts) error{
		func(artifacts rak.Artifacts) error { _, err := artifacts.Save("a.txt", rak.TextFile("")); return err },
		func(artifacts rak.Artifacts) error { _, err := artifacts.Load("a.txt"); return err },
		func(artifacts rak.Artifacts) error { _, err := artifacts.ReadPart("a.txt", 1, 0, 1); return err },
		func(artifacts rak.Artifacts) error { _, err := artifacts.List(""); return err },
		func(artifacts rak.Artifacts) error { _, err := artifacts.Versions("a.txt"); return err },
		func(artifacts rak.Artifacts) error { _, err := artifacts.Remove("a.txt"); return err },
	} {
		host := raktest.Host{Artifacts: []raktest.Artifact{{Name: "a.txt", Blob: rak.TextFile("a")}}, CancelAfterCalls: 1}
		in(host, func(cx *rak.Context) {
			if err := use(cx.Artifacts()); err != nil || !cx.IsCancelled() {
				t.Errorf("%v", err)
			}
			if err := use(cx.Artifacts()); !errors.Is(err, rak.Cancelled) || !isDone(cx.Context()) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestWhatWasSavedIsKeptAsItWas(t *testing.T) {
	run := in(raktest.Host{}, func(cx *rak.Context) {
		data := []byte("a")
		if _, err := cx.Artifacts().Save("a.bin", rak.Blob{MIMEType: "a/b", Data: data}); err != nil {
			t.Error(err)
		}
		data[0] = 'b'
		loaded, err := cx.Artifacts().Load("a.bin")
		if err != nil {
			t.Fatal(err)
		}
		loaded.Data[0] = 'c'
	})
	if run.Artifact("a.bin").Text() != "a" {
		t.Errorf("%+v", run.Artifacts)
	}
}
