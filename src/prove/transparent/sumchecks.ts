import { type Ext, type Kernels, ONE, type Planes, ZERO } from '../../field/index.ts';
import { evaluateForm, type LinearForm, type Program, type Source } from '../../program/index.ts';
import type { Plan } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** The zero-check over all quadratics. */
export function proveZeroCheck(
  plan: Plan,
  read: (source: Source) => Uint32Array,
  out: Messages,
  kernels: Kernels,
): { readonly zeroPoint: readonly Ext[]; readonly zeroRounds: readonly Ext[] } {
  const { program, pads, zeroSpace } = plan;
  if (pads.zeroCheck === undefined || zeroSpace === undefined) return { zeroPoint: [], zeroRounds: [] };
  const mark = kernels.mark();
  const side = (pick: (program: Program, i: number) => LinearForm): Planes => {
    const values = new Uint32Array(2 ** zeroSpace.bits);
    program.quadratics.forEach((_, i) => {
      values.set(evaluateForm(pick(program, i), read), zeroSpace.offsets[i]);
    });
    const planes = kernels.planes(values.length);
    kernels.affine(planes, ZERO, [ONE], [kernels.base(values.length, values)]);
    values.fill(0);
    return planes;
  };
  let [a, b, c] = [side((p, i) => p.quadratics[i].a), side((p, i) => p.quadratics[i].b), side((p, i) => p.quadratics[i].c)];
  const zeroPoint = out.transcript.challenges('zero point', zeroSpace.bits);
  const zeroRounds: Ext[] = [];
  let e = kernels.eqTable(zeroPoint, ONE);
  for (const cells of pads.zeroCheck.rounds) {
    e = kernels.dropTop(e);
    out.padded('zero rounds', kernels.productRound(a, b, c, e), cells);
    const r = out.transcript.challenge('zero round');
    zeroRounds.push(r);
    [a, b, c] = [kernels.fold(a, r), kernels.fold(b, r), kernels.fold(c, r)];
  }
  const { a: padA, b: padB, c: padC } = pads.zeroCheck;
  out.padded('zero ends', [kernels.getAt(a, 0), kernels.getAt(b, 0), kernels.getAt(c, 0)], [padA.pad, padB.pad, padC]);
  kernels.release(mark);
  return { zeroPoint, zeroRounds };
}
