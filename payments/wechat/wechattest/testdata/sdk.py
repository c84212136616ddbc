"""Drives the fake of WeChat Pay with wechatpayv3, an SDK that knows nothing of
it, and writes what came back as JSON. The SDK's own code signs, verifies and
decrypts; only its fixed address is led to this machine."""
import json
import sys
import urllib.parse
import urllib.request

import requests
from wechatpayv3 import WeChatPay, WeChatPayType, core

setup = json.load(sys.stdin)
base = setup["url"]


class Led:
    """requests, with the API's address replaced."""

    @staticmethod
    def lead(call):
        return lambda url, **more: call(url=url.replace("https://api.mch.weixin.qq.com", base), **more)


Led.get, Led.post = Led.lead(requests.get), Led.lead(requests.post)
core.requests = Led


def world(what, **query):
    """What happens outside the API: /test/… of the Go test."""
    with urllib.request.urlopen(base + "/test/" + what + "?" + urllib.parse.urlencode(query)) as r:
        return r.read().decode()


def sdk(private_key=setup["key"], **more):
    return WeChatPay(wechatpay_type=WeChatPayType.NATIVE, mchid=setup["mchid"], private_key=private_key, cert_serial_no=setup["serial"],
                     appid=setup["appid"], apiv3_key=setup["apiv3"], notify_url=setup["notify"], timeout=(5, 10), **more)


def told(answer):
    status, text = answer
    body = json.loads(text) if text else {}
    return [status, body.get("code") or body.get("trade_state") or body.get("status") or ""]


def session(pay, n):
    """The same conversation under order numbers of its own."""
    fen = {"total": 100, "currency": "CNY"}
    scene = {"store_info": {"id": "0001"}}
    out = {}

    def code(no, auth):
        return pay.pay("a bill", no, fen, payer={"auth_code": auth}, scene_info=scene, attach="key", pay_type=WeChatPayType.CODEPAY)

    status, text = pay.pay("小店", "native_" + n, fen, attach="native/" + n, pay_type=WeChatPayType.NATIVE)
    out["native"] = [status, text[:25]]
    out["waits"] = told(pay.query(out_trade_no="native_" + n))
    out["other amount"] = told(pay.pay("小店", "native_" + n, {"total": 1, "currency": "CNY"}, attach="native/" + n, pay_type=WeChatPayType.NATIVE))
    world("scan", qr=json.loads(text)["code_url"])
    out["paid"] = told(pay.query(out_trade_no="native_" + n))
    notice = json.loads(world("notice"))
    seen = pay.callback(notice["headers"], notice["body"])
    out["notice"] = [seen["event_type"], seen["resource"]["out_trade_no"], seen["resource"]["attach"], seen["resource"]["amount"]["total"]]
    out["close paid"] = told(pay.close("native_" + n))
    out["refund"] = told(pay.refund("r_" + n, {"refund": 40, "total": 100, "currency": "CNY"}, out_trade_no="native_" + n))
    out["refund again"] = told(pay.refund("r_" + n, {"refund": 40, "total": 100, "currency": "CNY"}, out_trade_no="native_" + n))
    out["refund too much"] = told(pay.refund("s_" + n, {"refund": 61, "total": 100, "currency": "CNY"}, out_trade_no="native_" + n))
    out["query refund"] = told(pay.query_refund("r_" + n))
    out["no refund"] = told(pay.query_refund("none_" + n))
    pay.pay("小店", "closed_" + n, fen, pay_type=WeChatPayType.NATIVE)
    out["close"] = told(pay.close("closed_" + n))
    out["closed"] = told(pay.query(out_trade_no="closed_" + n))
    out["code"] = told(code("code_" + n, world("code")))
    out["code again"] = told(code("code2_" + n, "130000000000000000"))
    out["typing"] = told(code("never_" + n, world("code", never="1")))
    out["reverse early"] = told(pay.codepay_reverse("never_" + n))
    world("later", seconds=20)
    out["reverse"] = told(pay.codepay_reverse("never_" + n))
    out["reversed"] = told(pay.query(out_trade_no="never_" + n))
    out["nothing"] = told(pay.query(out_trade_no="nothing_" + n))
    return out


def refused(call):
    try:
        return call() or "nothing"
    except Exception as e:
        return str(e)


result = {
    "certificate": session(sdk(), "one"),
    "public key": session(sdk(public_key=setup["public_key"], public_key_id=setup["public_key_id"]), "two"),
    # Neither side may take what is not signed by the other.
    "strange merchant": told(sdk(private_key=setup["strange_key"], public_key=setup["public_key"], public_key_id=setup["public_key_id"])
                             .query(out_trade_no="native_one")),
    "strange platform": refused(lambda: sdk(public_key=setup["strange_public_key"], public_key_id=setup["public_key_id"])
                                .query(out_trade_no="native_one")),
}
notice = json.loads(world("notice", no="native_one"))
result["changed notice"] = refused(lambda: sdk().callback(notice["headers"], notice["body"].replace("TRANSACTION", "REFUND")))
json.dump(result, sys.stdout)
