// The two face statements from a photograph to a proof and back, on networks of the true sizes but few activations (circuits/face/testing),
// with the real detector on pictures of the lock. Skipped where those are not fetched (npm run models -- train evaluate).
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaceNetworks } from '../../../circuits/face/index.ts';
import { thinNetworks } from '../../../circuits/face/testing/networks.ts';
import { locateModel } from '../../../circuits/models/index.ts';
import { sha256Hex } from '../../base/index.ts';
import { encodeIntGraph } from '../../model/index.ts';
import { tacit } from '../testing/index.ts';

const pictures = await locateModel('face-pictures');
const detectors = (await locateModel('blazeface-front')) && (await locateModel('facemesh'));
const there = pictures !== undefined && detectors !== undefined;

let dir: string;
const at = (name: string): string => join(dir, name);
const run = (...args: string[]) => tacit(dir, ...args);
const json = async (...args: string[]) => {
  const { exit, out, err } = await run(...args, '--json');
  return { exit, err, body: JSON.parse(out) as Record<string, unknown> & { error?: { code: string; params?: object } } };
};
const code = async (...args: string[]) => {
  const { exit, body } = await json(...args);
  return [exit, body.error?.code];
};

async function writeNetworks(name: string, networks: FaceNetworks): Promise<string> {
  await mkdir(at(name));
  const [embedding, antispoof] = [encodeIntGraph(networks.embedding), encodeIntGraph(networks.antispoof)];
  const { embeddingShift, scoreShift, leastScore } = networks;
  const parameters = {
    format: 'tacit-face-networks',
    v: 1,
    embedding: sha256Hex(embedding),
    antispoof: sha256Hex(antispoof),
    embeddingShift,
    scoreShift,
    leastScore,
    crop: 112,
    margin: 24,
  };
  await writeFile(join(at(name), 'embedding.bin'), embedding);
  await writeFile(join(at(name), 'antispoof.bin'), antispoof);
  await writeFile(join(at(name), 'parameters.json'), JSON.stringify(parameters));
  return at(name);
}

/** A part of a picture as a photo of its own; `gain` changes the light. */
async function photo(
  name: string,
  whole: { readonly width: number; readonly data: Uint8Array },
  [left, top, width, height]: readonly [number, number, number, number],
  gain = 1,
): Promise<string> {
  const data = Buffer.alloc(4 * width * height, 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[4 * (y * width + x) + c] = Math.min(255, Math.round(gain * (whole.data[4 * ((top + y) * whole.width + left + x) + c] ?? 0)));
  await writeFile(at(name), jpeg.encode({ width, height, data }, 95).data);
  return at(name);
}

describe.skipIf(!there)('face-enrol and face-match', () => {
  let networks: string;
  let [first, again, other, two, none, small] = ['', '', '', '', '', ''];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tacit-face-'));
    networks = await writeNetworks('networks', thinNetworks(3));
    const group = jpeg.decode(await readFile(pictures?.[5] ?? ''), { useTArray: true });
    first = await photo('first.jpg', group, [560, 280, 400, 460]);
    again = await photo('again.jpg', group, [540, 270, 420, 480], 0.9);
    other = await photo('other.jpg', group, [1090, 260, 380, 440]);
    two = await photo('two.jpg', group, [560, 240, 920, 520]);
    none = at('none.jpg');
    await writeFile(none, jpeg.encode({ width: 300, height: 300, data: Buffer.alloc(4 * 300 * 300, 128) }, 90).data);
    const whole = jpeg.decode(await readFile(first), { useTArray: true });
    const shrunk = Buffer.alloc(4 * 90 * 90, 90);
    for (let y = 0; y < 66; y++)
      for (let x = 0; x < 57; x++)
        for (let c = 0; c < 4; c++) shrunk[4 * ((y + 12) * 90 + x + 16) + c] = whole.data[4 * (7 * y * whole.width + 7 * x) + c] ?? 0;
    small = at('small.jpg');
    await writeFile(small, jpeg.encode({ width: 90, height: 90, data: shrunk }, 95).data);
  }, 60_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const enrol = (picture: string, ...more: string[]) => ['prove', 'face-enrol', '--photo', picture, '--networks', networks, ...more];
  const match = (picture: string, ...more: string[]) => [
    'prove',
    'face-match',
    '--photo',
    picture,
    '--networks',
    networks,
    '--scope',
    'shop/sale',
    ...more,
  ];

  test('enrol, register, match, verify, inspect; and what is refused', async () => {
    const enrolled = await json(...enrol(first, '--out', at('enrol.json'), '--save-template', at('me.json')));
    expect(enrolled.exit, enrolled.err).toBe(0);
    expect((await stat(at('me.json'))).mode & 0o777).toBe(0o600);
    const proofText = await readFile(at('enrol.json'), 'utf8');
    const template = JSON.parse(await readFile(at('me.json'), 'utf8')) as { commitment: string; template: number[]; secret: number[] };
    expect(enrolled.body).toMatchObject({ statement: 'face-enrol', commitment: template.commitment });
    expect(template.template).toHaveLength(192);
    for (const secret of [String(template.secret[0]), template.template.slice(0, 5).join(',')]) expect(proofText).not.toContain(secret);

    expect(await json('verify', at('enrol.json'), '--networks', networks)).toMatchObject({
      exit: 0,
      body: { result: 'accepted', assurance: 'self-asserted', attacks: 'attack detection not independently measured' },
    });
    const { out } = await run('inspect', at('enrol.json'), '--networks', networks);
    expect(out).toContain('attack detection not independently measured');

    await writeFile(at('registry.txt'), `${'11'.repeat(32).replaceAll('11111111', '01000000')}\n${template.commitment}\n`);
    const nonce = 'ab'.repeat(32);
    const made = await json(
      ...match(
        again,
        '--template',
        at('me.json'),
        '--registry',
        at('registry.txt'),
        '--threshold',
        '3000',
        '--nonce',
        nonce,
        '--out',
        at('match.json'),
      ),
    );
    expect(made.exit, made.err).toBe(0);
    const root = String(made.body.root);
    const verified = ['verify', at('match.json'), '--networks', networks];
    expect(await json(...verified, '--root', root, '--scope', 'shop/sale', '--nonce', nonce, '--threshold', '3000')).toMatchObject({
      exit: 0,
      body: { result: 'accepted', statement: 'face-match', nullifier: made.body.nullifier },
    });
    expect((await run('inspect', at('match.json'), '--networks', networks)).exit).toBe(0);

    // Asked for something else.
    for (const [option, value] of [
      ['root', template.commitment],
      ['scope', 'shop/other'],
      ['threshold', '3001'],
      ['nonce', 'cd'.repeat(32)],
    ] as const)
      expect(await code(...verified, `--${option}`, value)).toEqual([1, 'request/mismatch']);
    // Claims changed in the file.
    const file = JSON.parse(await readFile(at('match.json'), 'utf8')) as Record<string, unknown>;
    for (const [change, expected] of [
      [{ threshold: 3001 }, 'proof/invalid'],
      [{ nullifier: file.root }, 'proof/invalid'],
      [{ nonce: 'cd'.repeat(32) }, 'proof/invalid'],
      [{ root: 'ff'.repeat(32) }, 'proof/statement'],
      [{ soundnessBits: 120 }, 'proof/statement'],
      [{ model: 'cd'.repeat(32) }, 'proof/program'],
      [{ threshold: 0 }, 'proof/malformed'],
      [{ threshold: 4096 }, 'proof/malformed'],
      [{ commitment: file.root }, 'proof/malformed'],
      [{ v: 2 }, 'proof/version'],
    ] as const) {
      await writeFile(at('changed.json'), JSON.stringify({ ...file, ...change }));
      expect(await code('verify', at('changed.json'), '--networks', networks), JSON.stringify(change)).toEqual([1, expected]);
      expect((await run('inspect', at('changed.json'), '--networks', networks)).exit).toBe(1);
    }
    // Against other networks.
    const others = await writeNetworks('others', thinNetworks(4));
    expect(await code('verify', at('match.json'), '--networks', others)).toEqual([1, 'proof/program']);

    // No proof, and nothing written: a face that is not close enough, an enrolment that is not registered, another root.
    const before = (await readdir(dir)).sort();
    const holder = ['--template', at('me.json'), '--registry', at('registry.txt'), '--out', at('no.json')];
    const refused = await json(...match(other, ...holder, '--threshold', '4095'));
    expect([refused.exit, refused.body.error?.code]).toEqual([1, 'face/no-match']);
    expect(await code(...match(again, ...holder, '--root', template.commitment))).toEqual([1, 'registry/mismatch']);
    await writeFile(at('empty.txt'), '01'.repeat(32));
    expect(await code(...match(again, '--template', at('me.json'), '--registry', at('empty.txt'), '--out', at('no.json')))).toEqual([
      1,
      'face/path',
    ]);
    await rm(at('empty.txt'));
    await writeFile(at('torn.txt'), 'not a registry');
    expect(await code(...match(again, '--template', at('me.json'), '--registry', at('torn.txt'), '--out', at('no.json')))).toEqual([
      1,
      'registry/malformed',
    ]);
    await rm(at('torn.txt'));
    expect((await readdir(dir)).sort()).toEqual(before);
  }, 180_000);

  test('photos that no template is made of', async () => {
    const into = ['--out', at('x.json'), '--save-template', at('y.json')];
    expect(await code(...enrol(none, ...into))).toEqual([1, 'photo/no-face']);
    expect(await code(...enrol(two, ...into))).toEqual([1, 'photo/several-faces']);
    expect(await code(...enrol(small, ...into))).toEqual([1, 'face/too-small']);
    await writeFile(at('no.jpg'), 'no picture');
    expect(await code(...enrol(at('no.jpg'), ...into))).toEqual([1, 'model/input']);
    expect(await code(...enrol(at('nowhere.jpg'), ...into))).toEqual([2, 'cli/file']);
    const strict = await writeNetworks('strict', thinNetworks(3, 511));
    expect(await code('prove', 'face-enrol', '--photo', first, '--networks', strict, ...into)).toEqual([1, 'face/spoof']);
    expect((await readdir(dir)).filter((name) => name === 'x.json' || name === 'y.json')).toEqual([]);
  }, 120_000);

  test('calls that are none', async () => {
    for (const args of [
      ['prove', 'face-enrol'],
      enrol(first),
      enrol(first, '--out', at('x.json')),
      enrol(first, '--out', at('x.json'), '--save-template', at('x.json')),
      enrol(first, '--out', at('x.json'), '--save-template', at('y.json'), '--threshold', '5'),
      enrol(first, '--out', at('x.json'), '--save-template', at('y.json'), '--nonce', 'AB'),
      enrol(first, '--out', at('x.json'), '--save-template', at('y.json'), '--max-memory', '0'),
      match(first, '--out', at('x.json')),
      match(first, '--out', at('x.json'), '--template', at('me.json')),
      match(first, '--out', at('x.json'), '--template', at('me.json'), '--registry', at('registry.txt'), '--threshold', '4096'),
      match(first, '--out', at('x.json'), '--template', at('me.json'), '--registry', at('registry.txt'), '--root', 'ff'.repeat(32)),
      match(first, '--out', at('x.json'), '--template', at('me.json'), '--registry', at('registry.txt'), '--scope', 'shop'),
      ['verify', at('enrol.json'), '--networks', networks, '--threshold', '5'],
      ['verify', at('enrol.json'), '--bundle', networks],
    ])
      expect(await code(...args), args.join(' ')).toEqual([2, 'cli/usage']);
    expect(await code(...enrol(first, '--out', at('x.json'), '--save-template', at('y.json'), '--max-memory', '1'))).toEqual([
      2,
      'prove/memory',
    ]);
    expect(await code('verify', at('enrol.json'), '--networks', at('nowhere'))).toEqual([2, 'bundle/missing']);
    await writeFile(join(networks, 'embedding.bin'), 'x');
    expect(await code('verify', at('enrol.json'), '--networks', networks)).toEqual([2, 'bundle/hash-mismatch']);
  }, 60_000);
});
