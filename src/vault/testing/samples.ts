import { ok, type Result } from '../../base/index.ts';
import type { ProofEnvelope, ProofRequest } from '../../protocol/index.ts';
import {
  type ConsentRecord,
  type CredentialRecord,
  type FaceRecord,
  type HistoryRecord,
  type OutboxRecord,
  openVault,
  type Vault,
} from '../index.ts';
import type { VaultOptions } from '../vault.ts';

export const PASSPHRASE = 'correct horse battery';
export const id = (n: number): string => n.toString(16).padStart(32, '0');

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`expected a value, got ${result.error.code}`);
  return result.value;
}
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);

export const request = (n = 1): ProofRequest => ({
  v: 1,
  id: id(n),
  statement: 'credit-score',
  system: 'groth16',
  bundle: '11'.repeat(32),
  partner: { id: 'bank', name: 'Demo Bank' },
  origin: 'http://localhost:8788',
  scope: 'loan-2026',
  policy: { threshold: 1000 },
  issuer: { name: 'Demo issuer', x: '22'.repeat(32), y: '33'.repeat(32), demo: true },
  purpose: 'A loan',
  retentionDays: 30,
  nonce: '44'.repeat(32),
  issuedAt: 1_800_000_000,
  expiresAt: 1_800_000_900,
  verifier: { url: 'http://localhost:8787', keyId: 'A'.repeat(43) },
});

export const proof: ProofEnvelope = {
  format: 'tacit-proof',
  v: 1,
  statement: 'credit-score',
  system: 'groth16',
  bundle: '11'.repeat(32),
  points: '55'.repeat(256),
  publicSignals: ['66'.repeat(32)],
};

export const credential = (n = 1): CredentialRecord => ({
  id: id(n),
  credential: {
    format: 'tacit-credential',
    v: 1,
    schema: '77'.repeat(32),
    features: { income: 180, age: 44 },
    holder: '88'.repeat(32),
    issuedAt: 1_800_000_000,
    expiresAt: 1_900_000_000,
    issuer: { name: 'Demo issuer', x: '22'.repeat(32), y: '33'.repeat(32) },
    signature: { r8x: '01'.repeat(32), r8y: '02'.repeat(32), s: '03'.repeat(32) },
  },
  holder: { secret: '04'.repeat(32), blinding: '05'.repeat(32) },
  label: `Applicant ${n}`,
  addedAt: 1_800_000_000_000,
});

export const history = (n = 1): HistoryRecord => ({
  id: id(n),
  request: request(n),
  state: 'queued',
  proof,
  openedAt: 1_800_000_000_000,
  updatedAt: 1_800_000_001_000,
});

export const outbox = (n = 1): OutboxRecord => ({
  id: id(n),
  request: request(n),
  proof,
  queuedAt: 1_800_000_001_000,
  attempts: 1,
  mayHaveArrived: false,
  lastError: { code: 'verifier/busy', params: { seconds: 3 } },
  notBefore: 1_800_000_004_000,
});

export const consent = (n = 1): ConsentRecord => ({
  id: id(n),
  request: id(n),
  partner: { id: 'bank', name: 'Demo Bank' },
  origin: 'http://localhost:8788',
  scope: 'loan-2026',
  purpose: 'A loan',
  retentionDays: 30,
  decision: 'given',
  at: 1_800_000_000_500,
});

export const face = (n = 1): FaceRecord => ({
  id: id(n),
  face: {
    format: 'tacit-face-template',
    v: 1,
    model: 'a1'.repeat(32),
    commitment: 'a2'.repeat(32),
    secret: [11, 12, 13, 14, 15, 16, 17, 18],
    blinding: [21, 22, 23, 24, 25, 26, 27, 28],
    template: Array.from({ length: 192 }, (_, i) => ((i * 37) % 1023) - 511),
  },
  network: 'a3'.repeat(32),
  family: 'faces',
  registry: 'faces.1',
  revocationKey: 'a4'.repeat(32),
  enrolledAt: 1_800_000_000_000,
});

export async function newVault(options?: VaultOptions): Promise<Vault> {
  const vault = must(await openVault(options));
  if (vault.state() === 'empty') must(await vault.create({ kind: 'passphrase', passphrase: PASSPHRASE }));
  return vault;
}

/** One record in each store. */
export async function fill(vault: Vault): Promise<void> {
  for (const written of [
    await vault.credentials.put(credential()),
    await vault.history.put(history()),
    await vault.outbox.put(outbox()),
    await vault.consents.put(consent()),
    await vault.faces.put(face()),
    await vault.identity(),
  ]) {
    must<unknown>(written);
  }
}

export async function contents(vault: Vault) {
  const [credentials, past, waiting, consents, faces, secret] = await Promise.all([
    vault.credentials.list(),
    vault.history.list(),
    vault.outbox.list(),
    vault.consents.list(),
    vault.faces.list(),
    vault.identity(),
  ]);
  return ok({
    credentials: must(credentials),
    history: must(past),
    outbox: must(waiting),
    consents: must(consents),
    faces: must(faces),
    secret: must(secret),
  }).value;
}
