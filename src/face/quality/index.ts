// SPDX-License-Identifier: Apache-2.0
export { type Guidance, guidance, isFault, judge, LIMITS } from './judge.ts';
export { countFaces, type FaceMeasures, type Measures, measureFrame, measureMesh, spreadOf } from './measure.ts';
export { fingerprint, isStill, type Stillness, watchStill } from './still.ts';
