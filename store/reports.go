package store

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// since is a condition on receipts, and its arguments: of a place, paid within
// [from, to). Numbers rise with time, and the first one is looked for by halving,
// so that the length of a shop's history does not count.
func (t *tx) since(place string, from, to time.Time) (where string, args []any, err error) {
	var m struct {
		ID   string `db:"id"`
		Last int64  `db:"receipt_no"`
	}
	err = t.get(&m, `SELECT m.id, m.receipt_no FROM merchants m JOIN places p ON p.merchant_id = m.id WHERE p.id = ?`, place)
	if err != nil {
		return "", nil, none(err, ErrNoPlace)
	}
	end := int64(math.MaxInt64)
	if !to.IsZero() {
		end = micros(to)
	}
	begin := int64(0)
	if !from.IsZero() {
		begin = micros(from)
	}
	first, err := t.firstNo(m.ID, m.Last, begin-outOfOrder.Microseconds())
	return `merchant_id = ? AND place_id = ? AND no >= ? AND paid_at_us >= ? AND paid_at_us < ?`, []any{m.ID, place, first, begin, end}, err
}

// outOfOrder is by how much a receipt with a higher number may be the older one:
// times are taken before numbers are given.
const outOfOrder = 10 * time.Minute

// firstNo is the lowest number of those from 1 to last that was paid at a time or
// later.
func (t *tx) firstNo(merchant string, last, at int64) (int64, error) {
	low, high := int64(1), last+1
	for low < high && at > 0 {
		middle := (low + high) / 2
		var paid int64
		if err := t.get(&paid, `SELECT paid_at_us FROM receipts WHERE merchant_id = ? AND no = ?`, merchant, middle); err != nil {
			return 0, err
		}
		if paid < at {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// A refund's receipt has its own id in the place of a bill. Of a payment into a
// balance only the body tells, near its beginning.
const (
	isTopUp  = `SUBSTR(body, 1, 200) LIKE '%"kind":"topup"%'`
	isSale   = `bill_id <> id AND NOT ` + isTopUp
	isRefund = `bill_id = id AND NOT ` + isTopUp
)

// SoldByHour are the hours from a time on in which a place sold or gave back,
// oldest first. They begin at from, from+1h, …: so they are the hours of its
// clock where from is one.
func (db *DB) SoldByHour(ctx context.Context, place string, from, to time.Time) (list []payments.Hour, err error) {
	err = db.view(ctx, func(t *tx) error {
		where, args, err := t.since(place, from, to)
		if err != nil {
			return err
		}
		var c money.Currency
		if err := t.get(&c, `SELECT currency FROM places WHERE id = ?`, place); err != nil {
			return err
		}
		var rows []struct {
			Hour    int64 `db:"hour"`
			Sales   int   `db:"sales"`
			Refunds int   `db:"refunds"`
			Sold    int64 `db:"sold"`
			Back    int64 `db:"back"`
		}
		err = t.all(&rows, `SELECT (paid_at_us - CAST(? AS BIGINT)) / 3600000000 AS hour,
			SUM(CASE WHEN bill_id <> id THEN 1 ELSE 0 END) AS sales, SUM(CASE WHEN bill_id = id THEN 1 ELSE 0 END) AS refunds,
			SUM(CASE WHEN bill_id <> id THEN total_minor ELSE 0 END) AS sold, SUM(CASE WHEN bill_id = id THEN -total_minor ELSE 0 END) AS back
			FROM receipts WHERE `+where+` AND NOT `+isTopUp+` GROUP BY 1 ORDER BY 1`, append([]any{micros(from)}, args...)...)
		if err != nil {
			return err
		}
		list = make([]payments.Hour, len(rows))
		for i, r := range rows {
			list[i] = payments.Hour{Start: from.Add(time.Duration(r.Hour) * time.Hour), Sales: r.Sales, Refunds: r.Refunds,
				Sold: money.Amount{Minor: r.Sold, Currency: c}, Back: money.Amount{Minor: r.Back, Currency: c}}
		}
		return nil
	})
	return list, err
}

// Receipts are one page of a place's, without their passes, and how many match in
// all, unless only the page is wanted.
func (db *DB) Receipts(ctx context.Context, place string, f payments.ReceiptFind) (list []payments.Receipt, total int, err error) {
	err = db.view(ctx, func(t *tx) error {
		where, args, err := t.since(place, f.From, f.To)
		if err != nil {
			return err
		}
		switch f.Kind {
		case payments.OnlySales:
			where += ` AND ` + isSale
		case payments.OnlyRefunds:
			where += ` AND ` + isRefund
		case payments.OnlyTopUps:
			where += ` AND ` + isTopUp
		}
		no, _ := strconv.ParseInt(f.Text, 10, 64) // else 0, which no receipt has
		switch {
		case no != 0 || f.Minor != 0:
			where += ` AND (no = ? OR total_minor = ? OR total_minor = ?)`
			args = append(args, no, f.Minor, -f.Minor)
		case f.Text != "":
			where += ` AND LOWER(body) LIKE ? ESCAPE '!'`
			args = append(args, "%"+likely(strings.ToLower(f.Text))+"%")
		}
		if !f.Page {
			if err := t.get(&total, `SELECT COUNT(*) FROM receipts WHERE `+where, args...); err != nil {
				return err
			}
		}
		order := "no"
		if f.By == "total" {
			order = "total_minor"
		}
		if f.Down {
			order += " DESC"
		}
		var bodies []string
		err = t.all(&bodies, `SELECT body FROM receipts WHERE `+where+` ORDER BY `+order+`, no DESC LIMIT ? OFFSET ?`, append(args, f.Limit, f.Offset)...)
		if err != nil {
			return err
		}
		list, err = readReceipts(bodies)
		return err
	})
	return list, total, err
}

// likely keeps a text literal in a LIKE whose escape is "!".
func likely(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}
