package main

import (
	stdcontext "context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	"rak"
)

// own is what is special to the language: its log, its output, its clock, its source of chance.
var own = map[string]behaviour{
	"log": answer(log),
	"print": answer(func(_ *rak.Context, text string) (string, error) {
		_, err := fmt.Println(text)
		return "printed", err
	}),
	"time": answer(func(*rak.Context, string) (string, error) {
		return fmt.Sprint(time.Now().UnixMilli()), nil
	}),
	"random": answer(random),
}

func log(cx *rak.Context, _ string) (string, error) {
	log := cx.Log()
	log.Log(stdcontext.Background(), rak.LevelTrace, "line trace", slog.String("k", "v"))
	log.Debug("line debug", "k", "v")
	log.Info("line info", "k", "v")
	log.Warn("line warning", "k", "v")
	log.Error("line severe", "k", "v")
	return "logged", nil
}

func random(*rak.Context, string) (string, error) {
	var bytes [16]byte
	_, err := rand.Read(bytes[:])
	return hex.EncodeToString(bytes[:]), err
}
