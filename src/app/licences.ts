import list from './licences.json' with { type: 'json' };

/** A package that is part of the built app. The list is made from a real build: `node src/app/scripts/licences.mjs`. */
export interface Licence {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}

export const licences: readonly Licence[] = list;
