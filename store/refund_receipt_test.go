package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
	"voicetill/payments/money"
	"voicetill/payments/receipts"
	"voicetill/store"
)

// What is given back has a receipt like what was sold: the buyer and who paid
// find it and get it by mail. It opens no gate and prints nothing by itself.
func TestARefundsReceiptGoesWhereTheSalesWent(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		s := newTill(t, dsn)
		if err := s.SetPrinting(t.Context(), "demo", store.PrintAlways); err != nil {
			t.Fatal(err)
		}
		sale := s.buy(t, "c", payments.Buyer{Account: "demo-ben", Lang: "zh", Client: payments.Kiosk})
		s.take(t, deliver.Mail)
		s.take(t, deliver.Print)
		s.clock.add(time.Minute)
		back, err := s.service.Refund(t.Context(), "demo", sale.No, payments.RefundAsk{Key: "k", Amount: money.Of(100, "EUR"), Reason: "sour"})
		if err != nil {
			t.Fatal(err)
		}
		for _, account := range []string{"demo-ada", "demo-ben"} {
			if list, err := s.History(t.Context(), account, payments.Receipt{}, 9); err != nil || len(list) != 2 || list[0].ID != back.ID {
				t.Errorf("the history of %s: %v, %v", account, list, err)
			}
		}
		if got := s.take(t, deliver.Mail); !sameSet(got, []string{"demo-ada", "demo-ben"}) {
			t.Errorf("mailed to %v", got)
		}
		if got := s.take(t, deliver.Print); len(got) != 0 {
			t.Errorf("printed at %v", got)
		}
		found, err := s.service.ReceiptByLink(t.Context(), back.Link)
		if err != nil || found.Pass != "" {
			t.Fatalf("got a pass %q, %v", found.Pass, err)
		}
		text := receipts.New(found, receipts.Options{Lang: "en", Pass: true}).Text()
		for _, want := range []string{"Refund, receipt 2", "Refund of receipt", "sour", "The shop", "EUR -1.00"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		if _, err := s.service.Refund(t.Context(), "demo", back.No, payments.RefundAsk{Key: "k2"}); err == nil {
			t.Error("a refund was refunded")
		}
		if _, err := s.TakeDelivery(t.Context(), deliver.Mail, "", s.clock.now(), time.Minute); !errors.Is(err, deliver.ErrNothingDue) {
			t.Errorf("a refused refund was mailed: %v", err)
		}
		s.audited(t)
	})
}
