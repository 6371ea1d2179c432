// SPDX-License-Identifier: Apache-2.0
import type { Applicant } from './demo-issuer.ts';
import type { Faces } from './faces/faces.ts';
import type { Issuers } from './issuers.ts';
import type { SigningKeys } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './log.ts';
import type { PartnerBook } from './partners.ts';
import type { Registries } from './registries.ts';
import type { StaticFiles } from './static/index.ts';
import type { Store } from './store/index.ts';
import type { Verifiers } from './verifiers.ts';

/** Everything the service stands on, passed in, so that tests run it in process with a clock and a store of their own. */
export interface Services {
  /** Where people and partners reach the service. */
  readonly origin: string;
  /** Unix time in whole seconds. */
  readonly clock: () => number;
  /** `length` unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly store: Store;
  readonly keys: SigningKeys;
  readonly partners: PartnerBook;
  readonly issuers: Issuers;
  readonly registries: Registries;
  /** Whom the demo issuer attests, where it runs. */
  readonly applicants: readonly Applicant[];
  /** Where the demo partner's page is, if there is one. */
  readonly demoPartner?: string;
  readonly verifiers: Verifiers;
  /** Checks faces, where the service has their networks. */
  readonly faces?: Faces;
  /** Built app and bundles, as found at start-up. */
  readonly files: StaticFiles;
  readonly log: Logger;
  readonly limits: Limits;
}
