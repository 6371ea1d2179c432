import { type Ext, type Kernels, ONE, type Planes, ZERO } from '../../field/index.ts';
import type { QuadraticCells } from '../../program/index.ts';
import type { Plan } from '../../protocol/transparent/index.ts';
import type { Messages } from './messages.ts';

/** The zero-check over all quadratics. */
export function proveZeroCheck(
  plan: Plan,
  cells: readonly QuadraticCells[],
  out: Messages,
  kernels: Kernels,
): { readonly zeroPoint: readonly Ext[]; readonly zeroRounds: readonly Ext[] } {
  const { pads, zeroSpace } = plan;
  if (pads.zeroCheck === undefined || zeroSpace === undefined) return { zeroPoint: [], zeroRounds: [] };
  const mark = kernels.mark();
  const side = (name: keyof QuadraticCells): Planes => {
    const planes = kernels.planes(2 ** zeroSpace.bits);
    const inner = kernels.mark();
    const values = kernels.base(planes.length, (canonical) => {
      cells.forEach((relation, i) => {
        canonical.set(relation[name], zeroSpace.offsets[i]);
      });
    });
    kernels.affine(planes, ZERO, [ONE], [values]);
    kernels.release(inner);
    return planes;
  };
  let [a, b, c] = [side('a'), side('b'), side('c')];
  const zeroPoint = out.transcript.challenges('zero point', zeroSpace.bits);
  const zeroRounds: Ext[] = [];
  // The weights of the first round: eq over all variables but the first.
  let e = kernels.eqTable(zeroPoint.slice(1), ONE);
  for (const [i, cells] of pads.zeroCheck.rounds.entries()) {
    if (i > 0) e = kernels.dropTop(e);
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
