package rak

import (
	"context"
	"log/slog"
)

// LevelTrace is the level below [slog.LevelDebug]: every step.
const LevelTrace slog.Level = -8

// logHandler writes what slog is told to the host's log. Every level is on: the host decides what it keeps.
type logHandler struct {
	host Host
	// prefix is the names of the open groups, each with a dot behind it.
	prefix string
	fields [][2]string
}

func (*logHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h *logHandler) Handle(_ context.Context, record slog.Record) error {
	fields := h.fields[:len(h.fields):len(h.fields)]
	record.Attrs(func(attr slog.Attr) bool {
		fields = appendField(fields, h.prefix, attr)
		return true
	})
	h.host.Log(record.Level, record.Message, fields)
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.fields = h.fields[:len(h.fields):len(h.fields)]
	for _, attr := range attrs {
		with.fields = appendField(with.fields, h.prefix, attr)
	}
	return &with
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	with := *h
	if name != "" {
		with.prefix += name + "."
	}
	return &with
}

// appendField adds an attribute, and each member of a group by itself, since a field of the host's log is a text.
func appendField(fields [][2]string, prefix string, attr slog.Attr) [][2]string {
	value := attr.Value.Resolve()
	if value.Kind() != slog.KindGroup {
		if attr.Equal(slog.Attr{}) {
			return fields
		}
		return append(fields, [2]string{prefix + attr.Key, value.String()})
	}
	if attr.Key != "" {
		prefix += attr.Key + "."
	}
	for _, member := range value.Group() {
		fields = appendField(fields, prefix, member)
	}
	return fields
}
