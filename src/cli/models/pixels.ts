import { err, ok, type Result } from '../../base/index.ts';
import type { ModelLabels } from './bundle.ts';
import { type Pixels, readPixels } from './samples.ts';

/**
 * What pixels become for a compiled model: as it was compiled. What a call says must be the same, or the model would see other numbers
 * than the ones it was calibrated on. Undefined where neither says. Error: cli/usage.
 */
export function pixelsFor(labels: ModelLabels, mean: string | undefined, std: string | undefined): Result<Pixels | undefined> {
  const given = readPixels(mean, std);
  if (!given.ok || given.value === undefined || labels.pixels === undefined) return given.ok ? ok(given.value ?? labels.pixels) : given;
  const own = labels.pixels;
  const same = (a: readonly number[], b: readonly number[]): boolean => [0, 1, 2].every((c) => a[c % a.length] === b[c % b.length]);
  const agrees = (mean === undefined || same(given.value.mean, own.mean)) && (std === undefined || same(given.value.std, own.std));
  return agrees
    ? ok(own)
    : err('cli/usage', {
        what: `The model was compiled with --mean ${own.mean.join(',')} --std ${own.std.join(',')}; leave these out, or compile it again`,
      });
}
