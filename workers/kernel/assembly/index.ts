// The proving kernels: arrays in, arrays out, no protocol. workers/kernel/fast.ts is their only caller.
export { blake3 } from './blake3';
export { addEntries } from './entries';
export { fromMontgomery, toMontgomery } from './field';
export {
  addOuter,
  addScaled,
  addScaledBase,
  dot,
  dotBase,
  dropTop,
  eqStep,
  affine0,
  affine1,
  affine2,
  affine3,
  fold,
  fractionRound,
  fractionRoundLeaf,
  fractionUp,
  fractionUpLeaf,
  innerRound,
  productRound,
  scale,
} from './generated/planes';
export { absorbColumns, grind, joinChunks, merkleLevel, scatterDigests, seedPointer, setThread } from './hash';
export { timesVector } from './matrix';
export { ntt, nttRows } from './ntt';

export function heapBase(): usize {
  return __heap_base;
}
