package store

import (
	"database/sql"
	"errors"
	"fmt"

	"voicetill/catalog"
	"voicetill/payments"
	"voicetill/payments/money"
)

// compare returns how the shelf differs from a bill's line: none, one that the
// item is gone, or all others.
func (s shelf) compare(l payments.Line) ([]payments.Change, error) {
	change := payments.Change{Line: l.Line, Item: l.Item, Name: l.Name, What: payments.Gone, Was: l.Price}
	var body string
	err := s.get(&body, `SELECT body FROM items WHERE merchant_id = ? AND place_id = ? AND number = ? AND retired = 0`,
		s.merchant, s.place, l.Item)
	if errors.Is(err, sql.ErrNoRows) {
		return []payments.Change{change}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find item %s: %w", l.Item, err)
	}
	it, err := readItem(body, nil)
	if err != nil {
		return nil, err
	}
	price, err := priceWith(it, l.Options)
	if errors.Is(err, errNoOption) || it.Unit != l.Unit {
		return []payments.Change{change}, nil
	}
	return differences(l, it, price), err
}

// differences are those of a line and the item as it is sold now.
func differences(l payments.Line, it catalog.Item, price money.Amount) (changes []payments.Change) {
	add := func(c payments.Change) {
		c.Line, c.Item, c.Name = l.Line, l.Item, l.Name
		changes = append(changes, c)
	}
	if it.Name != l.Name {
		add(payments.Change{What: payments.NameChanged, Named: it.Name})
	}
	if it.Unit == catalog.Each && l.Milli%1000 != 0 {
		add(payments.Change{What: payments.NotWhole, Want: l.Milli})
	}
	if price != l.Price {
		add(payments.Change{What: payments.PriceChanged, Was: l.Price, Now: price})
	}
	if it.TaxBP != l.TaxBP {
		add(payments.Change{What: payments.TaxChanged, TaxBP: it.TaxBP})
	}
	return changes
}

var errNoOption = errors.New("no such option")

// priceWith is the item's price per unit with the surcharges of the options.
func priceWith(it catalog.Item, options map[string]string) (money.Amount, error) {
	price := it.Price
	for group, value := range options {
		v, err := findOption(it, group, value)
		if err != nil {
			return price, err
		}
		if v.Surcharge.Minor == 0 {
			continue
		}
		if price, err = price.Add(v.Surcharge); err != nil {
			return price, fmt.Errorf("item %s with %s: %w", it.Number, value, err)
		}
	}
	return price, nil
}

func findOption(it catalog.Item, group, value string) (catalog.Value, error) {
	for _, g := range it.Groups {
		for _, v := range g.Values {
			if g.Name == group && v.Name == value {
				return v, nil
			}
		}
	}
	return catalog.Value{}, errNoOption
}
