package receipts

var english = words{
	lang:      "en",
	receiptNo: "Receipt", refundNo: "Refund, receipt", copy: "COPY",
	time: "Time", place: "Place", method: "Paid with", proven: "Confirmed by",
	refundOf: "Refund of receipt", reason: "Reason", item: "Item",
	topUpNo: "Top-up, receipt", paidIn: "Paid in", topUpThanks: "Thank you.",
	topUpSubject: "Your top-up at %s", forTopUp: "this is the receipt for what was paid into your balance.",
	total: "Total", refunded: "Given back",
	rate: "Tax", net: "Net", tax: "Tax", gross: "Gross",
	passHint: "Exit pass: hold this to the reader at the exit.",
	link:     "This receipt on the web", thanks: "Thank you for shopping with us.",
	subject: "Your receipt from %s", refundSubject: "Your refund from %s", again: ", once more",
	greeting: "Hello %s,", forBuyer: "this is the receipt for your purchase.",
	forPayer:  "you paid for this purchase; this is its receipt.",
	forRefund: "this is the receipt for what was given back.",
	attached:  "It is attached as a PDF.",
	methods: map[string]string{
		"prepaid": "Prepaid balance", "card": "Card", "stripe": "Card", "wechat": "WeChat Pay", "alipay": "Alipay",
		"invoice": "Company invoice", "cash": "Cash", "hand": "Cash, by hand", "other": "Other",
	},
	factors: map[string]string{
		"password": "Password", "passkey": "Passkey", "code": "One-time code", "totp": "One-time code",
		"mandate": "Standing permission", "merchant": "The shop", "provider": "Payment provider",
	},
}
