// `npm run bench:planning`: how long compiling and planning a network takes, which whoever proves and whoever checks has to do: the shipped face
// network, the digit net, and channel shuffles of growing size. Prints a table; the machine and the date are the reader's to add.
import { readFileSync } from 'node:fs';
import { decodeIntGraph, type IntGraph } from '../src/model/index.ts';
import { shuffleNet } from '../src/model/testing/intNetwork.test-util.ts';
import { noise } from '../src/model/testing/random.test-util.ts';
import { planningSize } from '../src/program/index.ts';
import { prepareModel } from '../src/protocol/transparent/index.ts';
import { must } from './must.ts';

const shipped = (path: string): IntGraph => must(decodeIntGraph(readFileSync(new URL(`../circuits/${path}`, import.meta.url))));
const networks: readonly (readonly [string, () => IntGraph])[] = [
  ['digit net', () => shipped('digit-net/network.bin')],
  ['MobileFaceNet-192, as shipped', () => shipped('face/embedding.bin')],
  ['shuffle, 16 channels, 4 blocks, 56 px', () => shuffleNet(16, 4, 56, noise(7))],
  ['shuffle, 16 channels, 8 blocks, 56 px', () => shuffleNet(16, 8, 56, noise(7))],
  ['shuffle, 24 channels, 16 blocks, 112 px', () => shuffleNet(24, 16, 112, noise(7))],
];
console.log('| network | cells | steps counted beforehand | ms |\n|---|--:|--:|--:|');
for (const [name, make] of networks) {
  const graph = make();
  const { cells, steps } = planningSize(graph);
  const began = performance.now();
  const prepared = must(prepareModel(graph));
  const ms = Math.round(performance.now() - began);
  console.log(
    `| ${name} | ${prepared.plan.cells.toLocaleString('en')} (${cells.toLocaleString('en')}) | ${steps.toLocaleString('en')} | ${ms} |`,
  );
}
