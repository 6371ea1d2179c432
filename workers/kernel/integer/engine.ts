import { invariant } from '../../../src/base/index.ts';
import { type IntGraph, type LinearEngine, type LinearNode, plainLinear, type Range } from '../../../src/model/integer.ts';
import { IntegerNetwork, type KernelModule } from './network.ts';

/** Below so many products a node costs less than its own kernels. */
const WORTH = 50_000;

function worth(node: LinearNode, graph: IntGraph): boolean {
  const outputs = graph.tensors[node.output]?.shape.reduce((a, b) => a * b, 1) ?? 0;
  return node.terms.some(({ map }) =>
    map.op === 'conv' || map.op === 'dense' ? outputs * (map.weights.length / (map.weightShape[0] as number)) >= WORTH : false,
  );
}

interface Own {
  readonly network: IntegerNetwork;
  /** What it reads, each once, with the values it takes. */
  readonly reads: readonly { readonly term: number; readonly range: Range }[];
}

/**
 * Computes linear nodes by the SIMD kernels, for whoever runs a network that is still being made; equal to {@link plainLinear} in every
 * value. What the kernels do not take (a value outside its tensor's range, as when a run looks past tables; too little memory) is
 * computed by the reference.
 */
export function kernelEngine(module: KernelModule): LinearEngine {
  // A node by itself is a network of one node. Nodes are made anew for every precision that is tried, and theirs goes with them.
  const networks = new WeakMap<LinearNode, Own | undefined>();
  const make = (node: LinearNode, graph: IntGraph): Own | undefined => {
    if (!worth(node, graph)) return undefined;
    const inputs = [...new Set(node.terms.map(({ input }) => input))];
    const network = IntegerNetwork.createNow(module, { ...graph, inputs, nodes: [node], tables: [], outputs: [node.output] });
    const reads = inputs.map((id) => ({
      term: node.terms.findIndex(({ input }) => input === id),
      range: graph.tensors[id]?.range ?? { min: 0, max: -1 },
    }));
    return network.ok ? { network: network.value, reads } : undefined;
  };
  return (node, inputs, graph, out) => {
    if (!networks.has(node)) networks.set(node, make(node, graph));
    const own = networks.get(node);
    if (own?.reads.every(({ term, range }) => within(inputs[term] as Int32Array, range)) !== true) {
      plainLinear(node, inputs, graph, out);
      return;
    }
    const result = own.network.run(own.reads.map(({ term }) => inputs[term] as Int32Array));
    invariant(result.ok, 'the ranges were looked at');
    out.set(result.value[0] as Int32Array);
  };
}

function within(values: Int32Array, { min, max }: Range): boolean {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < min || (values[i] as number) > max) return false;
  return true;
}
