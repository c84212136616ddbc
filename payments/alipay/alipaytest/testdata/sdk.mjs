// Drives the fake of Alipay with Alipay's own SDK for Node and writes what came
// back as JSON. The SDK's code signs, verifies answers and notifications.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { AlipaySdk } = createRequire(process.env.SDK + '/')('alipay-sdk');
const setup = JSON.parse(readFileSync(0, 'utf8'));

const sdk = more => new AlipaySdk({ appId: setup.app, privateKey: setup.key, keyType: 'PKCS8', alipayPublicKey: setup.public_key,
  gateway: setup.url + '/gateway.do', timeout: 10000, ...more });

// What happens outside the API: /test/… of the Go test.
const world = async (what, query = {}) => {
  const r = await fetch(setup.url + '/test/' + what + '?' + new URLSearchParams(query));
  if (!r.ok) throw new Error(what + ': ' + await r.text());
  return r.text();
};

const exec = (pay, name, bizContent) => pay.exec(name, { notifyUrl: setup.notify, bizContent }, { validateSign: true });
const told = r => [r.code, r.subCode ?? r.tradeStatus ?? r.refundStatus ?? r.fundChange ?? r.action ?? ''];
const refused = async call => {
  try { return told(await call()); } catch (e) { return e.message.slice(0, 4); }
};

const pay = sdk();
const out = {};
const sum = { total_amount: '12.34', subject: '小店 a bill', body: '12.34 CNY' };
const code = (no, auth, more) => exec(pay, 'alipay.trade.pay', { out_trade_no: no, scene: 'bar_code', auth_code: auth, ...sum, ...more });
const by = (name, content) => exec(pay, 'alipay.trade.' + name, content);

const pre = await by('precreate', { out_trade_no: 'qr_1', ...sum });
out.precreate = [pre.code, pre.qrCode.slice(0, 22)];
out.unscanned = told(await by('query', { out_trade_no: 'qr_1' }));
await world('scan', { qr: pre.qrCode });
out.scanned = told(await by('query', { out_trade_no: 'qr_1' }));
await world('notice');
await world('scan', { qr: pre.qrCode, pays: 1 });
const paid = await by('query', { out_trade_no: 'qr_1' });
out.paid = [...told(paid), paid.totalAmount];
out['other amount'] = told(await by('precreate', { out_trade_no: 'qr_1', ...sum, total_amount: '1.00' }));
const form = Object.fromEntries(new URLSearchParams(await world('notice')));
out.notice = [pay.checkNotifySignV2(form), form.trade_status, form.out_trade_no, form.total_amount, form.seller_id];
out['changed notice'] = pay.checkNotifySignV2({ ...form, total_amount: '0.01' });
out.refund = told(await by('refund', { out_trade_no: 'qr_1', refund_amount: '2.34', out_request_no: 'r1' }));
out['refund again'] = told(await by('refund', { out_trade_no: 'qr_1', refund_amount: '2.34', out_request_no: 'r1' }));
out['refund too much'] = told(await by('refund', { out_trade_no: 'qr_1', refund_amount: '10.01', out_request_no: 'r2' }));
out['query refund'] = told(await by('fastpay.refund.query', { out_trade_no: 'qr_1', out_request_no: 'r1' }));
out['no refund'] = told(await by('fastpay.refund.query', { out_trade_no: 'qr_1', out_request_no: 'r2' }));
out.code = told(await code('code_1', await world('code')));
out['bad code'] = told(await code('code_2', '280000000000000000'));
out.typing = told(await code('code_3', await world('code', { never: 1 })));
out['cancel unpaid'] = told(await by('cancel', { out_trade_no: 'code_3' }));
out.cancelled = told(await by('query', { out_trade_no: 'code_3' }));
out['cancel paid'] = told(await by('cancel', { out_trade_no: 'code_1' }));
out.nothing = told(await by('query', { out_trade_no: 'nothing' }));
// Neither side may take what is not signed by the other.
out['strange application'] = told(await exec(sdk({ privateKey: setup.strange_key }), 'alipay.trade.query', { out_trade_no: 'qr_1' }));
out['strange platform'] = await refused(() => exec(sdk({ alipayPublicKey: setup.strange_public_key }), 'alipay.trade.query', { out_trade_no: 'qr_1' }));
process.stdout.write(JSON.stringify(out));
