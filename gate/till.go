package gate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"voicetill/payments"
)

// maxAnswer bounds what is read of a till's answer, in bytes.
const maxAnswer = 4 << 20

// ErrNoVerdict says that the till did not say whether a pass opens.
var ErrNoVerdict = errors.New("the till gives no verdict")

// HTTPTill is a till at an address. Token is an API token of its merchant.
type HTTPTill struct {
	Client      *http.Client
	Address     string // URL of the till
	Token       string // "": the gate is a stranger, whose tries cannot be repeated
	Place, Name string // of the gate
}

// Open is part of Till.
func (t HTTPTill) Open(ctx context.Context, token, ask string) (v payments.Verdict, err error) {
	query := url.Values{"place": {t.Place}, "gate": {t.Name}, "ask": {ask}}
	status, body, err := t.post(ctx, []string{"v1", "pass", url.PathEscape(token), "open"}, query, nil)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(body, &v); err != nil || v.Reason == "" || status != http.StatusOK {
		return payments.Verdict{}, fmt.Errorf("%w: it answers %d", ErrNoVerdict, status)
	}
	return v, nil
}

// Sync is part of Till.
func (t HTTPTill) Sync(ctx context.Context, since time.Time, did []payments.GateEvent) (news payments.GateNews, err error) {
	report, err := json.Marshal(map[string]any{"since": since, "did": did})
	if err != nil {
		return news, fmt.Errorf("write report: %w", err)
	}
	status, body, err := t.post(ctx, []string{"v1", "gates", url.PathEscape(t.Name), "sync"}, url.Values{"place": {t.Place}}, report)
	if err != nil {
		return news, err
	}
	if status != http.StatusOK {
		return news, fmt.Errorf("the till answers %d: %s", status, errorText(body))
	}
	if err := json.Unmarshal(body, &news); err != nil {
		return news, fmt.Errorf("read the till's news: %w", err)
	}
	return news, nil
}

func errorText(body []byte) string {
	var e struct {
		Error struct {
			Text string `json:"text"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &e) // else there is no text
	return e.Error.Text
}

func (t HTTPTill) post(ctx context.Context, path []string, query url.Values, body []byte) (status int, answer []byte, err error) {
	address, err := url.JoinPath(t.Address, path...)
	if err != nil {
		return 0, nil, fmt.Errorf("the till's address %s: %w", t.Address, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if t.Token != "" {
		request.Header.Set("Authorization", "Bearer "+t.Token)
	}
	response, err := t.Client.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("ask the till: %w", withoutURL(err))
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("ask the till: %w", err)
	}
	return response.StatusCode, answer, nil
}

// withoutURL keeps passes, which are in addresses, out of errors and logs.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// HTTPRelay opens a door by a POST to its controller, which answers 2xx.
func HTTPRelay(client *http.Client, address string) func(context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("ask the door's relay: %w", err)
		}
		defer response.Body.Close()
		if response.StatusCode/100 != 2 {
			return fmt.Errorf("the door's relay answers %s", response.Status)
		}
		return nil
	}
}
