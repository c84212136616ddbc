package alipay

import (
	"errors"
	"fmt"

	"voicetill/payments/provider"
	"voicetill/payments/rsakey"
)

// file is the configuration as JSON. Files are relative to its folder.
type file struct {
	AppID         string `json:"app_id"`
	Seller        string `json:"seller_id"`
	KeyFile       string `json:"private_key_file"`
	AlipayKeyFile string `json:"alipay_public_key_file"`
	URL           string `json:"base_url"`
	Notify        string `json:"notify_url"`
}

// Read makes a Gateway from a configuration file. ErrConfig with all mistakes
// and what to do about each.
func Read(name string) (*Gateway, error) {
	var f file
	err := provider.ReadFile(name, &f)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, name, err)
	}
	c := Config{AppID: f.AppID, Seller: f.Seller, URL: f.URL, Notify: f.Notify}
	var wrong []error
	if f.KeyFile != "" {
		if c.Key, err = rsakey.ReadPrivate(provider.Beside(name, f.KeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("private_key_file: %w", err))
		}
	}
	if f.AlipayKeyFile != "" {
		if c.AlipayKey, err = rsakey.ReadPublic(provider.Beside(name, f.AlipayKeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("alipay_public_key_file: %w", err))
		}
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, name, errors.Join(wrong...))
	}
	g, err := New(c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}
