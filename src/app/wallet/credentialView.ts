import { demoIssuerKey, issuerPublicKey } from '../../../circuits/credit-score/index.ts';
import { canonicalBytes, sha256Hex } from '../../base/index.ts';
import type { Credential, CredentialSchema } from '../../protocol/index.ts';

/** One attested value in words. */
export interface ShownValue {
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** Coded values → what a person reads: a category by its name, a number with its unit. Values the schema does not explain stay as they are. */
export function shownValues(
  credential: Pick<Credential, 'features'>,
  schema: CredentialSchema | undefined,
  number: (value: number) => string,
): ShownValue[] {
  const known = schema?.features ?? [];
  const explained = known.flatMap((feature) => {
    const coded = credential.features[feature.name];
    if (coded === undefined) return [];
    const { name, label } = feature;
    if (feature.kind === 'category') return [{ name, label, value: feature.values[coded] ?? number(coded) }];
    return [{ name, label, value: feature.unit === undefined ? number(coded) : `${number(coded)} ${feature.unit}` }];
  });
  const names = new Set(known.map(({ name }) => name));
  const rest = Object.entries(credential.features).filter(([name]) => !names.has(name));
  return [...explained, ...rest.map(([name, coded]) => ({ name, label: name, value: number(coded) }))];
}

/** What the rosette and the fingerprint are drawn from. */
export const fingerprint = (credential: Credential): string => sha256Hex(canonicalBytes(credential));

export type Validity = 'valid' | 'soon' | 'expired';

/** `soon`: within seven days of `now` (Unix seconds). */
export function validity({ expiresAt }: Pick<Credential, 'expiresAt'>, now: number): Validity {
  if (expiresAt < now) return 'expired';
  return expiresAt - now < 7 * 86_400 ? 'soon' : 'valid';
}

let demoKey: ReturnType<typeof issuerPublicKey> | undefined;

/** By the key, never by the name: whoever signs with the published key is the demo issuer, whatever it calls itself. */
export function isDemoIssuer({ issuer }: Pick<Credential, 'issuer'>): boolean {
  demoKey ??= issuerPublicKey(demoIssuerKey());
  return issuer.x === demoKey.x && issuer.y === demoKey.y;
}
