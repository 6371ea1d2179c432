// SPDX-License-Identifier: Apache-2.0
//
// circuits/face: the statements face-enrol and face-match, which share a canonical frame, an embedding network and an anti-spoof
// network. Imports base, field, model, protocol and program; prove and verify do not know it, cli, client and server may import it. Pure.

export * from './constants.ts';
export { type Enrolment, type EnrolSecrets, type FaceEnrol, faceEnrol } from './enrol.ts';
export * from './files.ts';
export { commitmentOf, type FaceMatch, faceMatch, type Holder, type Match, type MatchPublics, nullifierOf, type Path } from './match.ts';
export { type FaceNetworks, faceGraph } from './networks.ts';
export type { Forward } from './program.ts';
