// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '@noble/hashes/sha2.js';
import type { ErrorCode } from '../../base/index.ts';
import type { Statement } from '../../protocol/transparent/index.ts';
import { eqAll, eqOne, isZero, type K, minus, one, p, plus, powerOf, same, scaled, times, zero } from './arithmetic.ts';
import { type Description, decode } from './decode.ts';
import { combine, type LayerDraws } from './equations.ts';
import { type Cut, cut, type Layer, type Layout, layout, text, word } from './plan.ts';
import { Chain, H } from './transcript.ts';

const hex = (digits: string): number[] => (digits.match(/../g) ?? []).map((x) => Number.parseInt(x, 16));

interface Prepared {
  readonly program: Description;
  readonly plan: Layout;
  readonly cut: Cut | undefined;
}

/** What follows from the bytes alone, kept for as long as they are: the suites ask thousands of times about one program. */
const prepared = new WeakMap<Uint8Array, Prepared>();

/**
 * undefined when the proof is accepted, else the code of section 9. `encoded` is the published encoding of the program (section 2); bytes
 * that describe none are refused as `proof/program`.
 */
export function verifyReference(encoded: Uint8Array, statement: Statement, proof: Uint8Array): ErrorCode | undefined {
  const known = prepared.get(encoded) ?? prepare(encoded);
  if (known === undefined) return 'proof/program';
  prepared.set(encoded, known);
  const { program, plan, cut: found } = known;
  if (!found) return 'proof/soundness';
  const { L, m, rowBits, C, q, capBits } = found;
  const nu = L + rowBits;
  const M = 2 * nu + 1 + q;
  const n = 2 ** C;
  const { publics } = statement;
  const isHash = (text: unknown): boolean => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
  if (!isHash(statement.model) || !isHash(statement.nonce)) return 'proof/statement';
  if (publics.length !== program.publics || publics.some((x) => !Number.isInteger(x) || x < 0 || x >= Number(p))) return 'proof/statement';

  // Section 5.
  const hash = [...sha256(encoded)];
  const prefix = [...text('tacit').slice(4), ...word(1), ...hash];
  if (proof.length < prefix.length || prefix.slice(0, 5).some((x, i) => proof[i] !== x)) return 'proof/malformed';
  if (prefix.slice(5, 9).some((x, i) => proof[5 + i] !== x)) return 'proof/version';
  if (prefix.slice(9).some((x, i) => proof[9 + i] !== x)) return 'proof/program';
  const sizes: [string, 'hash' | 'K' | 'F' | 'word', number][] = [
    ['root', 'hash', 1],
    ['nonce lookup', 'word', 1],
    ['zero rounds', 'K', 2 * plan.zeroRounds.length],
    ['zero ends', 'K', plan.zeroEnds ? 3 : 0],
    ['tree roots', 'K', plan.join ? 4 : 0],
    ...plan.lookupLayers.flatMap((layer, i): [string, 'K', number][] => [
      [`lookup rounds ${i}`, 'K', 2 * i],
      [`lookup ends ${i}`, 'K', layer.ends.length],
    ]),
    ...plan.tableLayers.flatMap((layer, i): [string, 'K', number][] => [
      [`table rounds ${i}`, 'K', 2 * i],
      [`table ends ${i}`, 'K', layer.ends.length],
    ]),
    ['responses', 'K', plan.factors.length],
    ['inner rounds', 'K', 2 * nu],
    ['mask product', 'K', 1],
    ['row', 'K', 2 ** L + q],
    ['pad mask product', 'K', 1],
    ['pad row', 'K', M],
    ['nonce query', 'word', 1],
    ['cap', 'hash', 2 ** capBits],
    ['salts', 'hash', q],
    ['columns', 'F', q * (m + 12)],
    ['paths', 'hash', q * (C - capBits)],
  ];
  const width = { hash: 32, K: 16, F: 4, word: 4 };
  if (proof.length !== sizes.reduce((sum, [, kind, count]) => sum + width[kind] * count, prefix.length)) return 'proof/malformed';
  const raw = new Map<string, Uint8Array>();
  let at = prefix.length;
  for (const [name, kind, count] of sizes) {
    raw.set(name, proof.subarray(at, at + width[kind] * count));
    at += width[kind] * count;
  }
  const numbers = (name: string): bigint[] => {
    const bytes = raw.get(name) ?? new Uint8Array(0);
    const out: bigint[] = [];
    for (let i = 0; i < bytes.length; i += 4)
      out.push([0, 1, 2, 3].reduce((sum, j) => sum + (BigInt(bytes[i + j] ?? 0) << BigInt(8 * j)), 0n));
    return out;
  };
  for (const [name, kind] of sizes) if ((kind === 'K' || kind === 'F') && numbers(name).some((x) => x >= p)) return 'proof/non-canonical';
  const parsed = new Map<string, readonly K[]>();
  for (const [name, kind, count] of sizes) {
    if (kind !== 'K') continue;
    const flat = numbers(name);
    parsed.set(
      name,
      Array.from({ length: count }, (_, i): K => flat.slice(4 * i, 4 * i + 4) as unknown as K),
    );
  }
  const sent = (name: string): readonly K[] => parsed.get(name) ?? [];
  const single = (name: string): K => sent(name)[0] ?? zero;
  const bytesOf = (name: string): Uint8Array => raw.get(name) ?? new Uint8Array(0);

  // Section 4.
  const chain = new Chain();
  const header = [
    ...text('tacit-transparent/v1'),
    ...[L, m, rowBits, C, q, capBits, program.grinding.lookup, program.grinding.query].flatMap(word),
    ...hash,
    ...hex(statement.model),
    ...hex(statement.nonce),
    ...word(publics.length),
    ...publics.flatMap(word),
  ];
  chain.step(0, 'header', header);
  chain.step(1, 'root', bytesOf('root'));
  chain.step(0, 'header', header);
  chain.step(4, 'program length', new Uint8Array(encoded.length));
  const nonce = (name: string): number => Number(numbers(name)[0] ?? 0n);
  if (!chain.worked('lookup grinding', 'nonce lookup', nonce('nonce lookup'), program.grinding.lookup)) return 'proof/invalid';
  const beta = plan.join ? chain.one('beta') : zero;
  const alpha = plan.join ? chain.one('alpha') : zero;
  const pairs = (field: string, label: string, count: number): K[] =>
    Array.from({ length: count }, (_, i) => {
      chain.elements(field, sent(field).slice(2 * i, 2 * i + 2));
      return chain.one(label);
    });
  const zeroPoint = plan.zero ? chain.draw('zero point', plan.zero.bits) : [];
  const zeroRounds = pairs('zero rounds', 'zero round', plan.zeroRounds.length);
  if (plan.zero) chain.elements('zero ends', sent('zero ends'));
  if (plan.join) chain.elements('tree roots', sent('tree roots'));
  const tree = (name: string, layers: readonly Layer[]): LayerDraws[] =>
    layers.map((_, i) => {
      const lambda = chain.one(`${name} lambda`);
      const rounds = pairs(`${name} rounds ${i}`, `${name} round`, i);
      chain.elements(`${name} ends ${i}`, sent(`${name} ends ${i}`));
      return { lambda, rounds, tau: chain.one(`${name} tau`) };
    });
  const lookup = tree('lookup', plan.lookupLayers);
  const table = tree('table', plan.tableLayers);
  const chi = plan.factors.length > 0 ? chain.one('chi') : zero;
  if (plan.factors.length > 0) chain.elements('responses', sent('responses'));
  const equalityPoint = plan.equality ? chain.draw('equality point', plan.equality.bits) : [];
  const gamma = chain.one('gamma');
  const rho = pairs('inner rounds', 'inner round', nu);
  chain.elements('mask product', sent('mask product'));
  const c = chain.one('c');
  chain.elements('row', sent('row'));
  chain.elements('pad mask product', sent('pad mask product'));
  const c1 = chain.one("c'");
  chain.elements('pad row', sent('pad row'));
  const worked = chain.worked('query grinding', 'nonce query', nonce('nonce query'), program.grinding.query);
  const places = chain.places('queries', q, n);
  if (!worked || isZero(c) || isZero(c1)) return 'proof/invalid';

  // Sections 6 and 7.
  const claim = combine(program, plan, publics, sent, { beta, alpha, zeroPoint, zeroRounds, lookup, table, chi, equalityPoint, gamma });
  if (!claim) return 'proof/invalid';
  const high = eqAll(rho.slice(0, rowBits));
  const low = eqAll(rho.slice(rowBits));
  let Lambda = zero;
  claim.L.forEach((weight, i) => {
    if (!isZero(weight)) Lambda = plus(Lambda, times(weight, high[Math.floor(i / 2 ** L)] ?? zero, low[i % 2 ** L] ?? zero));
  });
  let folded = claim.v;
  rho.forEach((r, i) => {
    const [c0, c2] = sent('inner rounds').slice(2 * i, 2 * i + 2) as [K, K];
    folded = plus(times(r, folded), times(minus(one, plus(r, r)), c0), times(minus(times(r, r), r), c2));
  });
  const row = sent('row');
  const P = low.reduce((sum, x, i) => plus(sum, times(x, row[i] ?? zero)), zero);
  const betaZ = minus(times(Lambda, minus(P, single('mask product'))), times(c, folded));
  const padRow = sent('pad row');
  let product = times(Lambda, padRow[2 * nu] ?? zero);
  rho.forEach((r, i) => {
    const later = times(c, ...rho.slice(i + 1));
    product = plus(product, times(later, minus(one, plus(r, r)), padRow[2 * i] ?? zero));
    product = plus(product, times(later, minus(times(r, r), r), padRow[2 * i + 1] ?? zero));
  });
  if (!same(product, plus(single('pad mask product'), times(c1, betaZ)))) return 'proof/invalid';

  const node = (left: Uint8Array, rightHash: Uint8Array): Uint8Array => H([...word(1), ...left, ...rightHash]);
  const cap = bytesOf('cap');
  const capNode = (depth: number, i: number): Uint8Array =>
    depth === capBits ? cap.subarray(32 * i, 32 * i + 32) : node(capNode(depth + 1, 2 * i), capNode(depth + 1, 2 * i + 1));
  const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => String(a) === String(b);
  if (!equalBytes(capNode(0, 0), bytesOf('root'))) return 'proof/invalid';
  const w = powerOf(3n, (p - 1n) / BigInt(n));
  const columns = numbers('columns');
  const evaluate = (coefficients: readonly K[], x: bigint): K => coefficients.reduceRight((sum, a) => plus(scaled(sum, x), a), zero);
  for (const [i, j] of places.entries()) {
    const height = m + 12;
    let digest = H([
      ...word(0),
      ...bytesOf('salts').subarray(32 * i, 32 * i + 32),
      ...bytesOf('columns').subarray(4 * height * i, 4 * height * (i + 1)),
    ]);
    let position = j;
    for (let level = 0; level < C - capBits; level++) {
      const from = 32 * (i * (C - capBits) + level);
      const sibling = bytesOf('paths').subarray(from, from + 32);
      digest = position % 2 === 0 ? node(digest, sibling) : node(sibling, digest);
      position = (position - (position % 2)) / 2;
    }
    if (!equalBytes(digest, cap.subarray(32 * position, 32 * position + 32))) return 'proof/invalid';
    const column = columns.slice(i * height, (i + 1) * height);
    const element = (from: number): K => column.slice(from, from + 4) as unknown as K;
    const x = powerOf(w, BigInt(j));
    let mix = zero;
    for (let r = 0; r < m; r++) mix = plus(mix, scaled(eqOne(rho.slice(0, rowBits), r), column[r] ?? 0n));
    if (!same(evaluate(row, x), plus(element(m), times(c, mix)))) return 'proof/invalid';
    if (!same(evaluate(padRow, x), plus(element(m + 8), times(c1, element(m + 4))))) return 'proof/invalid';
  }
  return undefined;
}

function prepare(encoded: Uint8Array): Prepared | undefined {
  const program = decode(encoded);
  if (program === undefined) return undefined;
  const plan = layout(program);
  return { program, plan, cut: cut(program, plan) };
}
