// The proving kernels: arrays in, arrays out, no protocol. workers/kernel/fast.ts is their only caller.
export { blake3 } from './blake3';
export { fromMontgomery, toMontgomery } from './field';
export {
  addOuter,
  addScaled,
  addScaledBase,
  dot,
  dotBase,
  dropTop,
  eqStep,
  fill,
  fold,
  foldBase,
  fractionRound,
  fractionRoundLeaf,
  fractionUp,
  fractionUpLeaf,
  innerRound,
  innerRoundBase,
  productRound,
} from './generated/planes';
export { absorbColumns, grind, joinChunks, merkleLevel, scatterDigests, seedPointer } from './hash';
export { ntt } from './ntt';

export function heapBase(): usize {
  return __heap_base;
}
