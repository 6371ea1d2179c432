import { type Ext, extSub } from '../../field/index.ts';
import type { ProofData, Transcript } from '../../protocol/transparent/index.ts';
import type { Hooks } from './hooks.ts';

/** Sends messages: subtracts pads, writes them into the proof and into the transcript, in one step. */
export class Messages {
  readonly transcript: Transcript;
  private readonly data: ProofData;
  private readonly pads: readonly Ext[];
  private readonly hooks: Hooks;

  constructor(transcript: Transcript, data: ProofData, pads: readonly Ext[], hooks: Hooks) {
    this.transcript = transcript;
    this.data = data;
    this.pads = pads;
    this.hooks = hooks;
  }

  /** Appends to the field `name` as it is: only for what is uniform or determined by other messages. */
  bare(name: string, values: readonly Ext[]): void {
    const sent = this.hooks.message?.(name, values) ?? values;
    this.data.setExt(name, [...this.data.ext(name), ...sent]);
    this.transcript.ext(name, sent);
  }

  /** Appends value - pad for each pad cell. */
  padded(name: string, values: readonly Ext[], cells: readonly number[]): void {
    this.hooks.padded?.(name, cells);
    this.bare(
      name,
      values.map((value, i) => extSub(value, this.pads[cells[i]])),
    );
  }
}
