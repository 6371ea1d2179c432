// SPDX-License-Identifier: Apache-2.0
import { sha256, utf8ToBytes } from '../../src/base/index.ts';

/** The name the demo issuer carries wherever it is shown. */
export const DEMO_ISSUER_NAME = 'Demo issuer (not real)';

/**
 * The demo issuer's private key. It is derived from this published text, so that every clone can try the whole way; so anybody
 * can forge its credentials, and a verifier accepts it only where it is configured to (assurance `demo-attested`).
 */
export const demoIssuerKey = (): Uint8Array => sha256(utf8ToBytes('tacit demo issuer: this key is public, its credentials prove nothing'));
