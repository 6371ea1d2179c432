import { seeded } from './random.ts';

/** Fold (0 … folds-1) of each item, so that every fold has the same share of both outcomes. */
export function stratifiedFolds(good: readonly boolean[], folds: number, seed: number): number[] {
  const random = seeded(seed);
  const fold = new Array<number>(good.length).fill(0);
  for (const outcome of [false, true]) {
    const places = random.shuffle(good.flatMap((value, i) => (value === outcome ? [i] : [])));
    places.forEach((place, rank) => {
      fold[place] = rank % folds;
    });
  }
  return fold;
}

/** Five folds, five times: the seeds of the repeats are fixed, so everybody scores the same splits. */
export const crossValidation = { folds: 5, seeds: [101, 102, 103, 104, 105] } as const;

/** One fifth of the rows, never seen by the final model's training; applicants.json is drawn from it. */
export const heldOut = (good: readonly boolean[]): boolean[] => stratifiedFolds(good, 5, 2024).map((fold) => fold === 0);
