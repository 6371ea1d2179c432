import { soundnessSplit } from '../../protocol/index.ts';
import type { useFormat } from '../ui/useFormat.ts';

/** Values of the texts that show proven bits: all of them, and the parts they are made of. */
export function bitsShown(format: ReturnType<typeof useFormat>, soundness: number): { bits: string; bare: string; work: string } {
  const { bits, bare, work } = soundnessSplit(soundness);
  return { bits: format.number(bits), bare: format.number(bare), work: format.number(work) };
}
