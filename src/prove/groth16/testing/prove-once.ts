// A process of its own that makes one proof with the committed bundle and ends: prove.test.ts waits for its end.
import { currentBundle } from '../../../../circuits/credit-score/ceremony/bundle.ts';
import { type IntegerModel, witnessInput } from '../../../../circuits/credit-score/index.ts';
import { makeCase } from '../../../../circuits/credit-score/testing/index.ts';
import type { CredentialSchema } from '../../../protocol/index.ts';
import { proveGroth16 } from '../../index.ts';

const bundle = await currentBundle('public/bundles');
const json = async (name: 'model' | 'schema') => JSON.parse(new TextDecoder().decode(await bundle.read(name))) as unknown;
const schema = (await json('schema')) as CredentialSchema;
const features = Object.fromEntries(schema.features.map((feature) => [feature.name, feature.kind === 'number' ? feature.min : 0]));
const input = witnessInput(
  makeCase({ model: (await json('model')) as IntegerModel, schema, features, threshold: -(2 ** 30), manifest: bundle.manifest }),
);
if (!input.ok) throw new Error(input.error.code);
const made = await proveGroth16({
  manifest: bundle.manifest,
  wasm: await bundle.read('wasm'),
  zkey: await bundle.read('zkey'),
  input: input.value,
});
console.log(made.ok ? 'proved' : made.error.code);
