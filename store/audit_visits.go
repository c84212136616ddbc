package store

import "voicetill/payments"

// visits proves that each was paid for in one way: by its own receipt, by one
// visit of a subscription of its account, or not at all.
func (a *auditor) visits() error {
	for _, step := range []func() error{a.subscriptions, a.subscriptionUses, a.visitsPaid, a.visitsLost} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// subscriptions are sold with a receipt, and never used more than that.
func (a *auditor) subscriptions() error {
	var row struct {
		subscriptionRow
		Noted int64 `db:"noted"`
		Sold  int   `db:"sold"`
	}
	return a.each(&row, func() error {
		switch {
		case row.Sold != 1:
			a.complain("subscription %s was never sold", row.ID)
		case row.Used != row.Noted:
			a.complain("subscription %s was used %d times, %d are noted", row.ID, row.Used, row.Noted)
		case row.Visits > 0 && row.Noted > row.Visits:
			a.complain("subscription %s was used %d times, it has %d visits", row.ID, row.Noted, row.Visits)
		}
		return nil
	}, `SELECT s.id, s.place_id, s.receipt_no, s.name, s.visits, s.used, s.starts_at_us, s.ends_at_us, s.ended_at_us,
		(SELECT COUNT(*) FROM subscription_uses u WHERE u.merchant_id = s.merchant_id AND u.subscription_id = s.id) AS noted,
		(SELECT COUNT(*) FROM receipts r WHERE r.merchant_id = s.merchant_id AND r.no = s.receipt_no AND r.id = s.receipt_id) AS sold
		FROM subscriptions s WHERE s.merchant_id = ? ORDER BY s.starts_at_us, s.id`, a.merchant.ID)
}

// subscriptionUses are each of one visit of the same account and place, while the
// subscription was in force.
func (a *auditor) subscriptionUses() error {
	var row struct {
		ID    string `db:"id"`
		Sub   string `db:"subscription_id"`
		At    int64  `db:"at_us"`
		Fits  int    `db:"fits"`
		Start *int64 `db:"starts_at_us"`
		Ends  *int64 `db:"ends_at_us"`
		Ended *int64 `db:"ended_at_us"`
	}
	return a.each(&row, func() error {
		switch {
		case row.Start == nil || row.Fits != 1:
			a.complain("a use of subscription %s is not that of visit %s", row.Sub, row.ID)
		case row.At < *row.Start, row.Ends != nil && row.At >= *row.Ends, row.Ended != nil && row.At >= *row.Ended:
			a.complain("subscription %s was used by visit %s when it was not in force", row.Sub, row.ID)
		}
		return nil
	}, `SELECT u.id, u.subscription_id, u.at_us, s.starts_at_us, s.ends_at_us, s.ended_at_us,
		(SELECT COUNT(*) FROM visits v WHERE v.merchant_id = u.merchant_id AND v.id = u.id AND v.state = 'subscribed'
			AND v.subscription_id = u.subscription_id AND v.account_id = s.account_id AND v.place_id = s.place_id) AS fits
		FROM subscription_uses u LEFT JOIN subscriptions s ON s.merchant_id = u.merchant_id AND s.id = u.subscription_id
		WHERE u.merchant_id = ? ORDER BY u.at_us, u.id`, a.merchant.ID)
}

// visitsPaid compares each visit's state with the receipt of its cart.
func (a *auditor) visitsPaid() error {
	var row struct {
		ID      string  `db:"id"`
		State   string  `db:"state"`
		Receipt string  `db:"receipt_id"`
		Paid    *string `db:"paid"` // id of the receipt of its bill
		Used    int     `db:"used"`
	}
	return a.each(&row, func() error {
		subscribed := row.State == payments.VisitSubscribed
		switch {
		case subscribed != (row.Used == 1):
			a.complain("visit %s is %s, a subscription was used %d times for it", row.ID, row.State, row.Used)
		case row.State == payments.VisitPaid && (row.Paid == nil || *row.Paid != row.Receipt):
			a.complain("visit %s is paid, and its receipt is not that of its bill", row.ID)
		case row.Paid != nil && row.State != payments.VisitPaid:
			a.complain("visit %s is %s, and was paid as well", row.ID, row.State)
		}
		return nil
	}, `SELECT v.id, v.state, v.receipt_id, r.id AS paid,
		(SELECT COUNT(*) FROM subscription_uses u WHERE u.merchant_id = v.merchant_id AND u.id = v.id) AS used
		FROM visits v LEFT JOIN bills b ON b.merchant_id = v.merchant_id AND b.cart = 'visit/' || v.id
		LEFT JOIN settlements s ON s.merchant_id = b.merchant_id AND s.bill_id = b.id AND s.state = 'booked'
		LEFT JOIN receipts r ON r.merchant_id = s.merchant_id AND r.bill_id = s.bill_id
		WHERE v.merchant_id = ? ORDER BY v.entered_at_us, v.id`, a.merchant.ID)
}

// visitsLost are bills of visits that there are not.
func (a *auditor) visitsLost() error {
	var ids []string
	err := a.all(&ids, `SELECT b.id FROM bills b WHERE b.merchant_id = ? AND b.state = 'paid' AND b.cart LIKE 'visit/%'
		AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.merchant_id = b.merchant_id AND 'visit/' || v.id = b.cart) ORDER BY b.id`, a.merchant.ID)
	for _, id := range ids {
		a.complain("bill %s is of a visit that there is not", id)
	}
	return err
}
