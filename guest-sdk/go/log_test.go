package rak_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"

	"rak"
	"rak/raktest"
)

func TestLinesHaveTheirLevelAndFields(t *testing.T) {
	run := in(raktest.Host{}, func(cx *rak.Context) {
		log := cx.Log()
		log.Log(context.Background(), rak.LevelTrace, "a")
		log.With("x", 1).WithGroup("g").With("y", 2).Info("b", "z", errors.New("no"), slog.Group("h", "v", true))
		log.WithGroup("").Error("c", slog.Group("", "inline", 1), slog.Attr{})
	})
	want := []raktest.LogLine{
		{Level: rak.LevelTrace, Message: "a"},
		{Level: slog.LevelInfo, Message: "b", Fields: [][2]string{
			{"x", "1"}, {"g.y", "2"}, {"g.z", "no"}, {"g.h.v", "true"},
		}},
		{Level: slog.LevelError, Message: "c", Fields: [][2]string{{"inline", "1"}}},
	}
	if !slices.EqualFunc(run.Logs, want, sameLine) {
		t.Errorf("%+v; want %+v", run.Logs, want)
	}
}

func sameLine(a, b raktest.LogLine) bool {
	return a.Level == b.Level && a.Message == b.Message && slices.Equal(a.Fields, b.Fields)
}
