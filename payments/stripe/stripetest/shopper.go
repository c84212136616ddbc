package stripetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"
)

// ErrClosed says that a page was paid or closed before.
var ErrClosed = errors.New("the page is closed")

// idOf is the session's id in the address of its page.
func idOf(page string) string { return page[strings.LastIndex(page, "/")+1:] }

// Pay is the shopper who types a card on a page, "pm_card_visa" for a good one.
// A declined card leaves the page open and is an error.
func (f *Front) Pay(page, card string) error {
	s := f.find(idOf(page))
	if s == nil {
		return ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fields["status"] != "open" {
		return ErrClosed
	}
	s.intent.Set("payment_method", card)
	intent, err := f.make(http.MethodPost, "/v1/payment_intents", s.intent)
	if err != nil {
		return err
	}
	s.fields["payment_intent"], s.fields["status"], s.fields["payment_status"], s.fields["url"] = intent, "complete", "paid", nil
	return nil
}

// Save is the shopper who saves a card, by its number, on a page of Bind.
func (f *Front) Save(page, number string) error {
	s := f.find(idOf(page))
	if s == nil {
		return ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fields["status"] != "open" {
		return ErrClosed
	}
	customer, method, err := f.SaveCard(number)
	if err != nil {
		return err
	}
	setup, err := f.make(http.MethodPost, "/v1/setup_intents", url.Values{"customer": {customer}})
	if err != nil {
		return err
	}
	setup, err = f.make(http.MethodPost, fmt.Sprintf("/v1/setup_intents/%s/confirm", setup["id"]), url.Values{"payment_method": {method}})
	if err != nil {
		return err
	}
	if setup["payment_method"], err = f.make(http.MethodGet, "/v1/payment_methods/"+method, nil); err != nil {
		return err
	}
	s.fields["setup_intent"], s.fields["customer"], s.fields["status"], s.fields["url"] = setup, customer, "complete", nil
	return nil
}

// SaveCard makes a customer with a card at localstripe.
func (f *Front) SaveCard(number string) (customer, method string, err error) {
	c, err := f.make(http.MethodPost, "/v1/customers", url.Values{"email": {"shopper@example.com"}})
	if err != nil {
		return "", "", err
	}
	m, err := f.make(http.MethodPost, "/v1/payment_methods", url.Values{"type": {"card"}, "card[number]": {number},
		"card[exp_month]": {"12"}, "card[exp_year]": {"2030"}, "card[cvc]": {"123"}})
	if err != nil {
		return "", "", err
	}
	customer, method = fmt.Sprint(c["id"]), fmt.Sprint(m["id"])
	_, err = f.make(http.MethodPost, "/v1/payment_methods/"+method+"/attach", url.Values{"customer": {customer}})
	return customer, method, err
}

// Kept is what localstripe has taken and not given back, in minor units, by the
// voicetill_key of its PaymentIntents.
func (f *Front) Kept() (map[string]int64, error) {
	out, err := f.do(http.MethodGet, "/v1/payment_intents?limit=1000000", nil)
	if err != nil {
		return nil, err
	}
	var list struct{ Data []api.PaymentIntent }
	if err := json.Unmarshal(out.body, &list); err != nil {
		return nil, fmt.Errorf("list of PaymentIntents: %w", err)
	}
	kept := map[string]int64{}
	for _, i := range list.Data {
		if i.Status == api.PaymentIntentStatusSucceeded {
			kept[i.Metadata["voicetill_key"]] += i.LatestCharge.Amount - i.LatestCharge.AmountRefunded
		}
	}
	return kept, nil
}

// Event is the signed event that a page's session sends.
func (f *Front) Event(kind api.EventType, page, secret string) (*webhook.SignedPayload, error) {
	s := f.find(idOf(page))
	if s == nil {
		return nil, ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	body, err := json.Marshal(map[string]any{"id": "evt_" + idOf(page), "object": "event", "type": kind, "api_version": api.APIVersion,
		"data": map[string]any{"object": s.fields}})
	if err != nil {
		return nil, err
	}
	return webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: secret, Timestamp: time.Now()}), nil
}
