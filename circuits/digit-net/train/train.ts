// npm run train:digits: trains the digit net and writes digit-net.onnx. Repeatable to the last bit on one runtime; two to
// four minutes.
import { writeFile } from 'node:fs/promises';
import { readDigits, shuffled } from './digits.ts';
import { Adam, freshLayers, type Layer, learn, logitsOf } from './lenet.ts';
import { toOnnx } from './onnx.ts';

const EPOCHS = 10;
const BATCH = 32;

const { train, test } = await readDigits();
const layers = freshLayers(2026);
const sums: Layer[] = layers.map(({ shape, weights, bias }) => ({
  shape,
  weights: new Float64Array(weights.length),
  bias: new Float64Array(bias.length),
}));
const adam = new Adam(layers);

/** A picture moved by up to two pixels each way: the package's pictures are few. */
function moved(pixels: Float32Array, index: number, dx: number, dy: number): Float64Array {
  const out = new Float64Array(784);
  for (let y = Math.max(0, dy); y < Math.min(28, 28 + dy); y++) {
    for (let x = Math.max(0, dx); x < Math.min(28, 28 + dx); x++) out[28 * y + x] = pixels[784 * index + 28 * (y - dy) + x - dx] as number;
  }
  return out;
}

for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const order = shuffled(train.labels.length, 1000 + epoch);
  const shifts = shuffled(train.labels.length, 9000 + epoch);
  const rate = 0.002 * 0.7 ** epoch;
  let loss = 0;
  order.forEach((index, i) => {
    const shift = shifts[i] as number;
    loss += learn(
      layers,
      moved(train.pixels, index, (shift % 5) - 2, (Math.floor(shift / 5) % 5) - 2),
      train.labels[index] as number,
      sums,
    );
    if ((i + 1) % BATCH === 0) adam.step(sums, BATCH, rate);
  });
  let right = 0;
  test.labels.forEach((label, i) => {
    const logits = logitsOf(layers, Float64Array.from(test.pixels.subarray(784 * i, 784 * (i + 1))));
    if (logits.indexOf(Math.max(...logits)) === label) right++;
  });
  console.log(
    `epoch ${epoch + 1}: loss ${(loss / order.length).toFixed(4)}, test accuracy ${((100 * right) / test.labels.length).toFixed(2)} %`,
  );
}
await writeFile(new URL('../digit-net.onnx', import.meta.url), toOnnx(layers));
