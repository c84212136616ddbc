package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"voicetill/payments"
	"voicetill/payments/deliver"
)

// BillCompany makes the bill of a month that is over at all places of the
// merchant, of all receipts until its end by the clock of their place that are on
// no bill yet, marks them billed, and posts it to the company; billing the month
// again returns the first bill. ErrMonthRuns, ErrNoCompany.
func (db *DB) BillCompany(ctx context.Context, merchant, company, of string) (payments.CompanyBill, error) {
	return db.billCompany(ctx, merchant, company, of, nil)
}

// farthestWest is how much later than in UTC a month ends at most.
const farthestWest = 12 * time.Hour

var errBillOfNothing = errors.New("nothing is to be billed")

// BillCompanies makes the bills of the last month, wherever it is over and
// something was bought until its end, and returns how many it made. It may run at
// any time and on any number of nodes.
func (db *DB) BillCompanies(ctx context.Context) (made int, err error) {
	now := db.now().UTC()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	month := first.AddDate(0, -1, 0).Format("2006-01")
	var open []struct {
		Merchant string `db:"merchant_id"`
		Company  string `db:"company_id"`
	}
	err = db.all(ctx, &open, `SELECT DISTINCT c.merchant_id, c.company_id FROM company_charges c WHERE c.month IS NULL AND c.at_us < ?
		AND NOT EXISTS (SELECT 1 FROM company_bills b WHERE b.merchant_id = c.merchant_id AND b.company_id = c.company_id AND b.month = ?)
		ORDER BY c.merchant_id, c.company_id`, micros(first.Add(farthestWest)), month)
	if err != nil {
		return 0, fmt.Errorf("find what is to be billed: %w", err)
	}
	var errs []error
	for _, c := range open {
		_, err := db.billCompany(ctx, c.Merchant, c.Company, month, errBillOfNothing)
		switch {
		case err == nil:
			made++
		case !errors.Is(err, payments.ErrMonthRuns) && !errors.Is(err, errBillOfNothing):
			errs = append(errs, fmt.Errorf("bill company %s: %w", c.Company, err))
		}
	}
	return made, errors.Join(errs...)
}

// billCompany is BillCompany; ofNothing, unless it is nil, is returned in the place
// of a bill without receipts.
func (db *DB) billCompany(ctx context.Context, merchant, company, of string, ofNothing error) (b payments.CompanyBill, err error) {
	now := db.now().UTC().Truncate(time.Microsecond)
	err = db.tx(ctx, func(t *tx) error {
		c, err := t.company(merchant, company)
		if err != nil {
			return err
		}
		end, err := db.monthEnds(t, merchant, of)
		if err != nil {
			return err
		}
		// Holding the company keeps two from billing it at once.
		if _, err := t.exec(`UPDATE companies SET name = name WHERE merchant_id = ? AND id = ?`, merchant, company); err != nil {
			return err
		}
		if b, err = t.companyBill(merchant, company, of); !errors.Is(err, payments.ErrNothingBilled) {
			return err
		}
		if now.Before(end.last()) {
			return payments.ErrMonthRuns
		}
		b = payments.CompanyBill{Company: company, Name: c.Name, Month: of, Currency: c.Limit.Currency, Issued: now,
			Due: now.AddDate(0, 0, c.DueDays), Receipts: []payments.CompanyLine{}, Tax: []payments.Tax{}, Total: c.Limit.Currency.Zero(), Received: c.Limit.Currency.Zero()}
		if err := t.fillCompanyBill(&b, merchant, end); err != nil {
			return err
		}
		if len(b.Receipts) == 0 && ofNothing != nil {
			return ofNothing
		}
		if err := t.addCompanyBill(b, merchant); err != nil || c.Email == "" || len(b.Receipts) == 0 {
			return err
		}
		return t.postAbout(deliver.Bill, merchant, of, company, now)
	})
	return b, err
}

// companyBill is the one that was made before, or ErrNothingBilled.
func (t *tx) companyBill(merchant, company, of string) (b payments.CompanyBill, err error) {
	var row struct {
		Body string        `db:"body"`
		Paid sql.NullInt64 `db:"paid_at_us"`
	}
	err = t.get(&row, `SELECT body, paid_at_us FROM company_bills WHERE merchant_id = ? AND company_id = ? AND month = ?`, merchant, company, of)
	if err != nil {
		return b, none(err, payments.ErrNothingBilled)
	}
	if b, err = readCompanyBill(row.Body, company, of); err != nil {
		return b, err
	}
	if row.Paid.Valid {
		at := fromMicros(row.Paid.Int64)
		b.Paid = &at
	}
	b.Received, err = t.receivedOf(merchant, company, of, b.Currency)
	return b, err
}

func readCompanyBill(body, company, of string) (b payments.CompanyBill, err error) {
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return b, fmt.Errorf("read bill %s of company %s: %w", of, company, err)
	}
	return b, nil
}

// monthEnds is when a month ends at each place of a merchant, by its id.
type monthEnds map[string]time.Time

func (db *DB) monthEnds(t *tx, merchant, of string) (monthEnds, error) {
	if _, _, ok := payments.MonthOf(of, db.zone); !ok {
		return nil, fmt.Errorf("%q is not a month such as 2026-10", of)
	}
	var places []Place
	if err := t.all(&places, selectPlace+` WHERE p.merchant_id = ?`, merchant); err != nil {
		return nil, fmt.Errorf("find the clocks of merchant %s: %w", merchant, err)
	}
	ends := monthEnds{}
	for _, p := range places {
		_, ends[p.ID], _ = payments.MonthOf(of, db.ZoneOf(p))
	}
	return ends, nil
}

// last is when the month is over at all places.
func (ends monthEnds) last() (last time.Time) {
	for _, end := range ends {
		if end.After(last) {
			last = end
		}
	}
	return last
}

// fillCompanyBill lists the unbilled charges and refunds until the month's end
// that have a receipt, oldest first. What is charged and not booked is on a later
// bill.
func (t *tx) fillCompanyBill(b *payments.CompanyBill, merchant string, end monthEnds) error {
	var charges []struct {
		ID string `db:"id"`
		At int64  `db:"at_us"`
	}
	err := t.all(&charges, `SELECT id, at_us FROM company_charges WHERE merchant_id = ? AND company_id = ? AND at_us < ? AND month IS NULL
		ORDER BY at_us, id`, merchant, b.Company, micros(end.last()))
	if err != nil {
		return err
	}
	taxes := map[int]payments.Tax{}
	for _, c := range charges {
		r, err := t.receipt(`id = ?`, c.ID[strings.LastIndexByte(c.ID, '/')+1:]) // a settlement's key ends in its receipt's id, a refund's is it
		if errors.Is(err, payments.ErrNoReceipt) || err == nil && c.At >= micros(end[r.Place]) {
			continue
		}
		if err == nil {
			err = b.Add(r, taxes)
		}
		if err != nil {
			return fmt.Errorf("bill charge %s: %w", c.ID, err)
		}
		n, err := t.exec(`UPDATE company_charges SET month = ? WHERE merchant_id = ? AND id = ? AND month IS NULL`, b.Month, merchant, c.ID)
		if err != nil {
			return err
		}
		if n != 1 {
			return fmt.Errorf("charge %s is on another bill", c.ID)
		}
	}
	for _, rate := range slices.Sorted(maps.Keys(taxes)) {
		b.Tax = append(b.Tax, taxes[rate])
	}
	return nil
}

func (t *tx) addCompanyBill(b payments.CompanyBill, merchant string) error {
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("write bill of company %s: %w", b.Company, err)
	}
	_, err = t.exec(`INSERT INTO company_bills (merchant_id, company_id, month, total_minor, currency, issued_at_us, due_at_us, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, merchant, b.Company, b.Month, b.Total.Minor, b.Currency, micros(b.Issued), micros(b.Due), string(body))
	return err
}
