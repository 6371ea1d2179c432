// `npm run ceremony:check`: checks both phases of the ceremony of the committed keys again, from the powers of tau on, and that the
// circuit is that of these sources. Minutes of CPU, most of them for preparing the powers. `-- --powers FILE`: powers of tau of another ceremony.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sha256Hex } from '../../../src/base/index.ts';
import { curves } from '../../../src/prove/groth16/setup.ts';
import { compile, OPTIMISATION } from '../circuit/compile.ts';
import { currentBundle } from './bundle.ts';
import { checkCeremony, type Finding } from './check.ts';
import { committedPowers } from './phases.ts';
import { readTranscript } from './transcript.ts';

const { values } = parseArgs({ options: { powers: { type: 'string' } } });
const bundle = await currentBundle(fileURLToPath(new URL('../../../public/bundles', import.meta.url)));
const transcript = readTranscript(await bundle.read('transcript'));
const [r1cs, zkey, vkey] = await Promise.all([bundle.read('r1cs'), bundle.read('zkey'), bundle.read('vkey')]);
const tell = ({ what, holds }: Finding): void => {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
};
const { r1cs: compiled } = await compile(await readFile(new URL('../circuit/generated.circom', import.meta.url), 'utf8'), OPTIMISATION);
tell({ what: 'the sources compile to the circuit of the keys', holds: sha256Hex(compiled) === sha256Hex(r1cs) });
const powers = values.powers ?? committedPowers(transcript.phase1.power);
for await (const finding of checkCeremony(transcript, { r1cs, zkey, vkey, powers })) tell(finding);
if (transcript.keys === 'development') console.log(`These are development keys. ${transcript.note}`);
await (await curves.getCurveFromName('bn128')).terminate();
