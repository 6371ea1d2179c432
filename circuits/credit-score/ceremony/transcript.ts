// What a ceremony leaves in writing: who gave what in which order, the files by their hashes. `check.ts` holds the files against it.
import * as z from 'zod';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));

const contribution = z.strictObject({
  name: z.string().min(1).max(200),
  /** BLAKE2b-512 of the contribution, as snarkjs prints it. */
  hash: hex(64),
  beacon: z.strictObject({ value: z.string().regex(/^(?:[0-9a-f]{2}){1,255}$/), iterationsExponent: z.int().min(10).max(63) }).optional(),
});
export type Contribution = z.infer<typeof contribution>;

const transcriptSchema = z.strictObject({
  format: z.literal('tacit-ceremony'),
  v: z.literal(1),
  keys: z.enum(['development', 'ceremony']),
  note: z.string().max(1000),
  tools: z.record(z.string(), z.string()),
  circuit: z.strictObject({
    r1cs: hex(32),
    constraints: z.int().min(1),
    wires: z.int().min(1),
    publicInputs: z.int().min(1),
    optimisation: z.string(),
  }),
  phase1: z.strictObject({
    power: z.int().min(1).max(28),
    /** The powers of tau as the last contribution left them; whether they are prepared for phase 2 does not matter. */
    powers: z.strictObject({ sha256: hex(32), bytes: z.int().min(1) }),
    contributions: z.array(contribution).min(1),
  }),
  phase2: z.strictObject({ contributions: z.array(contribution).min(1) }),
  results: z.strictObject({ zkey: hex(32), vkey: hex(32) }),
  checks: z.array(z.string()),
});
export type Transcript = z.infer<typeof transcriptSchema>;

/** Throws when it is none. */
export const readTranscript = (bytes: Uint8Array): Transcript => transcriptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
