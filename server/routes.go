package server

import (
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler serves everything: pages, protocol, operator's addresses.
func (s *Server) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	if err := s.pages(mux); err != nil {
		return nil, err
	}
	for pattern, h := range map[string]handler{
		"GET /v1/checkout":  s.checkoutSocket,
		"GET /v1/recognize": s.recognizeSocket,

		"GET /v1/session":                   s.getSession,
		"POST /v1/session":                  s.login,
		"DELETE /v1/session":                s.logout,
		"PUT /v1/session/password":          s.putPassword,
		"GET /v1/register":                  s.getRegistration,
		"POST /v1/register":                 s.register,
		"POST /v1/address":                  s.proveAddress,
		"POST /v1/address/ask":              s.askAddress,
		"GET /v1/merchant/registration":     s.getRegistering,
		"PUT /v1/merchant/registration":     s.putRegistering,
		"GET /v1/account/methods":           s.getMethods,
		"POST /v1/account/methods":          s.bindMethod,
		"DELETE /v1/account/methods/{id}":   s.unbindMethod,
		"PUT /v1/account/methods/preferred": s.preferMethod,
		"GET /v1/account/mandates":          s.getMandates,
		"POST /v1/account/mandates":         s.addMandate,
		"DELETE /v1/account/mandates/{id}":  s.revokeMandate,
		"GET /v1/items":                     s.searchItems,
		"GET /v1/pictures/{file}":           s.getPicture,
		"GET /v1/voices":                    s.getVoices,
		"GET /v1/heard":                     s.getHeard,
		"POST /v1/moves":                    s.offerMove,
		"GET /v1/moves":                     s.getMove,
		"POST /v1/moves/take":               s.takeMove,
		"POST /v1/calls":                    s.callStaff,
		"GET /v1/receipt/{token}":           s.getReceipt,
		"POST /v1/receipt/{token}/send":     s.sendReceipt,
		"POST /v1/receipt/{token}/print":    s.printReceipt,
		"GET /v1/account/receipts":          s.accountReceipts,
		"GET /v1/merchant/receipts/{no}":    s.merchantReceipt,
		"GET /v1/merchant/printing":         s.getPrinting,
		"PUT /v1/merchant/printing":         s.putPrinting,
		"GET /v1/merchant/zone":             s.getZone,
		"PUT /v1/merchant/zone":             s.putZone,
		"GET /v1/pass/{token}":              s.lookPass,
		"POST /v1/pass/{token}/open":        s.openPass,
		"GET /v1/speak/{signature}":         s.speakText,

		"POST /v1/receipt/{token}/pass": s.renewPass,
		"GET /v1/receipt/{token}/pass":  s.getPass,
		"GET /v1/gate":                  s.noOwnGate,
		"POST /v1/gates/{name}/enter":   s.enterGate,
		"POST /v1/gates/{name}/charge":  s.chargeGate,
		"GET /v1/merchant/tariff":       s.getTariff,
		"PUT /v1/merchant/tariff":       s.putTariff,
		"GET /v1/account/visits":        s.getVisits,
		"POST /v1/gates/{name}/sync":    s.syncGate,

		"PUT /v1/places/{id}/catalog":                  s.putCatalog,
		"POST /v1/places/{id}/items/{number}/teach":    s.teachItem,
		"GET /v1/merchant/events":                      s.consoleSocket,
		"GET /v1/merchant/sales":                       s.getSales,
		"GET /v1/merchant/calls":                       s.getCalls,
		"POST /v1/merchant/calls/{id}/done":            s.doneCall,
		"GET /v1/merchant/gates":                       s.getGates,
		"PUT /v1/merchant/gates":                       s.putGates,
		"POST /v1/merchant/gates/{name}/release":       s.releaseGate,
		"POST /v1/merchant/receipts/{no}/pass":         s.reissuePass,
		"GET /v1/merchant/checks":                      s.getChecks,
		"PUT /v1/merchant/checks":                      s.putChecks,
		"POST /v1/merchant/checks/{cart}/clean":        s.finishCheck(false),
		"POST /v1/merchant/checks/{cart}/corrected":    s.finishCheck(true),
		"GET /v1/merchant/confirmations":               s.getConfirmations,
		"PUT /v1/merchant/confirmations":               s.putConfirmations,
		"POST /v1/merchant/confirmations/{id}/approve": s.decideConfirmation(true),
		"POST /v1/merchant/confirmations/{id}/refuse":  s.decideConfirmation(false),
		"GET /v1/merchant/items":                       s.getItems,
		"PATCH /v1/merchant/items/{number}":            s.patchItem,
		"PUT /v1/merchant/items/{number}/stock":        s.putStock,
		"POST /v1/merchant/topup":                      s.topUp,
		"GET /v1/merchant/tokens":                      s.getTokens,
		"POST /v1/merchant/tokens":                     s.addToken,
		"DELETE /v1/merchant/tokens/{id}":              s.revokeToken,
		"GET /v1/merchant/receipts/{no}/refund":        s.getRefundable,
		"POST /v1/merchant/receipts/{no}/refund":       s.refundReceipt,
		"GET /v1/merchant/unsettled":                   s.getUnsettled,
		"POST /v1/merchant/unsettled/retry":            s.retryUnsettled,
		"POST /v1/merchant/unsettled/close":            s.closeUnsettled,
		"GET /v1/setup":                                s.getSetUp,
		"POST /v1/setup":                               s.setUp,
		"GET /v1/sample":                               s.getSample,
		"POST /v1/merchant/trial":                      s.addTrial,
		"GET /v1/merchant/report":                      s.getReport,
		"GET /v1/merchant/receipts":                    s.listReceipts,

		"GET /healthz": s.healthz,
		"GET /readyz":  s.readyz,
	} {
		mux.Handle(pattern, s.route(h))
	}
	for _, routes := range []map[string]handler{s.accountRoutes(), s.ledgerRoutes(), s.companyRoutes()} {
		for pattern, h := range routes {
			mux.Handle(pattern, s.route(h))
		}
	}
	for name, h := range s.Callbacks {
		mux.Handle("POST /v1/callbacks/"+name, s.callback(name, h))
	}
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.Handle(unserved, s.route(func(w http.ResponseWriter, r *http.Request) error { return refuseMethod(mux, w, r) }))
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(s.route(func(http.ResponseWriter, *http.Request) error { return errCrossSite }))
	return s.measured(Secured(own.Handler(mux))), nil
}

// unserved is the pattern of what no other route serves.
const unserved = "/v1/"

// refuseMethod answers a request that no route serves: errMethod, and in Allow the
// methods that its address has, or errNotFound where it has none.
func refuseMethod(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != unserved && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return errNotFound
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}

// VoskHandler serves vosk-server's protocol at /, where its clients expect it.
func (s *Server) VoskHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /", s.route(s.recognizeSocket))
	return mux
}

// Secured sets the headers that keep pages to themselves.
func Secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "+
			"img-src 'self' data:; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; "+
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), publickey-credentials-get=(self), publickey-credentials-create=(self)")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}
