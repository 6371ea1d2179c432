// Runs a witness generator compiled by circom 2 and returns the witness as snarkjs reads it (.wtns, version 2). Our own, because
// snarkjs' one asks for 2 GiB of memory the generator does not use, prints to the console, and leaves the values behind it.
import type { CircuitInput } from '../../../circuits/credit-score/index.ts';
import { bigIntToBytes, concatBytes, invariant } from '../../base/index.ts';
import { BN254_ORDER } from '../../protocol/index.ts';

/** What circom 2.1+ exports. Field elements pass through a shared window of eight 32-bit words, least significant first. */
interface Generator {
  readonly memory: WebAssembly.Memory;
  init(sanityCheck: number): void;
  getInputSize(): number;
  getInputSignalSize(hashHigh: number, hashLow: number): number;
  setInputSignal(hashHigh: number, hashLow: number, index: number): void;
  getWitnessSize(): number;
  getWitness(index: number): void;
  readSharedRWMemory(word: number): number;
  writeSharedRWMemory(word: number, value: number): void;
  getMessageChar(): number;
}

/** The generator refused the input: a constraint would not hold. `templates`: where, innermost first. Holds no values. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError';
  readonly templates: readonly string[];
  constructor(templates: readonly string[]) {
    super(`a constraint does not hold in ${templates.join(' in ')}`);
    this.templates = templates;
  }
}

const WORDS = 8;

/** FNV-1a, 64 bits: how circom names its inputs. */
function signalHash(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n;
  for (const symbol of name) hash = BigInt.asUintN(64, (hash ^ BigInt(symbol.codePointAt(0) ?? 0)) * 0x100000001b3n);
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}

async function instantiate(wasm: Uint8Array<ArrayBuffer>): Promise<Generator> {
  const messages: string[] = [];
  const message = () => {
    let text = '';
    for (let symbol = generator.getMessageChar(); symbol !== 0; symbol = generator.getMessageChar()) text += String.fromCharCode(symbol);
    return text;
  };
  const runtime = {
    exceptionHandler: () => {
      // "Error in template Passes_12 line: 80": the number tells instances apart.
      const templates = messages.flatMap((text) => /template (\w+?)_\d+ line/.exec(text)?.[1] ?? []);
      throw new ConstraintError(templates);
    },
    printErrorMessage: () => void messages.push(message()),
    writeBufferMessage: () => void message(),
    showSharedRWMemory: () => {},
  };
  const { instance } = await WebAssembly.instantiate(wasm, { runtime });
  const generator = instance.exports as unknown as Generator;
  return generator;
}

function setInputs(generator: Generator, input: CircuitInput): void {
  let given = 0;
  for (const [name, value] of Object.entries(input)) {
    const [high, low] = signalHash(name);
    const values = typeof value === 'string' ? [value] : value;
    invariant(generator.getInputSignalSize(high, low) === values.length, `the circuit takes another ${name}`);
    values.forEach((text, index) => {
      const number = BigInt(text);
      invariant(number >= 0n && number < BN254_ORDER, `${name} is a field element`);
      for (let word = 0; word < WORDS; word++) generator.writeSharedRWMemory(word, Number((number >> BigInt(32 * word)) & 0xffffffffn));
      // The last input runs the circuit.
      generator.setInputSignal(high, low, index);
    });
    given += values.length;
  }
  invariant(given === generator.getInputSize(), 'every input of the circuit is given');
}

const littleEndian = (value: bigint, length: number): Uint8Array => bigIntToBytes(value, length).reverse();
const section = (type: number, content: Uint8Array): Uint8Array[] => [
  littleEndian(BigInt(type), 4),
  littleEndian(BigInt(content.length), 8),
  content,
];

function readWitness(generator: Generator): Uint8Array {
  const size = generator.getWitnessSize();
  const values = new Uint32Array(size * WORDS);
  for (let wire = 0; wire < size; wire++) {
    generator.getWitness(wire);
    for (let word = 0; word < WORDS; word++) values[wire * WORDS + word] = generator.readSharedRWMemory(word);
  }
  const view = new DataView(values.buffer);
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  const header = concatBytes(littleEndian(32n, 4), littleEndian(BN254_ORDER, 32), littleEndian(BigInt(size), 4));
  const words = new Uint8Array(values.buffer);
  const file = concatBytes(
    new TextEncoder().encode('wtns'),
    littleEndian(2n, 4),
    littleEndian(2n, 4),
    ...section(1, header),
    ...section(2, words),
  );
  words.fill(0);
  return file;
}

/**
 * The witness of `input` as .wtns bytes: secret, for the caller to overwrite after use. The generator's memory is overwritten here.
 * Throws ConstraintError when the input does not satisfy the circuit, InvariantError when it is not the circuit's, and what
 * WebAssembly throws when the bytes are not a generator or memory runs out.
 */
export async function calculateWitness(wasm: Uint8Array, input: CircuitInput): Promise<Uint8Array> {
  const generator = await instantiate(new Uint8Array(wasm));
  try {
    generator.init(0);
    setInputs(generator, input);
    return readWitness(generator);
  } finally {
    new Uint8Array(generator.memory.buffer).fill(0);
  }
}
