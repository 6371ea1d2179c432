import { transfer } from 'comlink';
import * as z from 'zod';
import { bytesToHex, err, fromHex, ok, type Result, sha256Hex } from '../../base/index.ts';
import { enrolmentNonce, type FaceRequest, parseFaceParameters, type Registrar, requestDigest, slug } from '../../protocol/index.ts';
import { type Digest, digestFromHex, hashToElements, scopeElements } from '../../registry/index.ts';
import type { FaceRecord, Vault } from '../../vault/index.ts';
import { type Caches, loadFiles, type PublishedFile } from '../faceFiles.ts';
import type { Http } from '../http.ts';
import { startJob } from '../job.ts';
import { findLeaf, type Place } from '../registry.ts';
import type { FaceAbout, TransparentJobs } from '../transparent/types.ts';
import type { DownloadProgress } from '../types.ts';
import { type Faces, needsWord, type Taken } from './types.ts';

export interface FacesOptions {
  readonly http: Http;
  readonly vault: Vault;
  readonly jobs: TransparentJobs;
  readonly caches: Caches | undefined;
  /** This page's origin: the verifier. */
  readonly origin: string;
  /** What the build says about the compiled networks. */
  readonly published: () => Promise<{
    readonly parameters: unknown;
    readonly files: Readonly<Record<'embedding' | 'antispoof', PublishedFile>>;
  }>;
}

export interface RunningFaces extends Faces {
  close(): void;
}

/** The registries of those who enrol by themselves, and of those whom a registrar vouches for. */
const SELF = 'faces';
const familyOf = (registrar?: Registrar): string => (registrar === undefined ? SELF : `${SELF}-${registrar.id}`);
const wordSchema = z.object({ attestation: z.string().max(4_000) });
const answerSchema = z.object({ registry: slug, family: slug, known: z.boolean() });

interface Located {
  readonly place: Place;
  readonly root: Digest;
}

/** What comes of `result`, or job/cancelled at once when this asker gives up. */
const until = <T>(result: Promise<Result<T>>, signal: AbortSignal): Promise<Result<T>> =>
  new Promise((resolve, reject) => {
    const cancelled = () => resolve(err('job/cancelled'));
    if (signal.aborted) return cancelled();
    signal.addEventListener('abort', cancelled, { once: true });
    void result.then((settled) => {
      signal.removeEventListener('abort', cancelled);
      resolve(settled);
    }, reject);
  });

const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

export function createFaces({ http, vault, jobs, caches, origin, published }: FacesOptions): RunningFaces {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  /** Where the enrolment lies, for the last request that was prepared: a root of the request's own time is fresh enough for it. */
  let located: { readonly request: string; readonly face: string; readonly result: Promise<Result<Located>> } | undefined;

  async function about(signal: AbortSignal, onProgress?: (progress: DownloadProgress) => void): Promise<Result<FaceAbout>> {
    const { parameters, files } = await published();
    const read = parseFaceParameters(parameters);
    if (!read.ok) return read;
    const loaded = await loadFiles(files, { http, caches, signal, onProgress });
    return loaded.ok ? ok({ parameters: read.value, ...loaded.value }) : loaded;
  }

  /**
   * Where an enrolment lies, and the root of that; looked for once a request, also while the first search is still on its way: a second one would
   * tell that the person went on. Errors: face/path, and those of findLeaf.
   */
  async function locate(request: FaceRequest, record: FaceRecord, signal: AbortSignal): Promise<Result<Located>> {
    if (located !== undefined && located.request === request.id && located.face === record.id) {
      const found = await until(located.result, signal);
      if (found.ok || signal.aborted) return found;
    }
    const result = search(request, record, signal);
    located = { request: request.id, face: record.id, result };
    return result;
  }

  async function search({ registry }: FaceRequest, record: FaceRecord, signal: AbortSignal): Promise<Result<Located>> {
    const leaf = digestFromHex(record.face.commitment) ?? [];
    const found = await findLeaf(http, { registry, verifier: origin }, { leaf, known: record.position, signal });
    if (!found.ok) return found;
    const { place, root } = found.value;
    if (place === undefined) return err('face/path');
    if (record.position === undefined) await keepPlace(record.id, place.position);
    return ok({ place, root });
  }

  /** Kept in the wallet for good, since places never change. Not kept (full, deleted meanwhile): looked for anew the next time. */
  async function keepPlace(id: string, position: number): Promise<void> {
    const record = await vault.faces.get(id);
    if (record.ok && record.value !== undefined) await vault.faces.put({ ...record.value, position });
  }

  /** The frame leaves the camera's worker for the prover's, and is forgotten in the first. */
  async function frameOf({ session, shot }: Taken): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const frame = await session.frame(shot);
    await session.forget(shot);
    return frame;
  }

  async function register(record: FaceRecord): Promise<Result<FaceRecord>> {
    const { waiting, revocationKey } = record;
    if (waiting === undefined) return ok(record);
    if (needsWord(record)) return err('face/attestation');
    const revocation = sha256Hex(fromHex(revocationKey) ?? new Uint8Array());
    const body = JSON.stringify({ format: 'tacit-face-enrolment', v: 1, revocation, ...waiting });
    const sent = await http.json({ purpose: 'enrolment', method: 'POST', path: '/v1/faces', body });
    if (!sent.ok) {
      // A word is fresh for minutes: what came too late is asked for again.
      if (sent.error.code === 'face/attestation') await vault.faces.put({ ...record, waiting: { proof: waiting.proof } });
      return sent;
    }
    const answer = answerSchema.safeParse(sent.value);
    if (!answer.success) return err('verifier/unavailable');
    const { waiting: _, ...rest } = record;
    const settled: FaceRecord = { ...rest, family: answer.data.family, registry: answer.data.registry };
    const stored = await vault.faces.put(settled);
    return stored.ok ? ok(settled) : stored;
  }

  async function strikeOff({ face, family, revocationKey }: FaceRecord): Promise<Result<unknown>> {
    const registrar = family === SELF ? {} : { registrar: family.slice(SELF.length + 1) };
    const body = JSON.stringify({ commitment: face.commitment, ...registrar, key: revocationKey });
    return http.json({ purpose: 'enrolment', method: 'POST', path: '/v1/faces/revocations', body });
  }

  async function send(record: FaceRecord): Promise<Result<FaceRecord>> {
    const sent = await register(record);
    if (!sent.ok) return sent;
    const all = await vault.faces.list();
    if (!all.ok) return all;
    // One face a family: whoever enrols again means the new one. What cannot be revoked now stays, older, and is revoked with the next.
    for (const old of all.value.filter(({ id, family }) => id !== record.id && family === sent.value.family)) {
      const struck = old.waiting === undefined ? await strikeOff(old) : ok(undefined);
      if (struck.ok || struck.error.code === 'face/unknown') await vault.faces.remove(old.id);
    }
    tell();
    return sent;
  }

  async function flush(): Promise<Result<void>> {
    if (vault.state() !== 'unlocked') return ok(undefined);
    const all = await vault.faces.list();
    if (!all.ok) return all;
    for (const record of all.value.filter((each) => each.waiting !== undefined && !needsWord(each))) {
      const sent = await send(record);
      if (!sent.ok) return sent;
    }
    return ok(undefined);
  }

  const online = () => void flush();
  globalThis.addEventListener?.('online', online);
  const unsubscribe = vault.subscribe((state) => state === 'unlocked' && void flush());

  async function fitting(request?: FaceRequest): Promise<Result<FaceRecord>> {
    const all = await vault.faces.list();
    if (!all.ok) return all;
    const { parameters } = await published();
    const read = parseFaceParameters(parameters);
    if (!read.ok) return read;
    const family = request === undefined ? SELF : request.registry.slice(0, request.registry.lastIndexOf('.'));
    const [newest] = all.value
      .filter((record) => record.family === family && record.network === read.value.embedding)
      .sort((a, b) => b.enrolledAt - a.enrolledAt);
    return newest === undefined ? err('face/not-enrolled') : ok(newest);
  }

  return {
    prepare: (what, { onProgress, signal } = {}) =>
      startJob(signal, async (stop) => {
        const loaded = await about(stop, onProgress);
        if (!loaded.ok) return loaded;
        if (what === 'face-enrol') return jobs.prepare(what, loaded.value, { signal: stop }).result;
        const record = await fitting(what);
        if (!record.ok) return record;
        const [plan, found] = await Promise.all([
          jobs.prepare('face-match', loaded.value, { signal: stop }).result,
          locate(what, record.value, stop),
        ]);
        return found.ok ? plan : found;
      }),

    enrol: (taken, { onProgress, signal, registrar } = {}) =>
      startJob(signal, async (stop) => {
        const release = vault.keepOpen();
        try {
          const identity = await vault.identity();
          if (!identity.ok) return identity;
          const loaded = await about(stop);
          if (!loaded.ok) return loaded;
          const frame = await frameOf(taken);
          if (!frame.ok) return frame;
          const secret = hashToElements('tacit/face-secret/v1', fromHex(identity.value) ?? new Uint8Array());
          const blinding = hashToElements('tacit/face-blinding/v1', random(32));
          const task = { ...loaded.value, frame: frame.value, secret, blinding, nonce: enrolmentNonce(origin, familyOf(registrar)) };
          const options = { signal: stop, ...(onProgress && { onProgress }) };
          const proved = await jobs.prove('face-enrol', transfer(task, [frame.value.buffer]), options).result;
          if (!proved.ok) return proved;
          const { proof, template } = proved.value.made;
          const record: FaceRecord = {
            id: bytesToHex(random(16)),
            face: {
              format: 'tacit-face-template',
              v: 1,
              model: proof.model,
              commitment: proof.commitment,
              secret,
              blinding,
              template: [...template],
            },
            network: loaded.value.parameters.embedding,
            family: familyOf(registrar),
            ...(registrar === undefined ? {} : { registrar }),
            revocationKey: bytesToHex(random(32)),
            waiting: { proof },
            enrolledAt: Math.floor(http.now()),
          };
          const stored = await vault.faces.put(record);
          return stored.ok ? ok(record) : stored;
        } finally {
          release();
        }
      }),

    send,
    flush,

    async attest(record, word) {
      const { waiting } = record;
      if (waiting === undefined) return ok(record);
      let attestation = word;
      if (attestation === undefined) {
        const body = JSON.stringify({ commitment: record.face.commitment });
        const given = await http.json({ purpose: 'enrolment', method: 'POST', path: '/v1/registrar/attestations', body });
        if (!given.ok) return given;
        attestation = wordSchema.safeParse(given.value).data?.attestation;
      }
      if (attestation === undefined || attestation.length > 4_000) return err('face/attestation');
      const signed: FaceRecord = { ...record, waiting: { ...waiting, attestation } };
      const stored = await vault.faces.put(signed);
      return stored.ok ? send(signed) : stored;
    },

    async list() {
      const all = await vault.faces.list();
      return all.ok ? ok([...all.value].sort((a, b) => b.enrolledAt - a.enrolledAt)) : all;
    },

    find: fitting,

    resemble: ({ face }, { session, shot }) => session.resemble(shot, face.template),

    match: ({ request, record, taken }, { onProgress, signal } = {}) =>
      startJob(signal, async (stop) => {
        const release = vault.keepOpen();
        try {
          const loaded = await about(stop);
          if (!loaded.ok) return loaded;
          const located = await locate(request, record, stop);
          if (!located.ok) return located;
          const frame = await frameOf(taken);
          if (!frame.ok) return frame;
          const task = {
            ...loaded.value,
            frame: frame.value,
            secret: record.face.secret,
            blinding: record.face.blinding,
            template: record.face.template,
            path: located.value.place.path,
            root: located.value.root,
            scope: scopeElements(request.partner.id, request.scope),
            threshold: request.policy.threshold,
            nonce: requestDigest(request),
          };
          const options = { signal: stop, ...(onProgress && { onProgress }) };
          const proved = await jobs.prove('face-match', transfer(task, [frame.value.buffer]), options).result;
          if (!proved.ok) return proved;
          const { made, memoryBytes, times } = proved.value;
          if (made.proof.model !== request.model || made.proof.program !== request.program)
            return err('request/unsupported', { what: 'networks that this app does not have' });
          return ok({ proof: made.proof, memoryBytes, ms: Object.values(times).reduce((sum, ms) => sum + ms, 0) });
        } finally {
          release();
        }
      }),

    async revoke(record) {
      if (record.waiting === undefined) {
        const struck = await strikeOff(record);
        if (!struck.ok && struck.error.code !== 'face/unknown') return struck;
      }
      const removed = await vault.faces.remove(record.id);
      tell();
      return removed;
    },

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    close() {
      globalThis.removeEventListener?.('online', online);
      unsubscribe();
    },
  };
}
