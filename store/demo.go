package store

import (
	"context"
	"errors"
	"fmt"

	"voicetill/accounts"
	"voicetill/catalog"
	"voicetill/payments/money"
)

// DemoPlace is the id of the demo shop and of its merchant.
const DemoPlace = "demo"

// DemoLogin is an account of the demo shop with its published password.
type DemoLogin struct {
	Account  accounts.Account
	Password string
	Balance  money.Amount
}

// DemoLogins are a shopper, a shopper with too low a balance, and the merchant.
func DemoLogins() []DemoLogin {
	return []DemoLogin{
		{accounts.Account{ID: "demo-ada", Number: "1001", Email: "ada@example.com", Name: "Ada", Kind: accounts.Shopper, Demo: true},
			"till-demo-1", money.Of(200_00, "EUR")},
		{accounts.Account{ID: "demo-ben", Number: "1002", Email: "ben@example.com", Name: "Ben", Kind: accounts.Shopper, Demo: true},
			"till-demo-2", money.Of(5_00, "EUR")},
		{accounts.Account{ID: "demo-merchant", Email: "merchant@example.com", Name: "Demo Shop", Kind: accounts.Merchant, Merchant: DemoPlace, Demo: true},
			"shop-demo-1", money.Of(0, "EUR")},
	}
}

// SeedDemo adds the demo shop with its accounts, and the items with their
// pictures as its catalogue if it has none yet. What is there already stays as
// it is.
func (db *DB) SeedDemo(ctx context.Context, items []catalog.Item, pictures ...catalog.Picture) error {
	err := db.AddPlace(ctx, Place{ID: DemoPlace, Merchant: DemoPlace, Name: "Demo Shop", Payee: "Demo Shop", Currency: "EUR", Demo: true})
	if err != nil {
		return err
	}
	for _, l := range DemoLogins() {
		if err := db.seedLogin(ctx, l); err != nil {
			return fmt.Errorf("seed demo account %s: %w", l.Account.Name, err)
		}
	}
	switch version, err := db.CatalogVersion(ctx, DemoPlace); {
	case err != nil:
		return err
	case version != "0":
		return nil
	}
	if err := db.SavePictures(ctx, DemoPlace, pictures); err != nil {
		return err
	}
	_, err = db.ReplaceCatalog(ctx, DemoPlace, items)
	return err
}

// seedLogin goes on where an earlier seeding was cut off.
func (db *DB) seedLogin(ctx context.Context, l DemoLogin) error {
	_, err := db.Account(ctx, l.Account.ID)
	if errors.Is(err, accounts.ErrNoAccount) {
		err = db.createDemo(ctx, l)
	}
	if err != nil || l.Balance.Minor == 0 {
		return err
	}
	return db.TopUp(ctx, DemoPlace, l.Account.ID, "demo/"+l.Account.ID, l.Balance)
}

func (db *DB) createDemo(ctx context.Context, l DemoLogin) error {
	hash, err := accounts.Hash(ctx, l.Password)
	if err != nil {
		return err
	}
	if _, err := db.CreateAccount(ctx, l.Account, hash); err != nil && !errors.Is(err, ErrAccountTaken) {
		return err
	}
	return nil
}
