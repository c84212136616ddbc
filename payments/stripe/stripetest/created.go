package stripetest

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"strconv"
)

// created is when what a list is asked for was made, in seconds since 1970.
type created struct {
	asked    bool
	from, to int64
}

// takeCreated takes the time out of a query.
func takeCreated(query url.Values) created {
	c := created{to: math.MaxInt64}
	for name, limit := range map[string]*int64{"created[gte]": &c.from, "created[lte]": &c.to} {
		if seconds, err := strconv.ParseInt(query.Get(name), 10, 64); err == nil {
			*limit, c.asked = seconds, true
		}
		query.Del(name)
	}
	return c
}

// only leaves of a list what was made then.
func (c created) only(out reply) reply {
	var list struct {
		Object  string            `json:"object"`
		URL     string            `json:"url"`
		HasMore bool              `json:"has_more"`
		Data    []json.RawMessage `json:"data"`
	}
	if !c.asked || out.status != http.StatusOK || json.Unmarshal(out.body, &list) != nil || list.Object != "list" {
		return out
	}
	then := []json.RawMessage{}
	for _, item := range list.Data {
		var made struct {
			Created int64 `json:"created"`
		}
		if json.Unmarshal(item, &made) == nil && made.Created >= c.from && made.Created <= c.to {
			then = append(then, item)
		}
	}
	list.Data = then
	body, err := json.Marshal(list)
	if err != nil {
		return failure(http.StatusInternalServerError, "api_error", "", err.Error())
	}
	return reply{http.StatusOK, body}
}
