package main

import (
	"fmt"
	"io"
	"strings"

	"rak"
)

var web = map[string]behaviour{
	"http":        answer(askWeb),
	"http-send":   answer(send),
	"http-header": answer(headerOf),
	"http-stays":  answer(stays),
	"http-secret": answer(secret),
	"http-stream": answer(streamed),
	"http-two":    answer(two),
	"http-drop":   answer(dropAnswer),
	"http-fails":  answer(askWebFails),
}

func askWeb(cx *rak.Context, argument string) (string, error) {
	return statusAndText(cx.HTTP().Do(methodAndURL(argument)))
}

func send(cx *rak.Context, argument string) (string, error) {
	url, text, _ := strings.Cut(argument, " ")
	header := rak.Header{"X-Sent": {"1"}}
	return statusAndText(cx.HTTP().Do(rak.HTTPRequest{Method: "POST", URL: url, Header: header, Body: []byte(text)}))
}

func headerOf(cx *rak.Context, url string) (string, error) {
	response, err := cx.HTTP().Get(url)
	return response.Header.Get("X-Kind"), err
}

func stays(cx *rak.Context, url string) (string, error) {
	response, err := cx.HTTP().Do(rak.HTTPRequest{URL: url, NoRedirects: true})
	return fmt.Sprintf("%d %t", response.Status, response.Header.Get("location") != ""), err
}

func secret(cx *rak.Context, url string) (string, error) {
	return statusAndText(cx.HTTP().Do(rak.HTTPRequest{URL: url, Credential: "sesame"}))
}

func streamed(cx *rak.Context, url string) (string, error) {
	exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: url})
	if err != nil {
		return "", err
	}
	defer exchange.Close()
	var all strings.Builder
	if _, err := io.Copy(io.MultiWriter(cx.Text(), &all), exchange); err != nil {
		return "", err
	}
	head, err := exchange.Head()
	return fmt.Sprintf("%d %s", head.Status, all.String()), err
}

func two(cx *rak.Context, argument string) (string, error) {
	var exchanges []*rak.Exchange
	for _, url := range strings.Fields(argument) {
		exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: url})
		if err != nil {
			return "", err
		}
		defer exchange.Close()
		exchanges = append(exchanges, exchange)
	}
	var texts []string
	for _, exchange := range exchanges {
		all, err := io.ReadAll(exchange)
		if err != nil {
			return "", err
		}
		texts = append(texts, string(all))
	}
	return strings.Join(texts, ","), nil
}

func dropAnswer(cx *rak.Context, url string) (string, error) {
	exchange, err := cx.HTTP().Open(rak.HTTPRequest{URL: url})
	if err != nil {
		return "", err
	}
	defer exchange.Close()
	return "dropped", nil
}

func askWebFails(cx *rak.Context, argument string) (string, error) {
	response, err := cx.HTTP().Do(methodAndURL(argument))
	if err == nil {
		return "answered " + response.Text(), nil
	}
	return kindAndCode(err), nil
}

func methodAndURL(argument string) rak.HTTPRequest {
	method, url, _ := strings.Cut(argument, " ")
	return rak.HTTPRequest{Method: method, URL: url}
}

// statusAndText is the status and the text of the body.
func statusAndText(response rak.HTTPResponse, err error) (string, error) {
	return fmt.Sprintf("%d %s", response.Status, response.Text()), err
}
