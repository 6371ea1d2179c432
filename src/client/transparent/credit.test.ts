import { beforeEach, describe, expect, it } from 'vitest';
import { signRoot } from '../../../circuits/credit-score/index.ts';
import { issuerKey, makeCase } from '../../../circuits/credit-score/testing/index.ts';
import { credentialLeaf, fieldHolder, fieldSecret } from '../../../circuits/credit-score/transparent/leaf.ts';
import { applicantFeatures, twinFiles, twinModel, twinSchema } from '../../../circuits/credit-score/transparent/testing/index.ts';
import { err, ok } from '../../base/index.ts';
import { type Digest, digestToHex, rootOf } from '../../registry/index.ts';
import { codeOf, must } from '../../vault/testing/samples.ts';
import { type Network, network, ORIGIN, signingVerifier } from '../testing/fakes.ts';
import { serveRegistry, type Told, told } from '../testing/registry.ts';
import type { BundleLoader } from '../types.ts';
import { type CreditProver, createCreditProver } from './credit.ts';
import type { CreditTask, TransparentJobs } from './types.ts';

// What is fetched for a proof and what the worker is given; proofs are made in the rooms that make them and in e2e.

const ID = 'issuer.demo';
const { files, manifest } = twinFiles();
const { request, credential, holder } = makeCase({ model: twinModel, schema: twinSchema, features: applicantFeatures(0), threshold: 0 });
const task = {
  manifest,
  credential,
  holder,
  request: { ...request, system: 'transparent' as const, registry: ID, verifier: { ...request.verifier, url: ORIGIN } },
};
const leaf = credentialLeaf(twinSchema, credential, fieldHolder(fieldSecret(holder)));
const others: Digest[] = Array.from({ length: 4 }, (_, i) => [1 + i, 2, 3, 4, 5, 6, 7, 8]);

let net: Network;
let credit: CreditProver;
let given: CreditTask[];
let held: Pick<typeof task, 'credential' | 'holder'>[];
const signal = new AbortController().signal;
beforeEach(() => {
  net = network();
  given = [];
  const bundles = {
    ensure: async () => ok(undefined),
    read: async (_: unknown, name: keyof typeof files) => ok(files[name]),
  } as unknown as BundleLoader;
  const job = (result: unknown) => ({ result: Promise.resolve(result), cancel: () => undefined });
  const jobs = {
    prepare: () => job(ok({})),
    prove: (_kind: string, asked: CreditTask) => {
      given.push(asked);
      return job(err('job/cancelled'));
    },
  } as unknown as TransparentJobs;
  held = [];
  credit = createCreditProver({ http: net.http, bundles, jobs, held: async () => ok(held), level: 12 });
});

async function serve(leaves: readonly Digest[]): Promise<string[]> {
  const { state, ...rest }: Told = told(ID, leaves, 12);
  const { size, root } = state;
  const statement = { format: 'tacit-registry-root', v: 1, registry: ID, size, root, time: 5 } as const;
  const issued = { time: 5, signature: signRoot(issuerKey, statement) };
  return serveRegistry(net, await signingVerifier(), ID, { ...rest, state: { ...state, issued } });
}

describe('the leaf of a credential', () => {
  it('is found with the preview; the proof then asks for nothing more', async () => {
    const asked = await serve([...others, leaf]);
    must(await credit.prepare(task, signal));
    expect(asked).toEqual(['0-5']);
    const before = net.seen.length;
    expect(codeOf(await credit.prove(task, signal, () => undefined))).toBe('job/cancelled');
    expect(net.seen.length).toBe(before);
    const [{ path, root, issued } = expect.unreachable()] = given;
    expect(rootOf(leaf, path)).toEqual(root);
    expect(issued).toMatchObject({ size: 5, time: 5 });
  });

  it('is looked for again for another request', async () => {
    const asked = await serve([...others, leaf]);
    must(await credit.prepare(task, signal));
    must(await credit.prepare({ ...task, request: { ...task.request, id: '07'.repeat(16) } }, signal));
    expect(asked).toHaveLength(2);
  });

  const second = { credential: { ...credential, issuedAt: credential.issuedAt + 1 }, holder };
  const secondLeaf = credentialLeaf(twinSchema, second.credential, fieldHolder(fieldSecret(holder)));

  it('is here when another credential is tried, since what is asked for then would tell that the first did not do', async () => {
    await serve([...others, secondLeaf, leaf]);
    must(await credit.prepare(task, signal));
    const before = net.seen.length;
    must(await credit.prepare({ ...task, ...second }, signal));
    must(await credit.prepare(task, signal));
    expect(net.seen.length).toBe(before);
  });

  it('is here also on several shelves, where all that might answer are looked for at first', async () => {
    const filler = (from: number, count: number): Digest[] => Array.from({ length: count }, (_, i) => [from + i, 9, 9, 9, 9, 9, 9, 9]);
    const asked = await serve([...filler(1, 4096), secondLeaf, ...filler(5000, 4095), leaf, ...filler(10_000, 4095)]);
    const foreign = {
      credential: { ...credential, issuedAt: credential.issuedAt + 2, issuer: { ...credential.issuer, x: '00'.repeat(32) } },
      holder,
    };
    held = [{ credential, holder }, second, foreign];
    must(await credit.prepare(task, signal));
    expect(asked).toEqual(['8192-12288', '4096-8192']);
    const before = net.seen.length;
    must(await credit.prepare({ ...task, ...second }, signal));
    expect(net.seen.length).toBe(before);
  });

  it('that is not there may be there the next time', async () => {
    await serve(others);
    expect(codeOf(await credit.prepare(task, signal))).toBe('credential/not-registered');
    expect(codeOf(await credit.prove(task, signal, () => undefined))).toBe('credential/not-registered');
    expect(given).toEqual([]);
    await serve([...others, leaf]);
    expect(codeOf(await credit.prove(task, signal, () => undefined))).toBe('job/cancelled');
    expect(digestToHex(given[0]?.root ?? [])).toBe(told(ID, [...others, leaf], 12).state.root);
  });
});
