import list from './licences.json' with { type: 'json' };

/** A package that is part of the built app. The list is made by bundling it: `node src/app/scripts/licences.mjs`. */
export interface Licence {
  readonly name: string;
  /** Empty for what is no package. */
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
}

export const licences: readonly Licence[] = list.packages.map((entry) => ({ ...entry, text: list.texts[entry.text] ?? '' }));
