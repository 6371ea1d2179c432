import type { Result, TacitError } from '../base/index.ts';
import type {
  AnyManifest,
  AnyProof,
  AnyRequest,
  BundleIndex,
  BundleManifest,
  CommonArtefact,
  Credential,
  FaceRequest,
  HolderSecret,
  ProofEnvelope,
  ProofRequest,
} from '../protocol/index.ts';
import type { CredentialRecord } from '../vault/index.ts';
import type { CaptureSession } from './capture.ts';
import type { Faces } from './faces/types.ts';
import type { Models } from './models/types.ts';
import type { TransparentJobs } from './transparent/types.ts';

// ---------------------------------------------------------------- what left the device

/** Why the client sent something. `download`: published files; the others carry what their name says and nothing else. */
export type Purpose = 'request' | 'keys' | 'demo' | 'issuer-list' | 'issuer-credential' | 'registry' | 'proof' | 'enrolment' | 'download';

/** One request the client made. Header bytes are the browser's and are not counted; everything we chose is: URL and body. */
export interface LedgerEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly purpose: Purpose;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** UTF-8 bytes of the URL's path and query, and of the body. */
  readonly bytes: number;
  /** The body as sent; empty for GET. */
  readonly body: string;
}

/** Every byte the client chose to send since the page opened: the privacy meter reads it. In memory only. */
export interface Ledger {
  entries(): readonly LedgerEntry[];
  subscribe(listener: () => void): () => void;
  /** JSON text of all entries, for the person to keep. */
  export(): string;
}

// ---------------------------------------------------------------- the verifier

/** A request for a score whose signature, address and bundle were checked. */
export interface OpenRequest extends Opened {
  readonly request: ProofRequest;
  readonly manifest: AnyManifest;
}
/** The same for a face. */
export interface OpenFaceRequest extends Opened {
  readonly request: FaceRequest;
}

interface Opened {
  /** As the verifier says; `expired` also by this device's clock. From the wallet when offline, then `open` or `expired`. */
  readonly status: 'open' | 'accepted' | 'expired';
  /** True when it came from the wallet's history because the verifier could not be reached. */
  readonly offline: boolean;
}

export interface DemoApplicant {
  readonly id: string;
  readonly label: string;
}

export interface IssuerInfo {
  readonly name: string;
  readonly demo: boolean;
  /** Canonical hex coordinates of its Baby Jubjub key. */
  readonly x: string;
  readonly y: string;
  readonly applicants: readonly DemoApplicant[];
}

export interface VerifierClient {
  /**
   * Fetches a request and checks it: JWS against the verifier's keys, thumbprint, verifier.url = this page's origin,
   * bundle known and whole, `referrer` (document.referrer as it was on arrival, '' for none) of request.origin.
   * Errors: request/unknown, request/signature, request/malformed, request/unsupported, request/origin-mismatch,
   * bundle/unknown, bundle/*, network/offline, verifier/unavailable, verifier/busy. An expired or answered request is not an error: see status.
   */
  openRequest(
    id: string,
    options?: { readonly referrer?: string; readonly signal?: AbortSignal },
  ): Promise<Result<OpenRequest | OpenFaceRequest>>;
  /**
   * Sends a proof once, without retry; prefer `outbox.submit`. `code`: what the person takes back to the partner; the same proof sent
   * again gets the same. Errors: what the verifier answers, or network/*, verifier/*.
   */
  sendProof(id: string, proof: AnyProof): Promise<Result<{ readonly code: string }>>;
  issuer(): Promise<Result<IssuerInfo>>;
  /** `GET /v1/demo`: the address of the demo partner's page; undefined where there is none. */
  demo(): Promise<Result<{ readonly partner: string | undefined }>>;
  /** Sends the holder commitments of both proof systems (not the secret) and the applicant's name to the demo issuer. */
  requestCredential(applicant: string, holder: string, leafHolder: string): Promise<Result<Credential>>;
}

// ---------------------------------------------------------------- the wallet's credentials

export interface CredentialMatch {
  readonly record: CredentialRecord;
  /** Why this credential cannot answer the request (credential/*), undefined when it can. */
  readonly problem: TacitError | undefined;
}

export interface Wallet {
  /**
   * Gets a credential from the demo issuer for an applicant and stores it: a fresh blinding under the wallet's secret, the
   * commitment sent, the answer checked (schema, holder, signature, dates) before it is kept.
   */
  obtain(applicant: DemoApplicant): Promise<Result<CredentialRecord>>;
  /** All credentials, usable ones first. An empty list is the app's `credential/missing`. */
  matches(open: OpenRequest): Promise<Result<CredentialMatch[]>>;
}

// ---------------------------------------------------------------- published files

export interface DownloadProgress {
  /** Bytes present (kept ones included) of all the asked files together. */
  readonly bytes: number;
  readonly total: number;
}

/** Names of a manifest's files; of a manifest of either system, the names that both have. */
export type NameIn<M extends AnyManifest> = keyof M['artefacts'] & string;

export interface BundleLoader {
  /** The current bundles, the last known ones when offline. Errors: bundle/malformed, bundle/missing, verifier/unavailable. */
  index(): Promise<Result<BundleIndex>>;
  /** The manifest called `hash`, checked. Errors: bundle/unknown, bundle/malformed, bundle/hash-mismatch, bundle/missing (offline). */
  manifest(hash: string): Promise<Result<AnyManifest>>;
  /** The manifest that requests use where they do not ask for a system: the first Groth16 one of the index. */
  current(): Promise<Result<BundleManifest>>;
  /** Bytes still to be fetched for `names`. */
  missing<M extends AnyManifest>(manifest: M, names: readonly NameIn<M>[]): Promise<Result<number>>;
  /**
   * Makes the files present on the device; goes on where an earlier download stopped. Errors: bundle/download (what came is
   * kept; call again), bundle/hash-mismatch (dropped), bundle/missing (offline), vault/quota, job/cancelled.
   */
  ensure<M extends AnyManifest>(
    manifest: M,
    names: readonly NameIn<M>[],
    options?: { readonly onProgress?: (progress: DownloadProgress) => void; readonly signal?: AbortSignal },
  ): Promise<Result<void>>;
  /** The checked bytes of a present file. Errors: bundle/missing, bundle/hash-mismatch (then dropped). */
  read<M extends AnyManifest>(manifest: M, name: NameIn<M>): Promise<Result<Uint8Array<ArrayBuffer>>>;
}

/** What a proof needs on the device, and what the preview needs. */
export const proofArtefacts = ['wasm', 'zkey', 'vkey', 'model', 'schema'] as const satisfies readonly (keyof BundleManifest['artefacts'])[];
export const previewArtefacts = ['preview', 'model', 'schema'] as const satisfies readonly CommonArtefact[];

/** Every file that answering a request takes, preview and proof alike. */
export const neededArtefacts = (manifest: AnyManifest): readonly CommonArtefact[] =>
  // The names of a Groth16 bundle's own files are in its manifest whenever they are asked for here.
  manifest.system === 'groth16'
    ? ([...previewArtefacts, ...proofArtefacts] as readonly string[] as readonly CommonArtefact[])
    : previewArtefacts;

// ---------------------------------------------------------------- the device

export type WebGpuState = 'right' | 'absent' | 'wrong-answer' | 'failed';

/** Made without any download. */
export interface DeviceReport {
  /** Undefined when a proof can be made here; else device/unsupported with what is missing. */
  readonly problem: TacitError | undefined;
  readonly cores: number;
  /** GiB, rounded by the browser; undefined where it does not tell. */
  readonly memory: number | undefined;
  readonly crossOriginIsolated: boolean;
  readonly simd: boolean;
  /** WebAssembly shared memory. */
  readonly threads: boolean;
  /** Answer of the GPU to a known-answer test; only `right` is ever used. */
  readonly webgpu: WebGpuState;
  /** Estimated milliseconds of a proof, downloads excluded; from a benchmark of at most two seconds. */
  readonly proofMs: number;
}

// ---------------------------------------------------------------- jobs

export interface Job<T> {
  /** Settles once. Never rejects. job/cancelled after cancel(). */
  readonly result: Promise<Result<T>>;
  /** Really stops the work: the worker and its threads are ended. */
  cancel(): void;
}

/** `download` when files are missing, `witness` (exact integers), `prove`, `check` (the proof is verified here before it is offered). */
export type ProofStage = 'download' | 'witness' | 'prove' | 'check';

export interface ProofProgress {
  readonly stage: ProofStage;
  /** 0 to 1 of the whole job, never falling. */
  readonly fraction: number;
  /** Estimated milliseconds left; undefined before anything is known. */
  readonly msLeft: number | undefined;
}

export interface ProofTask {
  readonly manifest: AnyManifest;
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
}

export interface ProofTimes {
  /** Milliseconds of each stage as measured. */
  readonly witness: number;
  readonly prove: number;
  readonly check: number;
}

export interface Proved {
  readonly proof: ProofEnvelope;
  readonly nullifier: string;
  readonly times: ProofTimes;
}

/** Told to the person and to nobody else. `close`: within the stated margin of the threshold; only the exact model decides. */
export interface Preview {
  readonly outcome: 'pass' | 'close' | 'fail';
  /** Integer score units, float model. */
  readonly score: number;
  readonly backend: 'webgpu' | 'wasm';
  /** Milliseconds of the run itself, and of loading runtime and model before it. */
  readonly runMs: number;
  readonly loadMs: number;
}

export interface Jobs {
  /** Device check; cached for the page's life. At most about two seconds. */
  probe(): Promise<Result<DeviceReport>>;
  /**
   * Downloads what is missing for preview and proof alike (`onProgress`: only then, and until all is here), then runs the float model.
   * Errors: credential/*, bundle/*, worker/died, device/memory, job/cancelled.
   */
  startPreview(
    task: ProofTask,
    options?: { readonly onProgress?: (progress: DownloadProgress) => void; readonly signal?: AbortSignal },
  ): Job<Preview>;
  /**
   * Downloads what is missing, then proves in a worker (screen kept awake, wallet kept open). Jobs wait for one another.
   * Errors: policy/not-met, credential/*, bundle/*, proof/self-check, worker/died, device/memory, job/cancelled.
   */
  startProof(
    task: ProofTask,
    options?: { readonly onProgress?: (progress: ProofProgress) => void; readonly signal?: AbortSignal },
  ): Job<Proved>;
}

// ---------------------------------------------------------------- sending

/**
 * `queued` says why it could not be sent yet; it is tried again by itself until the request expires. `code` shows the partner that it was
 * this browser which answered; it is absent only for answers accepted before there were codes.
 */
export type Submitted =
  | { readonly state: 'accepted'; readonly code?: string | undefined }
  | { readonly state: 'queued'; readonly reason: TacitError }
  | { readonly state: 'refused'; readonly error: TacitError };

export interface Outbox {
  /** Stores the proof in the wallet first, then sends it; history is kept up to date. Errors: vault/* only. */
  submit(request: AnyRequest, proof: AnyProof): Promise<Result<Submitted>>;
  /** Tries all that are due; also called by itself when the device comes online and every so often. Locked: does nothing. */
  flush(): Promise<Result<void>>;
  /** Called after each change (sent, refused, expired), with the request's id. */
  subscribe(listener: (id: string, outcome: Submitted) => void): () => void;
}

export interface Client {
  readonly ledger: Ledger;
  readonly verifier: VerifierClient;
  readonly wallet: Wallet;
  readonly bundles: BundleLoader;
  readonly jobs: Jobs;
  /** Proofs without a setup, of whole programs. */
  readonly transparent: TransparentJobs;
  /** Compiled models, to look at. */
  readonly models: Models;
  readonly outbox: Outbox;
  /** Enrolled faces: proofs, registry, sending. */
  readonly faces: Faces;
  /** A new session at the camera; whoever opens one closes it. */
  capture(): CaptureSession;
  /** Milliseconds since 1970 by the verifier's clock, as far as it was seen: countdowns go by it. */
  now(): number;
  /** Ends workers and timers. */
  close(): void;
}
