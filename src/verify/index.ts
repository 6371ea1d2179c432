// SPDX-License-Identifier: Apache-2.0
//
// verify: whether a proof answers a request. Pure and total, the same in a page, a worker, the verifier and the CLI. Imports base,
// protocol and the statements of circuits; never prove. The CLI, the workers and the verifier service may import it.

export { prepareBundle, type VerifierBundle, verifyProof } from './verify.ts';
