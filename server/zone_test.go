package server_test

import (
	"strings"
	"testing"
	"time"
)

// The day that the console shows begins at the place's midnight.
func TestADayOfThePlacesClock(t *testing.T) {
	x := newTill(t)
	shop := x.merchant()
	if status, own := x.call(shop, "GET", "/v1/merchant/zone?place=demo", ""); status != 200 || own["zone"] != "" || own["name"] == "" {
		t.Errorf("at first: %d %v", status, own)
	}
	for _, bad := range []string{"Local", "Berlin", "+01:00", "../../etc/passwd"} {
		if status, body := x.call(shop, "PUT", "/v1/merchant/zone?place=demo", `{"zone":"`+bad+`"}`); status != 400 || !strings.Contains(sprint(body), "bad_zone") {
			t.Errorf("%s: %d %v", bad, status, body)
		}
	}
	status, set := x.call(shop, "PUT", "/v1/merchant/zone?place=demo", `{"zone":"Pacific/Kiritimati"}`)
	if status != 200 || set["zone"] != "Pacific/Kiritimati" || !strings.HasSuffix(set["now"].(string), "+14:00") {
		t.Fatalf("got %d %v", status, set)
	}
	x.sell("kiosk")
	for _, zone := range []string{"Pacific/Kiritimati", "UTC"} { // UTC stays
		x.call(shop, "PUT", "/v1/merchant/zone?place=demo", `{"zone":"`+zone+`"}`)
		_, sales := x.call(shop, "GET", "/v1/merchant/sales?place=demo", "")
		hours, _ := sales["hours"].([]any)
		clock, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if sales["total"] != "7.47" || len(hours) != 1 || hours[0].(map[string]any)["hour"] != float64(x.now().In(clock).Hour()) {
			t.Errorf("%s: %v", zone, sales)
		}
	}
	until := 24*time.Hour - time.Duration(x.now().UTC().Hour())*time.Hour // past midnight in UTC
	x.wait(until)
	if _, sales := x.call(x.merchant(), "GET", "/v1/merchant/sales?place=demo", ""); sales["total"] != "0.00" {
		t.Errorf("the day after: %v", sales["total"])
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/merchant/zone?place=demo", ""); status != 401 {
		t.Errorf("somebody else: %d", status)
	}
}
