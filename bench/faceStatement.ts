// The statements about a face as the worker of the app prepares them; no files and no Node, since a browser's worker runs this too.
import {
  commitmentOf,
  type FaceEnrol,
  type FaceMatch,
  type PreparedFace,
  prepareFaceEnrol,
  prepareFaceMatch,
  readFaceNetworks,
} from '../circuits/face/index.ts';
import type { IntGraph } from '../src/model/integer.ts';
import type { Witness } from '../src/program/index.ts';
import { parseFaceParameters } from '../src/protocol/index.ts';
import { hashToElements, RegistryTree, scopeElements } from '../src/registry/index.ts';
import { IntegerNetwork, type KernelModule } from '../workers/kernel/integer/index.ts';
import { must } from './must.ts';

/** Plain data, so that a worker can be handed it. */
export interface FaceTask {
  readonly kind: 'face';
  readonly statement: 'enrol' | 'match';
  readonly parameters: unknown;
  readonly embedding: Uint8Array;
  readonly antispoof: Uint8Array;
  /** [3][side][side], 0 to 255. */
  readonly frame: Int32Array;
}

/** The program, and how a fresh witness of it is made: of the frame, forward pass included. */
export async function prepareFace(
  { statement, parameters, frame, ...files }: FaceTask,
  integers: KernelModule,
): Promise<PreparedFace<FaceEnrol | FaceMatch> & { readonly graph: IntGraph; readonly witness: () => Witness }> {
  const read = must(parseFaceParameters(parameters));
  const networks = must(readFaceNetworks(read, files));
  const secrets = { secret: hashToElements('bench', 'secret'), blinding: hashToElements('bench', 'blinding') };
  const forwardOf = async (graph: IntGraph) => {
    const network = must(await IntegerNetwork.create(integers, graph));
    return (inputs: readonly Int32Array[], visit: (id: number, values: Int32Array) => void) => network.run(inputs, visit);
  };
  const enrol = must(prepareFaceEnrol(networks, read.margin));
  const forward = await forwardOf(enrol.statement.graph);
  const enrolled = () => must(enrol.statement.witness(frame.slice(), secrets, forward));
  if (statement === 'enrol') return { ...enrol, graph: enrol.statement.graph, witness: () => enrolled().witness };
  const { template } = enrolled();
  const match = must(prepareFaceMatch(networks, read.margin));
  const matchForward = await forwardOf(match.statement.graph);
  const holder = { ...secrets, template };
  const tree = new RegistryTree();
  for (let i = 0; i < 40; i++) tree.append(hashToElements('bench', `somebody ${i}`));
  const position = tree.append(commitmentOf(holder));
  const publics = { root: tree.root(), scope: scopeElements('bench', 'bench'), threshold: 1834 };
  return {
    ...match,
    graph: match.statement.graph,
    witness: () => must(match.statement.witness(frame.slice(), holder, tree.path(position), publics, matchForward)).witness,
  };
}
