// `npm run circuit:report`: what the circuit of model.json costs, by part and simplification level.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import type { IntegerModel } from '../model.ts';
import { compile, type Optimisation } from './compile.ts';
import { generateCircom } from './generate.ts';
import { type Constraint, readR1cs } from './r1cs.ts';

/** In the direction of the data: a constraint belongs to the last part whose wires it has. */
const PARTS: readonly (readonly [title: string, component: RegExp])[] = [
  ['public inputs, model constant', /^main\.[^.]+$/],
  ['features in range, categories', /^main\.coded\./],
  ['expiry', /^main\.notExpired\./],
  ['holder commitment, nullifier', /^main\.holder\./],
  ['credential hash', /^main\.attested\.(Poseidon|message)/],
  ['signature, points on the curve', /^main\.attested\./],
  ['network', /^main\.model\./],
  ['score against threshold', /^main\.passes\./],
];

interface Cost {
  constraints: number;
  /** Non-zero coefficients of A and B: what the prover and the key pay for. */
  nonZeros: number;
}

function costs(constraints: readonly Constraint[], sym: string): Cost[] {
  const partOfWire = new Map<number, number>();
  for (const line of sym.split('\n')) {
    const [, wire, , name] = line.split(',');
    if (wire === undefined || name === undefined || wire === '-1') continue;
    const part = PARTS.findIndex(([, component]) => component.test(name));
    partOfWire.set(Number(wire), Math.min(part, partOfWire.get(Number(wire)) ?? PARTS.length));
  }
  const table = PARTS.map(() => ({ constraints: 0, nonZeros: 0 }));
  for (const { a, b, c } of constraints) {
    const wires = [...a.wires, ...b.wires, ...c.wires].filter((wire) => wire > 0);
    const row = table[Math.max(...wires.map((wire) => partOfWire.get(wire) ?? 0))] as Cost;
    row.constraints++;
    row.nonZeros += a.wires.length + b.wires.length;
  }
  return table;
}

const statement = join(dirname(fileURLToPath(import.meta.url)), '..');
const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(statement, file), 'utf8'));
const generated = generateCircom((await json('model.json')) as IntegerModel, (await json('schema.json')) as CredentialSchema);
const levels: readonly Optimisation[] = ['--O1', '--O2'];
const tables: Cost[][] = [];
const rows: string[] = [];
for (const level of levels) {
  const { r1cs, sym, wasm } = await compile(generated, level);
  const { constraints, wires, publicInputs } = readR1cs(r1cs);
  tables.push(costs(constraints, sym));
  const domain = Math.ceil(Math.log2(constraints.length + publicInputs + 1));
  rows.push(
    `${level.slice(2)}: ${constraints.length} constraints, ${wires} wires, domain 2^${domain}, r1cs ${r1cs.length} B, wasm ${wasm.length} B`,
  );
}
const cell = (cost: Cost | undefined) => `${cost?.constraints} | ${cost?.nonZeros}`;
console.log('| part | O1 constraints | O1 non-zeros of A, B | O2 constraints | O2 non-zeros of A, B |\n|---|--:|--:|--:|--:|');
PARTS.forEach(([title], i) => {
  console.log(`| ${title} | ${tables.map((table) => cell(table[i])).join(' | ')} |`);
});
const sum = (table: readonly Cost[]): Cost =>
  table.reduce((total, { constraints, nonZeros }) => ({
    constraints: total.constraints + constraints,
    nonZeros: total.nonZeros + nonZeros,
  }));
console.log(`| **all** | ${tables.map((table) => cell(sum(table))).join(' | ')} |\n\n${rows.join('\n')}`);
