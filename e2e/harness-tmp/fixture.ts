import { readFileSync, writeFileSync } from 'node:fs';
import {
  demoIssuerKey,
  encodeFeatures,
  holderCommitment,
  issuerPublicKey,
  modelInputs,
  parseIntegerModel,
  score,
  signCredential,
} from '../../circuits/credit-score/index.ts';
import { writeOnnx } from '../../circuits/credit-score/train/onnx.ts';

const model = JSON.parse(readFileSync('circuits/credit-score/model.json', 'utf8'));
const schema = JSON.parse(readFileSync('circuits/credit-score/schema.json', 'utf8'));
const k = 2 ** model.logitScale;
const fm = {
  layers: model.layers.map((l: any, i: number) =>
    i === model.layers.length - 1
      ? { weights: l.weights.map((r: number[]) => r.map((w) => w / k)), bias: l.bias.map((b: number) => b / k) }
      : l,
  ),
};
const onnx = writeOnnx(fm, 'preview', 'x');
const features = Object.fromEntries(
  schema.features.map((f: any) => [f.name, f.kind === 'number' ? Math.floor((f.min * 3 + f.max) / 4) : 0]),
);
const holder = { secret: '04'.repeat(32), blinding: '05'.repeat(32) };
const now = Math.floor(Date.now() / 1000);
const cred = signCredential(demoIssuerKey(), {
  schema,
  features,
  holder: holderCommitment(holder),
  issuedAt: now - 10,
  expiresAt: now + 1e6,
  issuerName: 'demo',
});
if (!cred.ok) throw new Error(JSON.stringify(cred.error));
const coded = encodeFeatures(schema, features);
if (!coded.ok) throw 1;
const s = score(model, modelInputs(model, schema, coded.value));
const key = issuerPublicKey(demoIssuerKey());
const index = JSON.parse(readFileSync('public/bundles/index.json', 'utf8'));
const request = {
  v: 1,
  id: '01'.repeat(16),
  statement: 'credit-score',
  system: 'groth16',
  bundle: index.bundles[0].bundle,
  partner: { id: 'bank', name: 'Bank' },
  origin: 'http://localhost:8788',
  scope: 'x',
  policy: { threshold: s - 5000 },
  issuer: { name: 'demo', ...key, demo: true },
  purpose: 'p',
  retentionDays: 1,
  nonce: '22'.repeat(32),
  issuedAt: now,
  expiresAt: now + 900,
  verifier: { url: 'http://localhost:9300', keyId: 'A'.repeat(43) },
};
writeFileSync(
  '/tmp/h/fixture.json',
  JSON.stringify({
    request,
    credential: cred.value,
    holder,
    score: s,
    files: {
      preview: Buffer.from(onnx).toString('base64'),
      model: Buffer.from(JSON.stringify(model)).toString('base64'),
      schema: Buffer.from(JSON.stringify(schema)).toString('base64'),
    },
  }),
);
console.log('score', s);
