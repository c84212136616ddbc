package main

import (
	"context"
	"log/slog"
	"net/http"

	"voicetill/payments"
	"voicetill/payments/alipay"
	"voicetill/payments/wechat"
)

// app is a payment app, whose provider posts notifications.
type app interface {
	payments.Gateway
	Callback(log *slog.Logger, settle func(ctx context.Context, key string) error) http.Handler
}

// openApps adds WeChat Pay and Alipay. An error names the file, all its
// mistakes, and what to do about each.
func (f gatewayFlags) openApps(g *gateways) error {
	if f.wechat != "" {
		a, err := wechat.Read(f.wechat)
		if err != nil {
			return err
		}
		g.addApp("wechat", a)
	}
	if f.alipay != "" {
		a, err := alipay.Read(f.alipay)
		if err != nil {
			return err
		}
		g.addApp("alipay", a)
	}
	return nil
}

func (g *gateways) addApp(m payments.Method, a app) {
	g.by[m] = a
	g.callbacks[string(m)] = a.Callback(g.log, g.settles(m))
}
