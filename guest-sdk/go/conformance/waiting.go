package main

import (
	"strconv"
	"strings"
	"time"

	"rak"
)

var waiting = map[string]behaviour{
	"sleep":   answer(sleep),
	"any":     answer(anyOfThree),
	"timeout": answer(timeout),
	"block":   answer(block),
	"loop":    answer(loop),
	"wait":    answer(wait),
	"poll":    answer(poll),
}

func sleep(cx *rak.Context, argument string) (string, error) {
	ms, err := number(argument)
	if err != nil {
		return "", err
	}
	return "slept", cx.Sleep(time.Duration(ms) * time.Millisecond)
}

func anyOfThree(cx *rak.Context, _ string) (string, error) {
	ready, err := cx.WaitAny(cx.Timer(time.Hour), cx.Timer(5*time.Millisecond), cx.Timer(time.Hour))
	return indexes(ready), err
}

func timeout(cx *rak.Context, _ string) (string, error) {
	ready, err := cx.WaitAnyFor(5*time.Millisecond, cx.Timer(time.Hour))
	if len(ready) == 0 {
		return "none", err
	}
	return indexes(ready), err
}

// indexes are joined by commas.
func indexes(ready []int) string {
	var texts []string
	for _, index := range ready {
		texts = append(texts, strconv.Itoa(index))
	}
	return strings.Join(texts, ",")
}

func block(cx *rak.Context, _ string) (string, error) {
	timer := cx.Timer(5 * time.Millisecond)
	if err := timer.Wait(); err != nil {
		return "", err
	}
	if !timer.Ready() {
		return "not ready", nil
	}
	return "ready", nil
}

func loop(cx *rak.Context, _ string) (string, error) {
	if err := cx.Progress("looping", 0, 0); err != nil {
		return "", err
	}
	for count := 0; ; count++ {
		if count < 0 {
			return "", nil
		}
	}
}

func wait(cx *rak.Context, _ string) (string, error) {
	if err := cx.Progress("waiting", 0, 0); err != nil {
		return "", err
	}
	return "slept", cx.Sleep(time.Hour)
}

func poll(cx *rak.Context, _ string) (string, error) {
	if err := cx.Progress("polling", 0, 0); err != nil {
		return "", err
	}
	for {
		if err := cx.Sleep(time.Millisecond); err != nil {
			return "", err
		}
	}
}
