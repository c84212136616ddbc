package receipts

import (
	"fmt"
	"strconv"
	"time"

	"voicetill/payments"
	"voicetill/payments/money"
)

// listWords are what lists say in one language.
type listWords struct {
	statement, account, period, opening, closing, time string
	what, receipt, method, amount, balance, currency   string
	moved                                              map[string]string
	desk                                               string
	bill, company, issued, due, member, place, rate    string
	net, tax, gross, total, paid, left                 string
}

var listsEnglish = listWords{
	statement: "Statement of the prepaid balance", account: "Account", period: "Period", opening: "Balance before", closing: "Balance after",
	time: "Time", what: "What", receipt: "Receipt", method: "Paid with", amount: "Amount", balance: "Balance", currency: "Currency",
	moved: map[string]string{payments.MovedTopUp: "Top-up", payments.MovedPurchase: "Purchase", payments.MovedBack: "Purchase undone",
		payments.MovedRefund: "Refund", payments.MovedOut: "Top-up given back", payments.MovedOutBack: "Top-up not given back", payments.MovedOther: "Other", payments.PaidElsewhere: "Paid in another way"},
	desk: "At the desk",
	bill: "Bill for", company: "Company", issued: "Issued", due: "Due", member: "Member", place: "Place", rate: "Tax",
	net: "Net", tax: "Tax", gross: "Gross", total: "Total", paid: "Paid", left: "To be paid",
}

var listsChinese = listWords{
	statement: "预付余额对账单", account: "账户", period: "期间", opening: "期初余额", closing: "期末余额",
	time: "时间", what: "事项", receipt: "收据", method: "支付方式", amount: "金额", balance: "余额", currency: "货币",
	moved: map[string]string{payments.MovedTopUp: "充值", payments.MovedPurchase: "购物", payments.MovedBack: "购物撤销",
		payments.MovedRefund: "退款", payments.MovedOut: "充值退回", payments.MovedOutBack: "充值未退回", payments.MovedOther: "其他", payments.PaidElsewhere: "用其他方式支付"},
	desk: "柜台",
	bill: "账单", company: "公司", issued: "开具日期", due: "到期日", member: "成员", place: "门店", rate: "税率",
	net: "净额", tax: "税额", gross: "含税", total: "合计", paid: "已付", left: "应付",
}

func listsIn(lang string) (listWords, words) {
	w := wordsOf(lang)
	if w.lang == "zh" {
		return listsChinese, w
	}
	return listsEnglish, w
}

// Statement puts a statement into words. account is what its owner calls it,
// shop the merchant's name.
func Statement(s payments.Statement, shop, account, lang string, zone *time.Location, made time.Time) List {
	w, common := listsIn(lang)
	if zone == nil {
		zone = time.UTC
	}
	l := List{Shop: plain(shop), Title: w.statement, Made: made,
		Facts: []Fact{{w.account, plain(account)}, {w.period, day(s.From, zone) + " – " + day(s.To.Add(-time.Second), zone)},
			{w.opening, string(s.Currency) + " " + s.Opening.Decimal()}},
		Head: []string{w.time, w.what, w.receipt, w.method, w.amount, w.balance}, Widths: []float64{20, 20, 10, 20, 14, 14},
		Totals: []Fact{{w.closing, string(s.Currency) + " " + s.Closing.Decimal()}}}
	for _, r := range s.Rows {
		method, no, balance := w.desk, "", r.Balance.Decimal()
		if r.Method != "" {
			method = named(common.methods, string(r.Method))
		} else if r.What != payments.MovedTopUp {
			method = ""
		}
		if r.Receipt != 0 {
			no = strconv.FormatInt(r.Receipt, 10)
		}
		if r.What == payments.PaidElsewhere {
			balance = ""
		}
		l.Rows = append(l.Rows, []string{r.At.In(zone).Format("2006-01-02 15:04"), w.moved[r.What], no, method, r.Amount.Decimal(), balance})
	}
	return l
}

func day(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02") }

// CompanyRow is one receipt of a company's bill at one tax rate.
type CompanyRow struct {
	Receipt int64
	Paid    time.Time
	Place   string
	Member  string
	Tax     payments.Tax
}

// CompanyBill is a company's bill of a month.
type CompanyBill struct {
	Shop, Company, Month string
	Issued, Due          time.Time
	Rows                 []CompanyRow
	Tax                  []payments.Tax
	Total, Paid          string // decimal
	Left                 string
	Currency             string
}

// NewCompanyBill is a bill as its paper shows it. shop is the merchant's name,
// member what an account is called; its error is returned.
func NewCompanyBill(b payments.CompanyBill, shop string, member func(account string) (string, error)) (CompanyBill, error) {
	paper := CompanyBill{Shop: shop, Company: b.Name, Month: b.Month, Issued: b.Issued, Due: b.Due, Tax: b.Tax,
		Total: b.Total.Decimal(), Currency: string(b.Currency)}
	if b.Received.Minor != 0 {
		paper.Paid, paper.Left = b.Received.Decimal(), money.Of(b.Total.Minor-b.Received.Minor, b.Currency).Decimal()
	}
	members := map[string]string{}
	for _, x := range b.Receipts {
		name, known := members[x.Account]
		if !known {
			var err error
			if name, err = member(x.Account); err != nil {
				return paper, fmt.Errorf("find member %s: %w", x.Account, err)
			}
			members[x.Account] = name
		}
		for _, tax := range x.Tax {
			paper.Rows = append(paper.Rows, CompanyRow{Receipt: x.No, Paid: x.Paid, Place: x.Place, Member: name, Tax: tax})
		}
	}
	return paper, nil
}

// List puts the bill into words.
func (b CompanyBill) List(lang string, zone *time.Location) List {
	w, _ := listsIn(lang)
	if zone == nil {
		zone = time.UTC
	}
	l := List{Shop: plain(b.Shop), Title: w.bill + " " + b.Month, Made: b.Issued,
		Facts: []Fact{{w.company, plain(b.Company)}, {w.issued, day(b.Issued, zone)}, {w.due, day(b.Due, zone)}},
		Head:  []string{w.receipt, w.time, w.place, w.member, w.rate + " %", w.net, w.tax, w.gross}, Widths: []float64{9, 18, 12, 16, 8, 11, 10, 11}}
	for _, r := range b.Rows {
		l.Rows = append(l.Rows, append([]string{strconv.FormatInt(r.Receipt, 10), r.Paid.In(zone).Format("2006-01-02 15:04"), plain(r.Place), plain(r.Member)}, rates(r.Tax)...))
	}
	for _, x := range b.Tax {
		cells := rates(x)
		l.Totals = append(l.Totals, Fact{w.rate + " " + cells[0] + " %", w.net + " " + cells[1] + " · " + w.tax + " " + cells[2]})
	}
	l.Totals = append(l.Totals, Fact{w.total, b.Currency + " " + b.Total})
	if b.Paid != "" {
		l.Totals = append(l.Totals, Fact{w.paid, b.Currency + " " + b.Paid}, Fact{w.left, b.Currency + " " + b.Left})
	}
	return l
}

func rates(x payments.Tax) []string {
	return []string{strconv.FormatFloat(float64(x.RateBP)/100, 'f', -1, 64), x.Net.Decimal(), x.Tax.Decimal(), x.Gross.Decimal()}
}
