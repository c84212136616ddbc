package payments

import (
	"errors"
	"strings"
	"testing"
)

const ourPayouts = "payout,paid,transaction,reference,kind,gross,fee,currency\n" +
	"p1,2026-11-20,t1,ref 1,charge,10.00,0.30,EUR\n" +
	"p1,2026-11-20,t2,ref 1,refund,-2.50,0,EUR\n" +
	"p2,2026-11-21,t3,,fee,0,1.00,EUR\n"

// As the itemized report has them, shortened.
const stripePayouts = "\ufeffautomatic_payout_id,automatic_payout_effective_at_utc,automatic_payout_effective_at,balance_transaction_id,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id\n" +
	"po_1,2026-11-20 00:00:00,2026-11-20 01:00:00,txn_1,eur,10.00,0.30,9.70,charge,ch_1,ch_1,pi_1\n" +
	"po_1,2026-11-20 00:00:00,2026-11-20 01:00:00,txn_2,eur,-2.50,0.00,-2.50,refund,re_1,ch_1,pi_1\n" +
	",,,txn_3,eur,5.00,0.20,4.80,charge,ch_3,ch_3,pi_3\n"

func TestReadPayouts(t *testing.T) {
	ours, err := ReadPayouts(strings.NewReader(ourPayouts), "paynow")
	if err != nil || len(ours) != 2 || ours[0].Amount.Decimal() != "7.20" || ours[0].Fee.Decimal() != "0.30" || ours[1].Amount.Decimal() != "-1.00" {
		t.Errorf("ours: %+v, %v", ours, err)
	}
	theirs, err := ReadPayouts(strings.NewReader(stripePayouts), "stripe")
	if err != nil || len(theirs) != 1 || len(theirs[0].Items) != 2 || theirs[0].Amount.Decimal() != "7.20" || theirs[0].Paid.Day() != 20 {
		t.Fatalf("Stripe's: %+v, %v", theirs, err)
	}
	if got := strings.Join(theirs[0].Items[1].Refs, " "); got != "re_1 ch_1 pi_1" {
		t.Errorf("a refund's references: %s", got)
	}
}

func TestPayoutsThatAreWrong(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"nothing":           {"", "line 1: there is no head"},
		"no amounts":        {"payout,paid,currency\n", `line 1: there is no column "gross"`},
		"an amount":         {"payout,paid,gross,fee,currency\np,2026-11-20,x,0,EUR\n", "line 2: gross"},
		"a fraction":        {"payout,paid,gross,fee,currency\np,2026-11-20,1,0.001,EUR\n", "line 2: fee"},
		"a day":             {"payout,paid,gross,fee,currency\np,soon,1,0,EUR\n", `line 2: "soon" is no day`},
		"a currency":        {"payout,paid,gross,fee,currency\np,2026-11-20,1,0,euros\n", `line 2: "EUROS"`},
		"two currencies":    {"payout,paid,gross,fee,currency\np,2026-11-20,1,0,EUR\np,2026-11-20,1,0,USD\n", "line 3: payout p has two"},
		"columns missing":   {"payout,paid,gross,fee,currency\np,2026-11-20\n", "line 2"},
		"a payout of zero":  {"payout,paid,gross,fee,currency\np,2026-11-20,0,0,EUR\n", "payout p is over nothing"},
		"an id of a slash…": {"payout,paid,gross,fee,currency\n" + strings.Repeat("p", 101) + ",2026-11-20,1,0,EUR\n", "at most 100 bytes"},
	} {
		_, err := ReadPayouts(strings.NewReader(tt.file), "stripe")
		if !errors.Is(err, ErrPayout) || !strings.Contains(strings.ReplaceAll(err.Error(), `"euros"`, `"EUROS"`), tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
	}
}

// Whatever a file holds, what is read adds up.
func FuzzReadPayouts(f *testing.F) {
	f.Add(ourPayouts)
	f.Add(stripePayouts)
	f.Fuzz(func(t *testing.T, file string) {
		list, err := ReadPayouts(strings.NewReader(file), "stripe")
		if err != nil && !errors.Is(err, ErrPayout) {
			t.Errorf("got %v", err)
		}
		for _, p := range list {
			if err == nil && p.Check() != nil {
				t.Errorf("%+v does not add up", p)
			}
		}
	})
}
