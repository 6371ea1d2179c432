import type { Result } from '../../base/index.ts';
import type {
  Credential,
  FaceAnswer,
  FaceEnrolProof,
  FaceParameters,
  HolderSecret,
  InputOpening,
  ModelProof,
  ProofRequest,
  TransparentManifest,
  TransparentProof,
} from '../../protocol/index.ts';
import type { Digest, MerklePath } from '../../registry/index.ts';
import type { Job } from '../types.ts';

/** The statement `model`: what a compiled network says. */
export interface ModelAbout {
  /** The bytes of network.bin. */
  readonly network: Uint8Array<ArrayBuffer>;
  /** What becomes public instead of the outputs. */
  readonly policy?: NonNullable<ModelProof['policy']> | undefined;
}

export interface ModelTask extends ModelAbout {
  /** The input as real numbers, row-major; quantised in the worker. */
  readonly input: Float64Array<ArrayBuffer>;
  /** 64 lower-case hex digits of somebody who wants a fresh proof; random when absent. */
  readonly nonce?: string;
}

export interface ModelMade {
  readonly file: ModelProof;
  /** As private as the input: kept or shown only on the person's word. */
  readonly opening: InputOpening;
}

/** The statement `credit-score`: what its bundle says. */
export interface CreditAbout {
  readonly manifest: TransparentManifest;
  /** Artefacts of it. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly schema: Uint8Array<ArrayBuffer>;
}

export interface CreditTask extends CreditAbout {
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
  /** From the credential's leaf to `root`, and what the issuer signed of that root. */
  readonly path: MerklePath;
  readonly root: Digest;
  readonly issued: TransparentProof['issued'];
}

export interface CreditMade {
  readonly proof: TransparentProof;
}

/** What both statements about a face say: the compiled networks, each by its hash in the parameters. */
export interface FaceAbout {
  readonly parameters: FaceParameters;
  readonly embedding: Uint8Array<ArrayBuffer>;
  readonly antispoof: Uint8Array<ArrayBuffer>;
}

/** What a device alone knows of one enrolment; overwritten in the worker when the job ends. */
export interface FaceSecrets {
  /** Eight field elements each. */
  readonly secret: readonly number[];
  readonly blinding: readonly number[];
}

interface FaceTask extends FaceAbout {
  /** The canonical frame as the capture worker gives it: red, green and blue, row by row. Overwritten when the job ends. */
  readonly frame: Uint8Array<ArrayBuffer>;
  /** 64 lower-case hex digits: what the proof is for. */
  readonly nonce: string;
}

export interface FaceEnrolTask extends FaceTask, FaceSecrets {}
export interface FaceEnrolMade {
  readonly proof: FaceEnrolProof;
  /** As private as the face: for the vault alone. */
  readonly template: readonly number[];
}

export interface FaceMatchTask extends FaceTask, FaceSecrets {
  readonly template: readonly number[];
  readonly path: MerklePath;
  readonly root: Digest;
  readonly scope: Digest;
  /** Parts in 4096 of a cosine of 1. */
  readonly threshold: number;
}
export interface FaceMatchMade {
  readonly proof: FaceAnswer;
}

/**
 * Every statement that the transparent system proves here: what fixes its program, what one proof takes beside that, what comes
 * out. A statement more is an entry here and one in workers/transparent/statements.ts.
 */
export interface TransparentStatements {
  readonly model: { readonly about: ModelAbout; readonly task: ModelTask; readonly made: ModelMade };
  readonly 'credit-score': { readonly about: CreditAbout; readonly task: CreditTask; readonly made: CreditMade };
  readonly 'face-enrol': { readonly about: FaceAbout; readonly task: FaceEnrolTask; readonly made: FaceEnrolMade };
  readonly 'face-match': { readonly about: FaceAbout; readonly task: FaceMatchTask; readonly made: FaceMatchMade };
}
export type TransparentKind = keyof TransparentStatements;
export type AboutOf<K extends TransparentKind> = TransparentStatements[K]['about'];
export type TaskOf<K extends TransparentKind> = TransparentStatements[K]['task'];
export type MadeOf<K extends TransparentKind> = TransparentStatements[K]['made'];

/** In order: code and program, the statement's own evaluation, cells, commitment, lookups, all equations as one, its proof, openings, self-check. */
export const transparentStages = ['read', 'forward', 'witness', 'commit', 'lookups', 'functional', 'inner', 'open', 'check'] as const;
export type TransparentStage = (typeof transparentStages)[number];

/** What a proof will take, known before anything private is looked at. */
export interface TransparentPlan {
  readonly memoryBytes: number;
  /** Bytes that this device may use for it. */
  readonly budget: number;
  readonly proofBytes: number;
  /** Proven bits. */
  readonly soundness: number;
  /** Milliseconds by a rule of thumb, or as the last proof of this program took. */
  readonly estimateMs: number;
}

export interface TransparentProved<Made> {
  readonly made: Made;
  readonly proofBytes: number;
  readonly memoryBytes: number;
  readonly soundness: number;
  /** Milliseconds of each stage as measured in the worker. */
  readonly times: Readonly<Record<TransparentStage, number>>;
}

export interface TransparentProgress {
  readonly stage: TransparentStage;
  /** 0 to 1 of the whole job, never falling. */
  readonly fraction: number;
  /** Estimated milliseconds left; undefined before anything is known. */
  readonly msLeft: number | undefined;
}

export interface TransparentOptions {
  readonly onProgress?: (progress: TransparentProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CheckedModelProof {
  readonly file: ModelProof;
  /** Proven bits, computed here. */
  readonly soundness: number;
  /** Real values of each output. */
  readonly values: readonly (readonly number[])[];
  /** With a policy of a bound: the bound in real numbers. */
  readonly bound: number | undefined;
  /** Milliseconds of the check itself. */
  readonly took: number;
}

export interface TransparentJobs {
  /** Loads the prover's code and kernels and works out the statement's program: a proof then starts at once. */
  prepare<K extends TransparentKind>(kind: K, about: AboutOf<K>, options?: Pick<TransparentOptions, 'signal'>): Job<TransparentPlan>;
  /**
   * Proves in a worker of its own (screen kept awake); the proof was verified there before it comes out. Jobs wait for one another.
   * Errors: those of the statement, prove/memory with the estimate, before it starts; device/memory, proof/self-check,
   * bundle/download (the kernels), device/unsupported, worker/died, job/cancelled.
   */
  prove<K extends TransparentKind>(kind: K, task: TaskOf<K>, options?: TransparentOptions): Job<TransparentProved<MadeOf<K>>>;
  /**
   * Checks a model's proof file against one's own copy of the network, in the worker. Errors: those of the network, input/too-large,
   * proof/*.
   */
  verifyModel(network: Uint8Array<ArrayBuffer>, text: string, options?: Pick<TransparentOptions, 'signal'>): Job<CheckedModelProof>;
  /** Ends the worker now, and with it whatever it keeps. */
  close(): void;
}

/** What the worker answers; plain data over Comlink. */
export interface TransparentApi {
  ping(): void;
  prepare<K extends TransparentKind>(kind: K, about: AboutOf<K>): Promise<Result<Omit<TransparentPlan, 'budget'>>>;
  prove<K extends TransparentKind>(
    kind: K,
    task: TaskOf<K>,
    /** Bytes that the kernels may take. */
    budget: number,
    onProgress: (progress: TransparentReport) => void,
  ): Promise<Result<TransparentProved<MadeOf<K>>>>;
  verifyModel(network: Uint8Array<ArrayBuffer>, text: string): Promise<Result<CheckedModelProof>>;
}

export interface TransparentReport {
  readonly stage: TransparentStage;
  /** 0 to 1 of the worker's whole work. */
  readonly fraction: number;
  /** Once the program is known: milliseconds that the whole takes by a rule of thumb. */
  readonly estimateMs?: number;
}
