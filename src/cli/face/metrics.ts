/** One pair: similarity, whether it is one person, and the fold it belongs to. */
export interface ScoredPair {
  readonly score: number;
  readonly same: boolean;
  readonly fold: number;
}

export interface Verification {
  /** Mean over the folds of the accuracy at the threshold that is best on the other folds. */
  readonly accuracy: number;
  readonly auc: number;
  readonly tarAtFar1e2: number;
  readonly tarAtFar1e3: number;
  readonly thresholdAtFar1e2: number;
  readonly thresholdAtFar1e3: number;
}

const accuracyAt = (pairs: readonly ScoredPair[], threshold: number): number =>
  pairs.filter((pair) => pair.score >= threshold === pair.same).length / pairs.length;

function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = [...pairs].sort((a, b) => b.score - a.score);
  let right = pairs.filter((pair) => !pair.same).length;
  let [best, threshold] = [right, Number.POSITIVE_INFINITY];
  sorted.forEach((pair, i) => {
    right += pair.same ? 1 : -1;
    if (right > best) [best, threshold] = [right, (pair.score + (sorted[i + 1]?.score ?? pair.score)) / 2];
  });
  return threshold;
}

/** The threshold that lets at most a share `far` of the pairs of two persons through. */
function thresholdAt(negatives: readonly number[], far: number): number {
  const allowed = Math.floor(far * negatives.length);
  const next = negatives[allowed] ?? Number.NEGATIVE_INFINITY;
  return next + 1e-9;
}

export function verification(pairs: readonly ScoredPair[]): Verification {
  const folds = [...new Set(pairs.map((pair) => pair.fold))];
  const perFold = folds.map((fold) => {
    const others = pairs.filter((pair) => pair.fold !== fold);
    const own = pairs.filter((pair) => pair.fold === fold);
    return accuracyAt(own, bestThreshold(others.length === 0 ? own : others));
  });
  const negatives = pairs.flatMap((pair) => (pair.same ? [] : [pair.score])).sort((a, b) => b - a);
  const positives = pairs.flatMap((pair) => (pair.same ? [pair.score] : []));
  const tar = (threshold: number): number => positives.filter((score) => score >= threshold).length / positives.length;
  const sorted = [...pairs].sort((a, b) => a.score - b.score);
  const rankSum = sorted.reduce((sum, pair, i) => sum + (pair.same ? i + 1 : 0), 0);
  const auc = (rankSum - (positives.length * (positives.length + 1)) / 2) / (positives.length * negatives.length);
  const [loose, strict] = [thresholdAt(negatives, 1e-2), thresholdAt(negatives, 1e-3)];
  return {
    accuracy: perFold.reduce((sum, value) => sum + value, 0) / folds.length,
    auc,
    tarAtFar1e2: tar(loose),
    tarAtFar1e3: tar(strict),
    thresholdAtFar1e2: loose,
    thresholdAtFar1e3: strict,
  };
}
