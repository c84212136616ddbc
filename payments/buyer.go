package payments

// Kiosk is the Client of a till that stands in the shop.
const Kiosk = "kiosk"

// Buyer is for whom a receipt is made. Who pays may be somebody else.
type Buyer struct {
	Account string `json:"account,omitempty"` // id; "": who pays
	Lang    string `json:"lang,omitempty"`    // of the receipt: "en", "zh"
	Client  string `json:"client,omitempty"`  // what was bought with: "phone", Kiosk
}

// Holders are the accounts that a receipt is for: the buyer, and who paid if
// that is another.
func (r Receipt) Holders() []string {
	buyer := r.Buyer.Account
	if buyer == "" || buyer == r.Account {
		return []string{r.Account}
	}
	return []string{buyer, r.Account}
}
