package checkout

// sentences are the keys that every replies.json must have, and no others.
var sentences = []string{
	"welcome", "back-again", "added", "set", "removed", "amended", "undone", "undone-all",
	"nothing-to-undo", "cleared", "left", "empty", "not-in-basket", "no-last", "total", "list",
	"list-more", "price-each", "price-unit", "help-shopping", "help-choosing", "help-billed",
	"help-proving", "help-paid", "nothing-said", "unknown-number", "unknown-name", "miss-1",
	"miss-1-hint", "miss-typed", "miss-2", "miss-2-hint", "miss-3", "say-again", "still-here", "ask-quantity", "ask-limit",
	"ask-alike", "ask-unit", "ask-age", "ask-clear", "ask-amend", "ask-either", "or",
	"and", "yes", "no", "none-of-these", "not-added", "not-cleared", "too-young", "no-question",
	"no-such-choice", "over-pieces", "over-weight", "over-trip", "bad-option", "whole-only", "by-measure",
	"do-remove", "billed", "check", "check-wait", "billed-again", "price-now", "only-left", "sold-out", "gone",
	"changed-empty", "bill-void", "bill-expired", "not-billed", "back", "already-shopping", "prove",
	"not-aloud", "wrong-proof", "tax-now", "name-now", "only-whole", "paid-late", "locked", "locked-reset", "minute", "minutes", "low-balance", "no-account",
	"declined-funds", "declined-expired", "declined-confirm", "declined-amount", "declined-trouble", "declined-method",
	"not-proving", "other-bill", "paid", "already-paid", "staff-called", "not-now", "one-item",
	"items", "line", "line-measured", "line-options", "unit-kg", "units-kg", "part-kg",
	"method-set", "method-not-here", "handoff", "handoff-over", "under-way", "being-checked", "over-limit", "cancel-later",
	"confirm-wait", "confirm-late", "confirm-refused", "confirm-refused-why", "confirm-scan",
	"topup", "topup-amount", "topup-limits", "topup-desk", "topup-offer",
	"allowed", "allowed-over",
	"by-prepaid", "by-card", "by-wechat", "by-alipay", "by-invoice",
	"unit-l", "units-l", "part-l", "one-part-kg", "one-part-l", "half-kg", "half-l",
}
