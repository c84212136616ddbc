package deliver

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"voicetill/accounts"
	"voicetill/payments"
	"voicetill/payments/receipts"
)

// Notice is the channel of letters that are no receipts: that a mandate was made
// or revoked, and that a stay has begun which will be deducted. The Receipt of
// such a delivery is the kind and the id of what it is about.
const Notice Kind = "notice"

// What a notice is about.
const (
	MandateMade    = "mandate/"
	MandateRevoked = "revoked/"
	StayBegun      = "visit/"
	AddressAsked   = "address/" // and what its link proves it by
)

// Allowances are what notices tell of.
type Allowances interface {
	// Mandate returns payments.ErrNoMandate for an unknown one.
	Mandate(ctx context.Context, merchant, id string) (payments.Mandate, error)
	// Visit returns payments.ErrNoVisit for an unknown one.
	Visit(ctx context.Context, merchant, id string) (payments.Visit, error)
	// TariffWords are the lines of a place's tariff with today's prices, or none.
	TariffWords(ctx context.Context, place string) ([]string, error)
}

// Notices sends notices to the address that their account has now.
func (c Clerk) Notices(p *Post, allowed Allowances) func(context.Context, Delivery) error {
	return func(ctx context.Context, d Delivery) error {
		a, err := c.addressee(ctx, d)
		if err != nil {
			return err
		}
		if token, ok := strings.CutPrefix(d.Receipt, AddressAsked); ok {
			return p.Send(ctx, "address."+d.ID, a.Email, addressLetter(a, c.Base, token), c.Now())
		}
		subject, lines, err := c.notice(ctx, d, allowed)
		if errors.Is(err, payments.ErrNoMandate) || errors.Is(err, payments.ErrNoVisit) {
			return fmt.Errorf("%w: %w", ErrUndeliverable, err)
		}
		if err != nil {
			return err
		}
		return p.Send(ctx, "notice."+strings.ReplaceAll(d.Receipt, "/", "."), a.Email, letterOf(subject, a.Name, lines), c.Now())
	}
}

// addressLetter asks whether somebody reads what is sent to an address. It says
// nothing that the one who typed it could choose but the name.
func addressLetter(a accounts.Account, base, token string) receipts.Letter {
	page := "/receipts"
	if a.Kind == accounts.Merchant {
		page = "/merchant"
	}
	return letterOf("Is this your address? · 请确认邮箱", a.Name, []string{
		"Open this link within a day, and mail of the till comes here:", "请在一天内打开此链接，之后收银台的邮件会发到这里：",
		base + page + "#address=" + token,
		"If you did not ask for this, do nothing: you get no further mail.", "如非本人操作，请忽略：不会再有邮件。"})
}

// notice is the subject and the lines of a notice, each in English and Chinese:
// which of them its reader speaks is not known.
func (c Clerk) notice(ctx context.Context, d Delivery, allowed Allowances) (subject string, lines []string, err error) {
	if id, ok := strings.CutPrefix(d.Receipt, StayBegun); ok {
		return c.stay(ctx, d.Merchant, id, allowed)
	}
	id, made := strings.CutPrefix(d.Receipt, MandateMade)
	if !made {
		id = strings.TrimPrefix(d.Receipt, MandateRevoked)
	}
	m, err := allowed.Mandate(ctx, d.Merchant, id)
	if err != nil {
		return "", nil, err
	}
	place, zone, err := c.where(ctx, m.Place)
	if err != nil {
		return "", nil, err
	}
	if !made {
		return "Payments without a password were ended · 免密支付已取消", []string{
			"Nothing more is deducted without your password: " + place + ".", "以后付款都需要密码：" + place + "。"}, nil
	}
	limits := m.Once.String() + " / 1"
	if m.Day.Minor > 0 {
		limits += ", " + m.Day.String() + " / 24 h"
	}
	if m.Month.Minor > 0 {
		limits += ", " + m.Month.String() + " / month 月"
	}
	lines = []string{
		"You have allowed payments without a password: " + place + ".", "您已授权免密支付：" + place + "。",
		"Limits · 限额: " + limits,
	}
	if !m.Until.IsZero() {
		lines = append(lines, "Until · 有效至: "+clockTime(m.Until, zone))
	}
	return "Payments without a password were allowed · 已授权免密支付", append(lines,
		"If this was not you, end it in your account and change your password.", "如非本人操作，请在账户中取消授权并修改密码。"), nil
}

// stay tells before the deduction what it will be for.
func (c Clerk) stay(ctx context.Context, merchant, id string, allowed Allowances) (string, []string, error) {
	v, err := allowed.Visit(ctx, merchant, id)
	if err != nil {
		return "", nil, err
	}
	place, zone, err := c.where(ctx, v.Place)
	if err != nil {
		return "", nil, err
	}
	tariff, err := allowed.TariffWords(ctx, v.Place)
	if err != nil {
		return "", nil, err
	}
	lines := []string{
		"You have entered: " + place + ", " + clockTime(v.Entered, zone) + ".", "您已进入：" + place + "，" + clockTime(v.Entered, zone) + "。",
		"What the stay costs is deducted when you leave, as you have allowed.", "离开时按您的授权扣款。",
	}
	return "Your stay has begun · 已开始计时: " + place, append(lines, tariff...), nil
}

func (c Clerk) where(ctx context.Context, place string) (name string, zone *time.Location, err error) {
	if place == "" {
		return "all places · 所有地点", time.UTC, nil
	}
	if name, zone, err = c.Shop.PlaceName(ctx, place); err != nil {
		return "", nil, fmt.Errorf("find place %s: %w", place, err)
	}
	return name, zone, nil
}

func clockTime(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04 MST")
}

func letterOf(subject, name string, lines []string) receipts.Letter {
	lines = append([]string{name + ","}, lines...)
	return receipts.Letter{Subject: subject, Text: strings.Join(lines, "\n") + "\n",
		HTML: "<p>" + strings.ReplaceAll(html.EscapeString(strings.Join(lines, "\n")), "\n", "<br>") + "</p>"}
}
