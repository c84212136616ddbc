package deliver

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"voicetill/payments/provider"
	"voicetill/payments/receipts"

	gomail "github.com/wneessen/go-mail"
)

// Post sends letters through an SMTP server (RFC 5321). It holds no
// connection between two letters.
type Post struct {
	host    string
	from    *mail.Address
	options []gomail.Option
}

// PostConfig is what a Post is made of.
type PostConfig struct {
	// URL is smtps://user@host:465 (TLS), smtp://user@host:587 (STARTTLS, or
	// nothing is sent), or smtp://host:25?tls=none for a relay on this machine.
	URL      string
	Password string      // of the URL's user
	From     string      // "Shop <receipts@shop.example>"
	TLS      *tls.Config // nil: the system's roots
}

var (
	// ErrSMTP refuses an address of a mail server.
	ErrSMTP = errors.New("a mail server's address is smtps://user@host:465, smtp://user@host:587 or, on this machine, smtp://localhost:25?tls=none")
	// ErrFrom refuses a sender.
	ErrFrom = errors.New("the sender of mails is an address like Shop <receipts@shop.example>")
)

// NewPost checks the configuration; it connects to nothing yet.
func NewPost(c PostConfig) (*Post, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" {
		return nil, ErrSMTP // the URL may hold a password, and is not repeated
	}
	p := &Post{host: u.Hostname()}
	if p.from, err = mail.ParseAddress(c.From); err != nil {
		return nil, ErrFrom
	}
	if err := p.transport(u, c.TLS); err != nil {
		return nil, err
	}
	password := c.Password
	if inURL, ok := u.User.Password(); ok && password == "" {
		password = inURL
	}
	if u.User.Username() != "" {
		p.options = append(p.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	_, err = p.client() // says now what is wrong with the options
	return p, err
}

// transport chooses encryption and port.
func (p *Post) transport(u *url.URL, config *tls.Config) error {
	port := 587
	switch none := u.Query().Get("tls") == "none"; {
	case u.Scheme == "smtps" && !none:
		port = 465
		p.options = append(p.options, gomail.WithSSL())
	case u.Scheme == "smtp" && none && provider.Local(u.Hostname()) && u.User == nil:
		port = 25
		p.options = append(p.options, gomail.WithTLSPolicy(gomail.NoTLS))
	case u.Scheme == "smtp" && !none:
		p.options = append(p.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		return ErrSMTP
	}
	if given := u.Port(); given != "" {
		var err error
		if port, err = strconv.Atoi(given); err != nil {
			return ErrSMTP
		}
	}
	p.options = append(p.options, gomail.WithPort(port), gomail.WithTimeout(smtpTimeout))
	if config != nil {
		p.options = append(p.options, gomail.WithTLSConfig(config))
	}
	return nil
}

const smtpTimeout = 30 * time.Second // for each command

func (p *Post) client() (*gomail.Client, error) {
	c, err := gomail.NewClient(p.host, p.options...)
	if err != nil {
		return nil, fmt.Errorf("set up mail: %w", err)
	}
	return c, nil
}

// Send hands a letter to the server. id is the same at each try of one letter,
// and becomes its Message-ID at the sender's domain, so that a reader's mail
// program shows it once. ErrUndeliverable if the server refuses the recipient
// for good; after any other error another try may help.
func (p *Post) Send(ctx context.Context, id, to string, l receipts.Letter, at time.Time) error {
	m, err := p.compose(id, to, l, at)
	if err != nil {
		return err
	}
	c, err := p.client()
	if err != nil {
		return err
	}
	return judged(c.DialAndSendWithContext(ctx, m))
}

// judged tells a recipient that does not exist (RFC 5321, 5yz after RCPT) from
// all else, and keeps addresses out of the message.
func judged(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		if err != nil {
			return fmt.Errorf("reach the mail server: %w", err)
		}
		return nil
	}
	if failed.Reason == gomail.ErrSMTPRcptTo && !failed.IsTemp() {
		return fmt.Errorf("%w: the mail server refuses the recipient, code %d", ErrUndeliverable, failed.ErrorCode())
	}
	return fmt.Errorf("send mail: %s, code %d", failed.Reason, failed.ErrorCode())
}

func (p *Post) compose(id, to string, l receipts.Letter, at time.Time) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	m.FromMailAddress(p.from)
	if err := m.To(to); err != nil {
		return nil, fmt.Errorf("%w: the account's address is none", ErrUndeliverable)
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(id + "@" + domainOf(p.from.Address))
	m.SetDateWithValue(at)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no reply by machines
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	if l.Pass != nil {
		if err := m.EmbedReader("pass.png", bytes.NewReader(l.Pass)); err != nil {
			return nil, fmt.Errorf("embed the exit pass: %w", err)
		}
	}
	if l.PDF == nil {
		return m, nil
	}
	if err := m.AttachReader(l.Name, bytes.NewReader(l.PDF), gomail.WithFileContentType("application/pdf")); err != nil {
		return nil, fmt.Errorf("attach the receipt: %w", err)
	}
	return m, nil
}

func domainOf(address string) string { return address[strings.LastIndex(address, "@")+1:] }
