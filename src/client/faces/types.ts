import type { Result } from '../../base/index.ts';
import type { FaceAnswer, FaceRequest, Registrar } from '../../protocol/index.ts';
import type { FaceRecord } from '../../vault/index.ts';
import type { CaptureSession, Likeness } from '../capture.ts';
import type { TransparentPlan, TransparentProgress } from '../transparent/types.ts';
import type { DownloadProgress, Job } from '../types.ts';

/** One picture that a session at the camera keeps. */
export interface Taken {
  readonly session: Pick<CaptureSession, 'frame' | 'forget' | 'resemble'>;
  readonly shot: number;
}

interface JobOptions {
  readonly onProgress?: (progress: TransparentProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a match is asked for with; the record is the wallet's. */
export interface FaceMatchJob {
  readonly request: FaceRequest;
  readonly record: FaceRecord;
  readonly taken: Taken;
}

/** Whether an enrolment cannot be sent yet, since its registrar has not signed for it. */
export const needsWord = ({ registrar, waiting }: FaceRecord): boolean =>
  registrar !== undefined && waiting !== undefined && waiting.attestation === undefined;

export interface FaceMatched {
  readonly proof: FaceAnswer;
  readonly memoryBytes: number;
  /** Milliseconds of the whole job in the worker. */
  readonly ms: number;
}

/** Enrolled faces on this device and at the verifier. */
export interface Faces {
  /**
   * Loads the networks and lays the program out, so that the proof starts at once; for a match also what the proof takes from the verifier,
   * whatever comes of it, so that nobody can tell from what is fetched who looked and did not match. Errors: bundle/*, device/*,
   * registry/*, network/*, worker/died, job/cancelled.
   */
  prepare(
    what: 'face-enrol' | FaceRequest,
    options?: { readonly onProgress?: (progress: DownloadProgress) => void; readonly signal?: AbortSignal },
  ): Job<TransparentPlan>;
  /**
   * Proves an enrolment out of a picture and keeps it in the wallet, waiting to be sent, or for its registrar's word before. The picture is forgotten. Errors: face/spoof,
   * face/blank, prove/memory, device/memory, worker/died, job/cancelled, vault/*, bundle/*.
   */
  enrol(taken: Taken, options?: JobOptions & { readonly registrar?: Registrar | undefined }): Job<FaceRecord>;
  /**
   * Brings the registrar's word on a waiting enrolment, as the person was given it there, and sends it. Without one the demo registrar is
   * asked. Errors: face/attestation (the word is dropped again), request/unsupported (no demo registrar), and those of {@link send}.
   */
  attest(record: FaceRecord, word?: string): Promise<Result<FaceRecord>>;
  /**
   * Sends an enrolment that waits for nothing else; it then takes the place of earlier ones, which are revoked. Errors: what the verifier answers, network/*,
   * verifier/* (it goes on waiting), vault/*.
   */
  send(record: FaceRecord): Promise<Result<FaceRecord>>;
  /** Sends all that wait; also called by itself when the device comes online. Locked: does nothing. */
  flush(): Promise<Result<void>>;
  /** All enrolments, the newest first. Errors: vault/*. */
  list(): Promise<Result<readonly FaceRecord[]>>;
  /** The enrolment that can answer a request (without one: any), the newest first. Error: face/not-enrolled, vault/*. */
  find(request?: FaceRequest): Promise<Result<FaceRecord>>;
  /** How alike a picture is to the enrolled face, to the float network: told before anything is proven, and to nobody else. */
  resemble(record: FaceRecord, taken: Taken): Promise<Result<Likeness>>;
  /**
   * Proves that a picture matches. The picture is forgotten. Errors: face/no-match, face/path, registry/*, request/unsupported (this
   * app has other networks), prove/memory, device/memory, worker/died, job/cancelled, bundle/*.
   */
  match(job: FaceMatchJob, options?: JobOptions): Job<FaceMatched>;
  /** Revokes an enrolment at the verifier and forgets it here. Errors: network/*, verifier/*, face/*, vault/*. */
  revoke(record: FaceRecord): Promise<Result<void>>;
  /** Called after an enrolment was sent, replaced or revoked. */
  subscribe(listener: () => void): () => void;
}
