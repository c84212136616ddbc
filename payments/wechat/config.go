package wechat

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"voicetill/payments/provider"
	"voicetill/payments/rsakey"
)

// file is the configuration as JSON. Files are relative to its folder.
type file struct {
	AppID         string `json:"app_id"`
	Merchant      string `json:"merchant_id"`
	Serial        string `json:"serial"`
	KeyFile       string `json:"private_key_file"`
	APIv3File     string `json:"api_v3_key_file"`
	PublicKeyID   string `json:"public_key_id"`
	PublicKeyFile string `json:"public_key_file"`
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
	c := Config{AppID: f.AppID, Merchant: f.Merchant, Serial: f.Serial, PublicKeyID: f.PublicKeyID, URL: f.URL, Notify: f.Notify}
	var wrong []error
	if f.KeyFile != "" {
		if c.Key, err = rsakey.ReadPrivate(provider.Beside(name, f.KeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("private_key_file: %w", err))
		}
	}
	if f.PublicKeyFile != "" {
		if c.PublicKey, err = rsakey.ReadPublic(provider.Beside(name, f.PublicKeyFile)); err != nil {
			wrong = append(wrong, fmt.Errorf("public_key_file: %w", err))
		}
	}
	if f.APIv3File != "" {
		secret, err := os.ReadFile(provider.Beside(name, f.APIv3File))
		if err != nil {
			wrong = append(wrong, fmt.Errorf("api_v3_key_file: %w", err))
		}
		c.APIv3 = bytes.TrimSpace(secret)
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
