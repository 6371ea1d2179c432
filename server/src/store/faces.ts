// SPDX-License-Identifier: Apache-2.0
import type Database from 'libsql';
import { invariant } from '../../../src/base/index.ts';
import { digestFromHex } from '../../../src/registry/index.ts';
import type { sqliteRegistries } from './registries.ts';
import type { NewFace } from './store.ts';

interface FaceRow {
  revocation: string;
  revoked_at: number | null;
}

/**
 * Faces in their registries. A registry only ever grows; to strike a leaf off, a new registry of the family begins under the next
 * number, with nobody's leaf in that place. `enrol` and `revoke` must run inside a write transaction; the caller holds it.
 */
export function sqliteFaces(db: Database.Database, registries: ReturnType<typeof sqliteRegistries>) {
  const select = db.prepare('SELECT revocation, revoked_at FROM faces WHERE family = ? AND commitment = ?');
  const insert = db.prepare('INSERT INTO faces (family, commitment, revocation, enrolled_at) VALUES (?, ?, ?, ?)');
  const strike = db.prepare('UPDATE faces SET revoked_at = ? WHERE family = ? AND commitment = ?');
  const selectGeneration = db.prepare('SELECT generation FROM face_generations WHERE family = ?');
  const putGeneration = db.prepare(
    'INSERT INTO face_generations (family, generation) VALUES (?, ?) ON CONFLICT (family) DO UPDATE SET generation = excluded.generation',
  );

  const generation = (family: string): number => (selectGeneration.get(family) as { generation: number } | undefined)?.generation ?? 1;
  const newest = (family: string): string => `${family}.${generation(family)}`;
  const leafOf = (commitment: string) => {
    const leaf = digestFromHex(commitment);
    invariant(leaf !== undefined, 'a commitment that was checked');
    return leaf;
  };

  return {
    newest,

    enrol: ({ family, commitment, revocation, now }: NewFace) => {
      const registry = newest(family);
      const known = select.get(family, commitment) as FaceRow | undefined;
      if (known !== undefined) return { outcome: known.revoked_at === null ? ('known' as const) : ('revoked' as const), registry };
      insert.run(family, commitment, revocation, now);
      registries.appendOne(registry, leafOf(commitment), now);
      return { outcome: 'enrolled' as const, registry };
    },

    revoke: ({ family, commitment, revocation, now }: NewFace) => {
      const known = select.get(family, commitment) as FaceRow | undefined;
      if (known === undefined) return 'unknown' as const;
      if (known.revocation !== revocation) return 'refused' as const;
      if (known.revoked_at !== null) return 'revoked' as const;
      strike.run(now, family, commitment);
      const before = newest(family);
      putGeneration.run(family, generation(family) + 1);
      registries.strike(before, newest(family), leafOf(commitment), now);
      return 'revoked' as const;
    },
  };
}
