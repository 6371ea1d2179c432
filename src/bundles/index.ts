// SPDX-License-Identifier: Apache-2.0
//
// bundles: reads proof bundles from a folder on disk (public/bundles, or where an operator keeps his), every file checked
// against its hash on each read. Node only; imports base and protocol. The CLI and the verifier service may import it;
// the app has its own loader (src/client), since it downloads, resumes and caches.

export { type Bundle, type BundleStore, type Groth16Bundle, openBundles, type TransparentBundleFiles } from './store.ts';
