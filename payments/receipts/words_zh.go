package receipts

var chinese = words{
	lang:      "zh",
	receiptNo: "收据", refundNo: "退款收据", copy: "副本",
	time: "时间", place: "门店", method: "支付方式", proven: "确认方式",
	refundOf: "退款对应收据", reason: "原因", item: "商品",
	topUpNo: "充值收据", paidIn: "充值", topUpThanks: "谢谢。",
	topUpSubject: "%s 的充值收据", forTopUp: "这是余额充值的收据。",
	total: "合计", refunded: "退还",
	rate: "税率", net: "净额", tax: "税额", gross: "含税",
	passHint: "出口通行码：请对准出口的读码器。",
	link:     "网上查看本收据", thanks: "谢谢惠顾。",
	subject: "%s 的收据", refundSubject: "%s 的退款收据", again: "（再次发送）",
	greeting: "%s，您好：", forBuyer: "这是您本次购物的收据。",
	forPayer:  "这次购物由您付款，收据如下。",
	forRefund: "这是退款的收据。",
	attached:  "PDF 版本见附件。",
	methods: map[string]string{
		"prepaid": "预付余额", "card": "银行卡", "stripe": "银行卡", "wechat": "微信支付", "alipay": "支付宝",
		"invoice": "公司账单", "cash": "现金", "hand": "现金（人工）", "other": "其他",
	},
	factors: map[string]string{
		"password": "密码", "passkey": "通行密钥", "code": "一次性验证码", "totp": "一次性验证码",
		"mandate": "长期授权", "merchant": "商家", "provider": "支付平台",
	},
}
