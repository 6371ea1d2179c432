import { invariant, utf8ToBytes } from '../../../src/base/index.ts';
import { type IntegerModel, modelHash, parseIntegerModel } from '../model.ts';
import { makeCard } from './card.ts';
import { writeCard } from './card-markdown.ts';
import { chooseApplicants } from './choose-applicants.ts';
import { type Applicant, readApplicants, readJson, readSchema, readText } from './dataset.ts';
import { evaluate, type Figures } from './evaluate.ts';
import { crossValidationFile, type FloatModel, type FoldModels, floatFile } from './float.ts';
import { inputVector, networkInputs } from './inputs.ts';
import { writeOnnx } from './onnx.ts';
import { prettyJson } from './pretty.ts';
import { compare, marginOf, type Rows, scaleTrials } from './quantization.ts';
import { quantize } from './quantize.ts';
import { modelName } from './recipe.ts';
import { heldOut } from './split.ts';

/** What training leaves behind; all else follows from it without randomness. */
export interface Trained {
  readonly mlp: FloatModel;
  readonly logistic: FloatModel;
  readonly folds: FoldModels;
}

/** The committed weights of train/float.json and train/cross-validation.json. */
export function readTrained(): Trained {
  const { mlp, logistic } = floatFile.parse(readJson('train/float.json'));
  return { mlp, logistic, folds: crossValidationFile.parse(readJson('train/cross-validation.json')).models };
}

/** The rows as network inputs, split as training and scoring want them. */
export function rowsOf(applicants: readonly Applicant[]): Rows & { readonly heldOut: readonly boolean[] } {
  const inputs = networkInputs(readSchema(), 'shipped');
  const all = applicants.map((applicant) => inputVector(inputs, applicant));
  const good = applicants.map((applicant) => applicant.good);
  const held = heldOut(good);
  return { all, good, heldOut: held, training: all.filter((_, i) => held[i] === false) };
}

/** The integer model at the narrowest scale that is good enough, with the margin the rows show. */
export function integerModel(float: FloatModel, rows: Rows): IntegerModel {
  const schema = readSchema();
  const inputs = networkInputs(schema, 'shipped');
  const trial = scaleTrials(schema, inputs, float, rows).find(({ accepted }) => accepted);
  invariant(trial !== undefined, 'a scale is good enough');
  const rounded = quantize(modelName, schema, inputs, float, trial.logitScale, rows.training);
  const model = { ...rounded, margin: marginOf(compare(rounded, float, rows.all, rows.good)) };
  invariant(parseIntegerModel(model, schema).ok, 'the model reads back');
  return model;
}

const json = (value: unknown): Uint8Array => utf8ToBytes(`${prettyJson(value)}\n`);

/** Every file that training writes, by its path in circuits/credit-score, and the figures on the card. */
export function makeArtefacts(trained: Trained): { files: ReadonlyMap<string, Uint8Array>; figures: Figures } {
  const schema = readSchema();
  const applicants = readApplicants(schema);
  const rows = rowsOf(applicants);
  const model = integerModel(trained.mlp, rows);
  const figures = evaluate({
    schema,
    applicants,
    csv: readText('data/credit_data.csv'),
    model,
    float: trained.mlp,
    baseline: trained.logistic,
    folds: trained.folds,
  });
  const card = makeCard(figures);
  const about = `Float preview of the integer model with SHA-256 ${modelHash(model)}. Its answer is not what is proven.`;
  const held = applicants.filter((_, i) => rows.heldOut[i]);
  const files = new Map([
    ['train/float.json', json({ format: 'tacit-float-models', v: 1, mlp: trained.mlp, logistic: trained.logistic })],
    ['train/cross-validation.json', json({ format: 'tacit-cross-validation', v: 1, models: trained.folds })],
    ['model.json', json(model)],
    ['preview.onnx', writeOnnx(trained.mlp, model.name, about)],
    ['applicants.json', json(chooseApplicants(schema, model, held))],
    ['card.json', json(card)],
    ['card.md', utf8ToBytes(writeCard(card))],
  ]);
  return { files, figures };
}
