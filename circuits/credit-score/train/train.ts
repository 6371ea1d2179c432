// npm run train              trains everything anew (about six minutes) and writes the committed files
// npm run train -- --check   trains everything anew and compares with the committed files, byte by byte
// npm run train -- --derive  trains nothing: model, preview, applicants and card from the committed float weights
import { readFileSync, writeFileSync } from 'node:fs';
import { makeArtefacts, readTrained, type Trained } from './artefacts.ts';
import { readApplicants, readSchema } from './dataset.ts';
import type { Figures } from './evaluate.ts';
import { type Family, families } from './float.ts';
import { fitNetwork, startTensorflow } from './network.ts';
import { unitOutputs } from './quantize.ts';
import { crossValidate, trainOn } from './recipe.ts';
import { heldOut } from './split.ts';

const finalSeed = 1;

async function train(): Promise<Trained> {
  await startTensorflow();
  const schema = readSchema();
  const applicants = readApplicants(schema);
  const held = heldOut(applicants.map(({ good }) => good));
  const training = applicants.filter((_, i) => held[i] === false);
  const mlp = unitOutputs(trainOn(fitNetwork, schema, training, 'mlp', finalSeed));
  const logistic = trainOn(fitNetwork, schema, training, 'logistic', finalSeed);
  const models = families.map((family) => {
    console.log(`cross-validation: ${family}`);
    return [family, crossValidate(fitNetwork, schema, applicants, family)] as const;
  });
  return { mlp, logistic, folds: Object.fromEntries(models) as Record<Family, Trained['mlp'][]> };
}

function report({ auc, quantization }: Figures): void {
  for (const [family, { mean, deviation, lowest }] of Object.entries(auc.crossValidation))
    console.log(`AUC ${family}: ${mean} ± ${deviation}, lowest fold ${lowest}`);
  console.log(`held-out AUC: whole numbers ${auc.heldOut.integer}, float ${auc.heldOut.float}, logistic ${auc.heldOut.logistic}`);
  console.log(`whole numbers: scale 2^${quantization.logitScale}, margin ${quantization.margin}, ${quantization.hiddenBits} hidden bits`);
  for (const { probability, threshold, agreement, disagreements } of quantization.thresholds)
    console.log(`at ${probability} (${threshold}): ${(agreement * 100).toFixed(2)} % agree, ${disagreements} rows differ`);
}

const mode = process.argv[2];
const { files, figures } = makeArtefacts(mode === '--derive' ? readTrained() : await train());
report(figures);
let differ = 0;
for (const [path, bytes] of files) {
  const place = new URL(`../${path}`, import.meta.url);
  if (mode !== '--check') writeFileSync(place, bytes);
  else if (!readFileSync(place).equals(bytes)) {
    differ++;
    console.log(`differs: ${path}`);
  }
}
console.log(mode === '--check' ? `${files.size - differ} files as committed, ${differ} differ` : `${files.size} files written`);
process.exitCode = differ === 0 ? 0 : 1;
