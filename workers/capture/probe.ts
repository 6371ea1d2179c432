import * as tf from '@tensorflow/tfjs-core';

// A known-answer test of a tfjs backend: a convolution, a depthwise one, PReLU, pooling and padding over small whole numbers, whose sums pass
// 2,048 and are exact in float32 in any order. Half precision, a wrong stride or a lost channel gives other numbers.

const SIDE = 8;
const IN = 6;
const OUT = 4;

const entry = (i: number, salt: number): number => (((i * 2654435761 + salt * 40503) >>> 9) % 41) - 20;
const values = (count: number, salt: number): Float32Array => Float32Array.from({ length: count }, (_, i) => entry(i, salt));

const input = values(SIDE * SIDE * IN, 1);
const kernel = values(3 * 3 * IN * OUT, 2);
const depthwise = values(3 * 3 * OUT, 3).map((value) => Math.sign(value));
/** Powers of two, so that slopes stay exact. */
const slopes = Float32Array.from([0.5, 0.25, 2, 1]);

/** The answer in plain loops: [SIDE, SIDE, OUT]. */
export function rightAnswer(): Float32Array {
  const at = (data: Float32Array, channels: number, y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= SIDE || x >= SIDE ? 0 : (data[(y * SIDE + x) * channels + c] as number);
  const each = (value: (y: number, x: number, o: number) => number): Float32Array =>
    Float32Array.from({ length: SIDE * SIDE * OUT }, (_, i) => value(Math.floor(i / (SIDE * OUT)), Math.floor(i / OUT) % SIDE, i % OUT));
  const taps = [-1, 0, 1].flatMap((j) => [-1, 0, 1].map((i) => [j, i] as const));
  const first = each((y, x, o) => {
    let sum = 0;
    for (const [j, i] of taps) {
      for (let c = 0; c < IN; c++)
        sum += at(input, IN, y + j, x + i, c) * (kernel[((j + 1) * 3 + i + 1) * IN * OUT + c * OUT + o] as number);
    }
    return sum;
  });
  const second = each((y, x, o) => {
    let sum = 0;
    for (const [j, i] of taps) sum += at(first, OUT, y + j, x + i, o) * (depthwise[((j + 1) * 3 + i + 1) * OUT + o] as number);
    return sum;
  });
  return each((y, x, o) => {
    const value = at(second, OUT, y, x, o);
    return value < 0 ? value * (slopes[o] as number) : value;
  });
}

/** Whether the backend that is set now gives the right answer. */
export async function answersRightly(): Promise<boolean> {
  const out = tf.tidy(() => {
    const first = tf.conv2d(tf.tensor4d(input, [1, SIDE, SIDE, IN]), tf.tensor4d(kernel, [3, 3, IN, OUT]), 1, 'same');
    const second = tf.depthwiseConv2d(first, tf.tensor4d(depthwise, [3, 3, OUT, 1]), 1, 'same');
    return tf.prelu(second, tf.tensor4d(slopes, [1, 1, 1, OUT]));
  });
  const answer = await out.data();
  out.dispose();
  const right = rightAnswer();
  return answer.length === right.length && right.every((value, i) => value === answer[i]);
}
