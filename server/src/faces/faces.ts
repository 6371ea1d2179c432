// SPDX-License-Identifier: Apache-2.0
import type { CryptoKey } from 'jose';
import { type Registrar, slug } from '../../../src/protocol/index.ts';
import type { RegistrarConfig } from '../config.ts';
import { importPublicKey } from '../jws.ts';
import { readKeyFile } from '../partners.ts';
import { StartError } from '../start-error.ts';
import type { FaceChecker } from './checker.ts';
import { demoRegistrar } from './demo-registrar.ts';

export interface KnownRegistrar extends Registrar {
  /** By the RFC 7638 thumbprint of the key. */
  readonly keys: ReadonlyMap<string, CryptoKey>;
}

/** What this service knows of faces. */
export interface Faces extends FaceChecker {
  readonly registrars: ReadonlyMap<string, KnownRegistrar>;
}

/** The registries of self-enrolled faces. */
const SELF = 'faces';

/** The family of registries that a registrar (none: the person alone) puts faces in; its members are `family.1`, `family.2` … */
export const familyOf = (registrar?: string): string => (registrar === undefined ? SELF : `${SELF}-${registrar}`);

/** Whether `id` is a registry of faces that this service keeps, of whatever generation. */
export function isFaceRegistry(faces: Faces | undefined, id: string): boolean {
  if (faces === undefined) return false;
  const [, family] = /^(.+)\.[1-9][0-9]{0,8}$/.exec(id) ?? [];
  return family !== undefined && [undefined, ...faces.registrars.keys()].some((registrar) => familyOf(registrar) === family);
}

/**
 * Those of the configuration, and the demo registrar where it runs. Throws StartError for a key that cannot be read, is published, or
 * serves two registrars, and for an id that no registry can carry.
 */
export async function openRegistrars(configs: readonly RegistrarConfig[], runsDemo = false): Promise<Map<string, KnownRegistrar>> {
  const demo = await demoRegistrar();
  const seen = new Set<string>();
  const all = new Map<string, KnownRegistrar>(runsDemo ? [[demo.id, demo]] : []);
  for (const { id, name, keys: entries } of configs) {
    if (!slug.safeParse(`${familyOf(id)}.${10 ** 8}`).success) throw new StartError(`The id of registrar ${id} is too long.`);
    const keys = new Map<string, CryptoKey>();
    for (const entry of entries) {
      const { kid, key } = await importPublicKey('file' in entry ? readKeyFile(entry.file) : entry);
      if (demo.keys.has(kid)) throw new StartError(`Registrar ${id} has the demo registrar’s key, which is published.`);
      if (seen.has(kid)) throw new StartError(`One registrar key is listed twice (the second time for ${id}).`);
      seen.add(kid);
      keys.set(kid, key);
    }
    all.set(id, { id, name, demo: false, keys });
  }
  return all;
}
