// SPDX-License-Identifier: Apache-2.0

/** What one caller may ask of this service. Tests lower them; an operator does not need to. */
export interface Limits {
  /** Bytes of a posted proof; an honest one has under 4 kB. */
  readonly proofBytes: number;
  /** Bytes of a posted proof of a face: about 900 kB as text. */
  readonly faceProofBytes: number;
  /** Bytes of any other body. */
  readonly bodyBytes: number;
  /** Milliseconds in which a body must have arrived. */
  readonly bodyMillis: number;
  /** Calls of /v1 that are worked on at the same time; the next one is told to come back. */
  readonly inFlight: number;
  /** Bodies that may be arriving at the same time; they do not count as worked on until they are whole. */
  readonly arriving: number;
  /** Proofs that are checked for one request. */
  readonly attempts: number;
  /** Seconds by which a partner's clock may differ from ours, and for which a signed order is fresh. */
  readonly freshness: number;
}

export const defaultLimits: Limits = {
  proofBytes: 16 * 1024,
  faceProofBytes: 2 ** 20,
  bodyBytes: 64 * 1024,
  bodyMillis: 10_000,
  inFlight: 64,
  arriving: 512,
  attempts: 20,
  freshness: 300,
};

/** Seconds after which a caller that met a full house may come back. */
export const RETRY_AFTER_SECONDS = 1;
