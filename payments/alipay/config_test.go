package alipay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"voicetill/payments/alipay"
)

const goodConfig = `{"app_id": "2021", "seller_id": "2088", "private_key_file": "key.pem", "alipay_public_key_file": "alipay.pem",
	"notify_url": "https://till.example.com/v1/callbacks/alipay"}`

func TestRead(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(long)
	if err != nil {
		t.Fatal(err)
	}
	key := base64.StdEncoding.EncodeToString(der) // as Alipay's key tool writes it
	if der, err = x509.MarshalPKIXPublicKey(&long.PublicKey); err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	for name, tt := range map[string]struct {
		change func(files map[string]string)
		want   []string // in the error; none: it is good
	}{
		"all is there":              {change: func(map[string]string) {}},
		"no file":                   {func(f map[string]string) { delete(f, "alipay.json") }, []string{"alipay.json", "no such file"}},
		"no JSON":                   {func(f map[string]string) { f["alipay.json"] = "app_id: 2021" }, []string{"alipay.json", "no JSON"}},
		"a misspelt field":          {edit("seller_id", "seller"), []string{"seller"}},
		"a setting is missing":      {edit(`"seller_id": "2088", `, ""), []string{"seller_id is missing"}},
		"several mistakes":          {edit(`"app_id": "2021", "seller_id": "2088"`, `"base_url": "http://pay.example.com"`), []string{"app_id", "seller_id", "base_url"}},
		"the key file is missing":   {func(f map[string]string) { delete(f, "key.pem") }, []string{"private_key_file", "key.pem"}},
		"the keys are swapped":      {func(f map[string]string) { f["key.pem"], f["alipay.pem"] = f["alipay.pem"], f["key.pem"] }, []string{"private_key_file", "alipay_public_key_file"}},
		"Alipay's key has no file":  {edit(`"alipay_public_key_file": "alipay.pem",`, ""), []string{"alipay_public_key_file is missing"}},
		"the callback has no https": {edit("https://till", "http://till"), []string{"notify_url"}},
		"the callback has a query":  {edit("callbacks/alipay", "callbacks/alipay?a=b"), []string{"notify_url"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"alipay.json": goodConfig, "key.pem": key, "alipay.pem": public}
			tt.change(files)
			dir := t.TempDir()
			for file, text := range files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := alipay.Read(filepath.Join(dir, "alipay.json"))
			if (err == nil) != (tt.want == nil) || err != nil && !errors.Is(err, alipay.ErrConfig) {
				t.Fatalf("got %v", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want a mention of %s", err, want)
				}
			}
		})
	}
}

func edit(from, to string) func(map[string]string) {
	return func(f map[string]string) { f["alipay.json"] = strings.Replace(f["alipay.json"], from, to, 1) }
}
