// SPDX-License-Identifier: Apache-2.0
import { base64Text, isRecord, type Json, type JsonRecord } from './json.ts';

export interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: JsonRecord;
}

const fusedOps = (node: RawNode): readonly Json[] => {
  const attr = isRecord(node.attrs.fused_ops) ? node.attrs.fused_ops.list : undefined;
  return isRecord(attr) && Array.isArray(attr.s) ? (attr.s as readonly Json[]) : [];
};

/** y → |y|, y - |y|, c·(y - |y|), y + c·(y - |y|), all of one y; returns the sum's name. */
function deadBranch(y: string, readers: ReadonlyMap<string, readonly RawNode[]>): string | undefined {
  const reading = readers.get(y) ?? [];
  const one = (op: string, list: readonly RawNode[]): RawNode | undefined => list.find((node) => node.op === op);
  const absolute = one('Abs', reading);
  const difference = one('Sub', reading);
  const sum = one('Add', reading) ?? one('AddV2', reading);
  const scaled = difference && one('Mul', readers.get(difference.name) ?? []);
  const fits =
    reading.length === 3 &&
    absolute !== undefined &&
    difference?.inputs[0] === y &&
    difference.inputs[1] === absolute.name &&
    scaled !== undefined &&
    sum?.inputs.includes(scaled.name);
  return fits ? sum?.name : undefined;
}

/** See ImportOptions.repairFusedPrelu: the fused ReLU becomes a node of its own that only the positive branch reads. */
export function repairFusedPrelu(nodes: readonly RawNode[]): RawNode[] {
  const readers = new Map<string, RawNode[]>();
  for (const node of nodes) for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  const moved = new Map<string, string>();
  for (const node of nodes) {
    const names = fusedOps(node).map((op) => base64Text(op, 'fused_ops'));
    const sum = names.at(-1) === 'Relu' ? deadBranch(node.name, readers) : undefined;
    if (sum !== undefined) moved.set(sum, node.name);
  }
  const sources = new Set(moved.values());
  return nodes.flatMap((node): RawNode[] => {
    if (sources.has(node.name)) {
      const attrs = { ...node.attrs, fused_ops: { list: { s: fusedOps(node).slice(0, -1) } } };
      return [
        { ...node, attrs },
        { name: `${node.name}/relu`, op: 'Relu', inputs: [node.name], attrs: {} },
      ];
    }
    const source = moved.get(node.name);
    return [source === undefined ? node : { ...node, inputs: node.inputs.map((input) => (input === source ? `${source}/relu` : input)) }];
  });
}
