package wechat_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments/wechat"
)

const goodConfig = `{"app_id": "wx1", "merchant_id": "1900007291", "serial": "3775", "private_key_file": "key.pem", "api_v3_key_file": "v3.txt",
	"notify_url": "https://till.example.com/v1/callbacks/wechat"}`

func TestRead(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(long)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, tt := range map[string]struct {
		change func(files map[string]string)
		want   []string // in the error; none: it is good
	}{
		"all is there":               {change: func(map[string]string) {}},
		"no file":                    {func(f map[string]string) { delete(f, "wechat.json") }, []string{"wechat.json", "no such file"}},
		"no JSON":                    {func(f map[string]string) { f["wechat.json"] = "app_id: wx1" }, []string{"wechat.json", "no JSON"}},
		"a misspelt field":           {edit("serial", "seriel"), []string{"seriel"}},
		"a setting is missing":       {edit(`"serial": "3775", `, ""), []string{"serial is missing"}},
		"several mistakes":           {edit(`"app_id": "wx1", "merchant_id": "1900007291"`, `"base_url": "http://pay.example.com"`), []string{"app_id", "merchant_id", "base_url"}},
		"the key file is missing":    {func(f map[string]string) { delete(f, "key.pem") }, []string{"private_key_file", "key.pem"}},
		"the key is none":            {func(f map[string]string) { f["key.pem"] = "-----BEGIN CERTIFICATE-----" }, []string{"private_key_file", "BEGIN PRIVATE KEY"}},
		"the APIv3 key is short":     {func(f map[string]string) { f["v3.txt"] = "short" }, []string{"api_v3_key_file", "32"}},
		"the public key has no file": {edit(`"serial"`, `"public_key_id": "PUB_KEY_ID_1", "serial"`), []string{"public_key_file"}},
		"the callback has no https":  {edit("https://till", "http://till"), []string{"notify_url"}},
		"the callback has a query":   {edit("callbacks/wechat", "callbacks/wechat?a=b"), []string{"notify_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"wechat.json": goodConfig, "key.pem": key, "v3.txt": apiV3 + "\n"}
			tt.change(files)
			dir := t.TempDir()
			for file, text := range files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := wechat.Read(filepath.Join(dir, "wechat.json"))
			if (err == nil) != (tt.want == nil) || err != nil && !errors.Is(err, wechat.ErrConfig) {
				t.Fatalf("got %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want a mention of %s", err, want)
				}
			}
			if err != nil && strings.Contains(err.Error(), apiV3) {
				t.Errorf("the error tells the key: %v", err)
			}
		})
	}
}

func edit(from, to string) func(map[string]string) {
	return func(f map[string]string) { f["wechat.json"] = strings.Replace(f["wechat.json"], from, to, 1) }
}
